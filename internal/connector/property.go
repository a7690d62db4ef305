package connector

import "slices"

// Kind says how a property is typed, shown and checked.
type Kind int

// The kinds of the ten properties.
const (
	Identifier Kind = iota // the key; never edited
	Text
	Address // an SMTP address by custom; Graph accepts any text, so only a hint is given
	Date    // Edm.DateTimeOffset, kept as text
	Choice  // an enumeration
)

// Group is the heading under which the edit form shows a property.
type Group string

// The groups in the form's order.
const (
	Names   Group = "Names and address"
	Servers Group = "Servers"
	State   Group = "State, usually set by the service"
)

// Groups are the form's headings in its order.
func Groups() []Group { return []Group{Names, Servers, State} }

// Property is one row of the table that the form, the card, the diff, the merge, the audit log and the exports walk.
type Property struct {
	// Name is the property's name in Microsoft Graph, for instance "serverName".
	Name string
	// Label is what people read.
	Label string
	Kind  Kind
	Group Group
	// Choices are the enumeration members a form may offer; Graph's sentinels are not among them.
	Choices []string
	// Nullable says whether Graph's metadata allows null, which is what clearing the field asks for.
	Nullable bool
	// Hint helps to fill the field in; it may be empty.
	Hint string
}

// Statuses of deviceManagementExchangeConnectorStatus (Graph metadata).
const (
	StatusNone         = "none"
	StatusPending      = "connectionPending"
	StatusConnected    = "connected"
	StatusDisconnected = "disconnected"
)

// The names of the ten properties of microsoft.graph.deviceManagementExchangeConnector.
const (
	ID                   = "id"
	LastSyncDateTime     = "lastSyncDateTime"
	Status               = "status"
	PrimarySMTPAddress   = "primarySmtpAddress"
	ServerName           = "serverName"
	ConnectorServerName  = "connectorServerName"
	Type                 = "exchangeConnectorType"
	Version              = "version"
	ExchangeAlias        = "exchangeAlias"
	ExchangeOrganization = "exchangeOrganization"
)

// Count is how many there are.
const Count = 10

// places are those of the properties in the table, by their names.
var places = func() map[string]int {
	places := make(map[string]int, Count)
	for at, property := range table {
		places[property.Name] = at
	}
	return places
}()

// table holds the properties in the order of Graph's reference page.
var table = []Property{
	{Name: ID, Label: "Id", Kind: Identifier, Hint: "Set by Graph; it never changes."},
	{Name: LastSyncDateTime, Label: "Last sync", Kind: Date, Group: State,
		Hint: "A date with seconds and offset, such as 2026-11-24T10:12:31.4020000Z. Graph overwrites it at the next sync."},
	{Name: Status, Label: "Status", Kind: Choice, Group: State,
		Choices: []string{StatusNone, StatusPending, StatusConnected, StatusDisconnected}},
	{Name: PrimarySMTPAddress, Label: "Primary SMTP address", Kind: Address, Group: Names, Nullable: true,
		Hint: "The mailbox that the connector was set up with, such as intune@contoso.com."},
	{Name: ServerName, Label: "Exchange server", Kind: Text, Group: Servers, Nullable: true},
	{Name: ConnectorServerName, Label: "Connector server", Kind: Text, Group: Servers, Nullable: true,
		Hint: "The server that hosts the connector’s agent; empty where Microsoft hosts it."},
	{Name: Type, Label: "Type", Kind: Choice, Group: State,
		Choices: []string{"onPremises", "hosted", "serviceToService", "dedicated"}},
	{Name: Version, Label: "Agent version", Kind: Text, Group: Servers, Nullable: true},
	{Name: ExchangeAlias, Label: "Alias", Kind: Text, Group: Names, Nullable: true},
	{Name: ExchangeOrganization, Label: "Organization", Kind: Text, Group: Names, Nullable: true},
}

// formOrder is the order in which people edit and read the properties: by group, names first.
var formOrder = []string{
	ExchangeAlias, ExchangeOrganization, PrimarySMTPAddress,
	ServerName, ConnectorServerName, Version,
	Type, Status, LastSyncDateTime,
}

// Properties are all ten properties in the order of Graph's reference page, the id first.
func Properties() []Property { return slices.Clone(table) }

// Editable are the nine properties that a PATCH may carry, in the form's order.
func Editable() []Property {
	rows := make([]Property, len(formOrder))
	for i, name := range formOrder {
		rows[i], _ = Lookup(name)
	}
	return rows
}

// Lookup finds a property by Graph's name.
func Lookup(name string) (Property, bool) {
	i := slices.IndexFunc(table, func(p Property) bool { return p.Name == name })
	if i < 0 {
		return Property{}, false
	}
	return table[i], true
}

// Offers says whether a form may offer the text as a choice of the property.
func (p Property) Offers(text string) bool { return slices.Contains(p.Choices, text) }
