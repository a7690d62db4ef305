package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Filter says which lines of the record are meant. The zero Filter means all.
type Filter struct {
	// Connector is a connector's id.
	Connector string
	// Person is an object id (oid), or a part of a person's latest name, in upper or lower case.
	Person  string
	Action  Action
	Outcome Outcome
	// From and To bound the time of the lines: From <= time < To. Zero is no bound.
	From, To time.Time
}

// Values are the filter as the query of the audit page and of the exports.
func (f Filter) Values() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{
		"connector": f.Connector, "person": f.Person, "action": string(f.Action), "outcome": string(f.Outcome),
		"from": formatBound(f.From), "to": formatBound(f.To),
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

// ParseFilter reads what Values writes. A bound may be a date alone: from its start, or to its end, in UTC. The error
// says in a person's words which value is none.
func ParseFilter(values url.Values) (Filter, error) {
	f := Filter{Connector: values.Get("connector"), Person: strings.TrimSpace(values.Get("person")),
		Action: Action(values.Get("action")), Outcome: Outcome(values.Get("outcome"))}
	var faults []error
	if f.Action != "" && !slices.Contains(Actions(), f.Action) {
		faults = append(faults, fmt.Errorf("the record knows no action %q", f.Action))
	}
	if f.Outcome != "" && !slices.Contains(Outcomes(), f.Outcome) {
		faults = append(faults, fmt.Errorf("the record knows no outcome %q", f.Outcome))
	}
	var err error
	if f.From, err = parseBound("from", values.Get("from"), 0); err != nil {
		faults = append(faults, err)
	}
	if f.To, err = parseBound("to", values.Get("to"), 24*time.Hour); err != nil {
		faults = append(faults, err)
	}
	return f, errors.Join(faults...)
}

func formatBound(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

func parseBound(name, text string, ofDate time.Duration) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.Add(ofDate), nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s=%q is no time: write it as 2026-11-24 or 2026-11-24T10:00:00Z", name, text)
	}
	return at, nil
}

// condition is a filter as SQL, with its arguments.
type condition struct {
	terms []string
	args  []any
	// none says that nothing can match.
	none bool
}

// add joins a term; each %d in it is the number of an argument's placeholder.
func (c *condition) add(term string, args ...any) {
	numbers := make([]any, len(args))
	for i, arg := range args {
		c.args = append(c.args, arg)
		numbers[i] = len(c.args)
	}
	c.terms = append(c.terms, fmt.Sprintf(term, numbers...))
}

// where is the whole clause with its last argument's number.
func (c *condition) where() string {
	if len(c.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.terms, " AND ")
}

func (c condition) clone() condition {
	return condition{slices.Clone(c.terms), slices.Clone(c.args), c.none}
}

// condition turns the filter into SQL. It asks the database who is meant and where in the record a time is.
func (l *Log) condition(ctx context.Context, f Filter) (condition, error) {
	var c condition
	if f.Connector != "" {
		c.add("connector = $%d", clean(f.Connector))
	}
	if f.Outcome != "" {
		c.add("outcome = $%d", string(f.Outcome))
	}
	if f.Action != "" {
		c.add("action = $%d", string(f.Action))
	}
	if f.Person != "" {
		if err := l.byPerson(ctx, &c, f.Person); err != nil {
			return c, err
		}
	}
	return c, l.byTime(ctx, &c, f)
}

func (l *Log) byPerson(ctx context.Context, c *condition, who string) error {
	people, err := l.People(ctx)
	if err != nil {
		return err
	}
	var oids []any
	for _, person := range people {
		if person.OID == who || strings.Contains(strings.ToLower(person.Name), strings.ToLower(who)) {
			oids = append(oids, person.OID)
		}
	}
	if c.none = len(oids) == 0; c.none {
		return nil
	}
	c.add("oid IN ("+placeholdersOf(len(oids))+")", oids...)
	return nil
}

// placeholdersOf are n placeholders whose numbers condition.add fills in.
func placeholdersOf(n int) string {
	return strings.TrimSuffix(strings.Repeat("$%d, ", n), ", ")
}

// byTime narrows by the column latest, which unlike the time itself only grows with seq: its index tells where a bound
// lies. Clocks may be set back, so that a line's time lags behind latest, by audit_head's setback at most.
func (l *Log) byTime(ctx context.Context, c *condition, f Filter) error {
	if !f.From.IsZero() {
		from := f.From.UnixMicro()
		if f.From.Truncate(time.Microsecond) != f.From {
			from++
		}
		const first = "SELECT seq FROM audit_entries WHERE latest >= $1 ORDER BY latest, seq LIMIT 1"
		if err := l.bound(ctx, c, "seq >= $%d", first, from); err != nil {
			return err
		}
		c.add("recorded_at >= $%d", from)
	}
	if !f.To.IsZero() {
		const last = `SELECT seq FROM audit_entries WHERE latest < $1 + (SELECT setback FROM audit_head)
			ORDER BY latest DESC, seq DESC LIMIT 1`
		if err := l.bound(ctx, c, "seq <= $%d", last, f.To.UnixMicro()); err != nil {
			return err
		}
		c.add("recorded_at < $%d", f.To.UnixMicro())
	}
	return nil
}

func (l *Log) bound(ctx context.Context, c *condition, term, query string, at int64) error {
	var seq int64
	err := l.db.QueryRowContext(ctx, query, at).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		c.none = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("find a time in the record: %w", err)
	}
	c.add(term, seq)
	return nil
}
