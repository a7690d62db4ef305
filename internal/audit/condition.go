package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// few is up to how many people or connectors are looked for one by one along their index; among more than that, a plain
// scan soon finds a page.
const few = 50

// uneventful are actions whose lines never have an outcome. A database that looked for one would read them all.
var uneventful = []Action{SignIn, SignOut, Denied, Export, Accepted}

// condition is a filter as SQL, with its arguments.
type condition struct {
	terms []string
	args  []any
	// apart are the values to look for one by one, by a term with one argument; nil where the terms say all.
	apart     []string
	apartTerm string
	// driven says that a column was chosen whose index leads to the lines.
	driven bool
	// blind says that the database has no statistics to choose an index by.
	blind bool
	// none says that nothing can match.
	none bool
	// upwards says that the search goes from the oldest line to the newest.
	upwards bool
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

// equal asks for a value of a column. SQLite chooses among indexes without statistics, and a wrong choice reads the whole
// record. So the first column leads there, and the others become expressions that no index is chosen for; the leading
// index holds them too.
func (c *condition) equal(column, value string) {
	if value == "" {
		return
	}
	if c.driven && c.blind {
		column = "(" + column + " || '')"
	}
	c.driven = true
	c.add(column+" = $%d", clean(value))
}

// among asks for one of the values of a column, without an index.
func (c *condition) among(column string, values []string) {
	args := make([]any, len(values))
	for i, value := range values {
		args[i] = value
	}
	c.add("("+column+" || '') IN ("+strings.TrimSuffix(strings.Repeat("$%d, ", len(values)), ", ")+")", args...)
}

// where is the whole clause.
func (c condition) where() string {
	if len(c.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.terms, " AND ")
}

func (c condition) clone() condition {
	c.terms, c.args = slices.Clone(c.terms), slices.Clone(c.args)
	return c
}

// condition turns the filter into SQL, the column first that leads to the fewest lines. It asks the database who is meant
// and where in the audit log a time is.
func (l *Log) condition(ctx context.Context, f Filter) (condition, error) {
	c := condition{blind: l.db.Local(), none: f.Outcome != "" && (slices.Contains(uneventful, f.Action) || f.Kind == People)}
	if err := l.byText(ctx, &c, f.Text); err != nil {
		return c, err
	}
	if err := l.byConnectors(ctx, &c, f.ids()); err != nil {
		return c, err
	}
	if err := l.byPerson(ctx, &c, f.Person); err != nil {
		return c, err
	}
	c.equal("outcome", string(f.Outcome))
	c.equal("action", string(f.Action))
	c.byKind(f.Kind)
	return c, l.byTime(ctx, &c, f)
}

func (l *Log) byPerson(ctx context.Context, c *condition, who string) error {
	if who == "" {
		return nil
	}
	people, err := l.People(ctx)
	if err != nil {
		return err
	}
	var oids []string
	for _, person := range people {
		if strings.EqualFold(person.OID, who) || strings.Contains(strings.ToLower(person.Name), strings.ToLower(who)) {
			oids = append(oids, person.OID)
		}
	}
	switch {
	case len(oids) == 0:
		c.none = true
	case len(oids) == len(people): // all
	case len(oids) <= few && !c.driven:
		c.apart, c.apartTerm, c.driven = oids, "oid = $%d", true
	default:
		c.among("oid", oids)
	}
	return nil
}

// byTime narrows by the column latest, which unlike the time itself only grows with seq: its index tells where a bound
// lies. Clocks may be set back, so that a line's time lags behind latest, by audit_head's setback at most.
func (l *Log) byTime(ctx context.Context, c *condition, f Filter) error {
	if !f.From.IsZero() {
		const first = "SELECT seq FROM audit_entries WHERE latest >= $1 ORDER BY latest, seq LIMIT 1"
		from := ceilMicro(f.From)
		if err := l.bound(ctx, c, "seq >= $%d", first, from); err != nil {
			return err
		}
		c.add("recorded_at >= $%d", from)
	}
	if !f.To.IsZero() {
		const last = `SELECT seq FROM audit_entries WHERE latest < $1 + (SELECT setback FROM audit_head)
			ORDER BY latest DESC, seq DESC LIMIT 1`
		to := ceilMicro(f.To)
		if err := l.bound(ctx, c, "seq <= $%d", last, to); err != nil {
			return err
		}
		c.add("recorded_at < $%d", to)
	}
	return nil
}

// ceilMicro is the first whole microsecond, Unix, that is not before the time.
func ceilMicro(at time.Time) int64 {
	micro := at.UnixMicro()
	if time.UnixMicro(micro).Before(at) {
		micro++
	}
	return micro
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
