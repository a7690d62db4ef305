// Package connector knows the noun of the house: Graph's deviceManagementExchangeConnector, its ten properties, and what
// may be said of one without asking anybody: its name, its health, an edit of it and how that edit merges.
package connector

import (
	"encoding/json"
	"maps"
	"slices"
	"unicode/utf8"
)

// Connector is one Exchange connector as Graph sent it. The zero Connector has no values. It is immutable.
type Connector struct {
	values map[string]Value
}

// New keeps the ten known properties of the values; others are dropped.
func New(values map[string]Value) Connector {
	kept := make(map[string]Value, len(table))
	for _, property := range table {
		kept[property.Name] = values[property.Name]
	}
	return Connector{kept}
}

// ID is the connector's key in Graph.
func (c Connector) ID() string { return c.values[ID].Text() }

// Value is what Graph holds in the property of that name; unknown names are null.
func (c Connector) Value(name string) Value { return c.values[name] }

// With is a copy that holds other values in some properties.
func (c Connector) With(values map[string]Value) Connector {
	merged := maps.Clone(c.values)
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
func (c Connector) MarshalJSON() ([]byte, error) { return json.Marshal(c.values) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Connector) UnmarshalJSON(data []byte) error {
	var values map[string]Value
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	*c = New(values)
	return nil
}

// Name is what people call a connector. Graph has no display name, so one is composed, everywhere the same.
type Name struct {
	// Short is the alias, else the server's name, else the first eight characters of the id.
	Short string
	// Organization is Graph's exchangeOrganization; it may be empty.
	Organization string
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
	candidates := []string{c.Value(ExchangeAlias).Text(), c.Value(ServerName).Text(), firstRunes(c.ID(), 8)}
	i := slices.IndexFunc(candidates, func(text string) bool { return text != "" })
	if i < 0 {
		return Name{}
	}
	return Name{Short: clipped(candidates[i]), Organization: clipped(c.Value(ExchangeOrganization).Text())}
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
