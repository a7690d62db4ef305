package audit

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"switchboard/internal/connector"
)

// Filter says which lines of the audit log are meant. The zero Filter means all.
type Filter struct {
	// Connector is a connector's id, in whatever letter case, or what else somebody asked for, of which Connectors are the
	// ids that are meant.
	Connector  string
	Connectors []string
	// Person is an object id (oid), or a part of a person's latest name, either in whatever letter case.
	Person  string
	Action  Action
	Outcome Outcome
	// Kind keeps what people did to come in and to look apart from all else; empty means both.
	Kind Kind
	// Text is looked for in reasons, names and values: each of its words is the beginning of a word there, without case and accents.
	Text string
	// From and To bound the time of the lines: From <= time < To. Zero is no bound.
	From, To time.Time
}

// Kind is a kind of lines.
type Kind string

// The kinds, as the page and the exports name them.
const (
	// People are sign-ins, sign-outs, refusals and exports.
	People Kind = "people"
	// Changes are all other lines.
	Changes Kind = "changes"
)

// peopleActions are the actions of the kind People.
var peopleActions = []Action{SignIn, SignOut, Denied, Export}

func changesActions() []Action {
	return slices.DeleteFunc(Actions(), func(action Action) bool { return slices.Contains(peopleActions, action) })
}

// longestText is how many characters somebody may look for.
const longestText = 200

// ids are those of the connectors that are meant; none where all are.
func (f Filter) ids() []string {
	ids := f.Connectors
	if ids == nil && f.Connector != "" {
		ids = []string{f.Connector}
	}
	cleaned := make([]string, len(ids))
	for i, id := range ids {
		cleaned[i] = clean(id)
	}
	slices.SortFunc(cleaned, func(a, b string) int { return strings.Compare(connector.Key(a), connector.Key(b)) })
	return slices.CompactFunc(cleaned, connector.SameID)
}

// Values are the filter as it was asked for: the query of the audit page and of the exports.
func (f Filter) Values() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{
		"connector": f.Connector, "person": f.Person, "action": string(f.Action), "outcome": string(f.Outcome),
		"from": formatBound(f.From), "to": formatBound(f.To), "kind": string(f.Kind), "q": f.Text,
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
		Action: Action(values.Get("action")), Outcome: Outcome(values.Get("outcome")), Kind: Kind(values.Get("kind")), Text: strings.TrimSpace(values.Get("q"))}
	faults := []error{judgeText(f.Text)}
	if f.Kind != "" && f.Kind != People && f.Kind != Changes {
		faults = append(faults, fmt.Errorf("the record does not have the kind %q: choose people or changes", f.Kind))
	}
	if f.Action != "" && !slices.Contains(Actions(), f.Action) {
		faults = append(faults, fmt.Errorf("the audit log does not have the action %q: choose one of the list", f.Action))
	}
	if f.Outcome != "" && !slices.Contains(Outcomes(), f.Outcome) {
		faults = append(faults, fmt.Errorf("the audit log does not have the outcome %q: choose one of the list", f.Outcome))
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

func judgeText(text string) error {
	switch {
	case connector.Characters(text) > longestText:
		return fmt.Errorf("this text is too long: look for at most %d characters", longestText)
	case text != "" && len(soughtWords(text)) == 0:
		return errors.New("this text has no word: enter letters or digits")
	}
	return nil
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
		return readable(day.Add(ofDate)), nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s=%q cannot be read: enter a date or a time, such as 2026-11-24 or 2026-11-24T10:00:00Z", name, text)
	}
	if at.IsZero() { // which would stand for no bound
		at = at.Add(1)
	}
	return readable(at), nil
}

// readable keeps a bound within the years that RFC 3339 can write in UTC: a link to the same filter has to be read again.
func readable(at time.Time) time.Time {
	first, last := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)
	switch {
	case at.Before(first):
		return first
	case at.After(last):
		return last
	}
	return at
}
