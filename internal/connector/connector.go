// Package connector knows the noun of the house: Graph's deviceManagementExchangeConnector, its ten properties, and what
// may be said of one without asking anybody: its name, its health, an edit of it and how that edit merges.
package connector

import (
	"cmp"
	"encoding/json"
	"maps"
	"sync/atomic"
	"unicode/utf8"
)

// Connector is one Exchange connector as Graph sent it. The zero Connector has no values. It is immutable; copies share what it
// holds, and what was worked out of that once.
type Connector struct {
	held *held
}

// held are the values in the table's order, and what follows from them.
type held struct {
	values [Count]Value
	key    string
	kept   [keepings]atomic.Pointer[string]
}

// Keeping is something that is worked out of a connector's values once and kept beside them.
type Keeping int

// What is kept.
const (
	// Digest tells whether lists show two connectors to hold the same, SearchText is what searches look in.
	Digest Keeping = iota
	SearchText
	keepings
)

// New keeps the ten known properties of the values; others are dropped.
func New(values map[string]Value) Connector {
	var ordered [Count]Value
	for at, property := range table {
		ordered[at] = values[property.Name]
	}
	return Ordered(ordered)
}

// Ordered is New for values in the order of Properties.
func Ordered(values [Count]Value) Connector {
	return Connector{&held{values: values, key: Key(values[0].text)}}
}

// ID is the connector's key in Graph.
func (c Connector) ID() string { return c.Value(ID).Text() }

// Key is the connector's id as ids are compared.
func (c Connector) Key() string {
	if c.held == nil {
		return ""
	}
	return c.held.key
}

// Value is what Graph holds in the property of that name; unknown names are null.
func (c Connector) Value(name string) Value {
	at, known := places[name]
	if c.held == nil || !known {
		return Value{}
	}
	return c.held.values[at]
}

// Shares says whether both are copies of one connector, and so equal.
func (c Connector) Shares(other Connector) bool { return c.held == other.held }

// Once is what make makes of the values, which it is asked for once.
func (c Connector) Once(what Keeping, make func() string) string {
	if c.held == nil {
		return make()
	}
	if known := c.held.kept[what].Load(); known != nil {
		return *known
	}
	made := make()
	c.held.kept[what].Store(&made)
	return made
}

// all are the values by their names; nil for the zero Connector.
func (c Connector) all() map[string]Value {
	if c.held == nil {
		return nil
	}
	all := make(map[string]Value, Count)
	for at, property := range table {
		all[property.Name] = c.held.values[at]
	}
	return all
}

// With is a copy that holds other values in some properties.
func (c Connector) With(values map[string]Value) Connector {
	merged := c.all()
	if merged == nil {
		merged = map[string]Value{}
	}
	maps.Copy(merged, values)
	return New(merged)
}

// Equal says whether all ten properties hold the same to the byte, but for the letter case of the id.
func (c Connector) Equal(other Connector) bool { return len(c.Differing(other)) == 0 }

// Differing names the properties that hold something else in the other, in the table's order.
func (c Connector) Differing(other Connector) []string {
	if c.held == other.held {
		return nil
	}
	var names []string
	for _, property := range table {
		was, is := c.Value(property.Name), other.Value(property.Name)
		if !was.same(is) && !(property.Kind == Identifier && SameID(was.Text(), is.Text())) {
			names = append(names, property.Name)
		}
	}
	return names
}

// MarshalJSON writes the properties by Graph's names.
func (c Connector) MarshalJSON() ([]byte, error) { return json.Marshal(c.all()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Connector) UnmarshalJSON(data []byte) error {
	var values map[string]Value
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	*c = New(values)
	return nil
}

// Name is what people call a connector. Graph has no display name, so one is composed, everywhere the same. Of a part that is too
// long for a page it shows the beginning.
type Name struct {
	// Short is the alias, else the server's name, else the first eight characters of the id.
	Short string
	// Organization is Graph's exchangeOrganization; it may be empty.
	Organization string
	// whole has both parts at full length, where pages show the beginning of one.
	whole *Name
}

// Whole is the name as names are compared.
func (n Name) Whole() Name {
	if n.whole != nil {
		return *n.whole
	}
	return n
}

// String is the whole name, for instance "na-mail · Contoso North America".
func (n Name) String() string {
	if n.Organization == "" {
		return n.Short
	}
	return n.Short + " · " + n.Organization
}

// Name composes the connector's name.
func (c Connector) Name() Name {
	short := cmp.Or(c.Value(ExchangeAlias).Text(), c.Value(ServerName).Text())
	if short == "" {
		short = firstRunes(c.ID(), 8)
	}
	if short == "" {
		return Name{}
	}
	whole := Name{Short: short, Organization: c.Value(ExchangeOrganization).Text()}
	shown := Name{Short: clipped(whole.Short), Organization: clipped(whole.Organization)}
	if shown != whole {
		shown.whole = &whole
	}
	return shown
}

// clipped is a part of a name that leaves room on a page.
func clipped(text string) string {
	if first, more := First(text, beginning); more {
		return first + "…"
	}
	return text
}

func firstRunes(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most])
}
