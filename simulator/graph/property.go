package graph

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// kind is a property's type in Graph's metadata.
type kind int

const (
	text kind = iota
	moment
	choice
)

type property struct {
	name     string
	kind     kind
	nullable bool
	members  []string // of a choice, without its sentinel
}

// sentinel stands for members younger than the caller; nobody may write it.
const sentinel = "unknownFutureValue"

const (
	lastSync      = "lastSyncDateTime"
	status        = "status"
	connectorType = "exchangeConnectorType"
)

// properties are the nine that a PATCH may carry, in the order of Microsoft's page. The id is none of them.
var properties = []property{
	{name: lastSync, kind: moment},
	{name: status, kind: choice, members: []string{"none", "connectionPending", "connected", "disconnected"}},
	{name: "primarySmtpAddress", kind: text, nullable: true},
	{name: "serverName", kind: text, nullable: true},
	{name: "connectorServerName", kind: text, nullable: true},
	{name: connectorType, kind: choice, members: []string{"onPremises", "hosted", "serviceToService", "dedicated"}},
	{name: "version", kind: text, nullable: true},
	{name: "exchangeAlias", kind: text, nullable: true},
	{name: "exchangeOrganization", kind: text, nullable: true},
}

// accept reads a value of a PATCH, or says with which Problem Graph refuses it.
func (p property) accept(raw json.RawMessage) (*string, *Problem) {
	if string(raw) == "null" {
		if p.nullable {
			return nil, nil
		}
		return nil, &NullRefused
	}
	var value string
	if json.Unmarshal(raw, &value) != nil {
		return nil, notConvertible(string(raw), map[kind]string{text: "Edm.String", moment: "Edm.DateTimeOffset", choice: "microsoft.graph." + p.enum()}[p.kind])
	}
	switch {
	case p.kind == moment && !isMoment(value):
		return nil, notConvertible(value, "Edm.DateTimeOffset")
	case p.kind == choice && value == sentinel:
		return nil, &NoReason // metadata knows the member, so it is Intune that refuses, and Intune gives no reason
	case p.kind == choice && !slices.Contains(p.members, value):
		return nil, invalid("Requested value '" + value + "' was not found.")
	}
	return &value, nil
}

func (p property) enum() string {
	if p.name == status {
		return "deviceManagementExchangeConnectorStatus"
	}
	return "deviceManagementExchangeConnectorType"
}

// OData's dateTimeOffsetValue: seconds may be missing, up to twelve digits of a fraction, an offset is needed.
var momentShape = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2})?(?:\.\d{1,12})?(?:Z|[+-](\d{2}):([0-5]\d))$`)

// isMoment says whether a text is a Graph date. A fraction may follow seconds only, and .NET knows offsets up to 14 hours.
func isMoment(value string) bool {
	parts := momentShape.FindStringSubmatch(value)
	if parts == nil {
		return false
	}
	seconds := parts[2]
	if seconds == "" {
		seconds = ":00"
		if len(value) > len(parts[1]) && value[len(parts[1])] == '.' {
			return false
		}
	}
	if hours, _ := strconv.Atoi(parts[3]); hours > 14 || hours == 14 && parts[4] != "00" {
		return false
	}
	_, err := time.Parse("2006-01-02T15:04:05", parts[1]+seconds)
	return err == nil
}

// instant is the point in time that a Graph date names; false for what is none. Digits beyond nanoseconds count for nothing.
func instant(value string) (time.Time, bool) {
	if !isMoment(value) {
		return time.Time{}, false
	}
	if parts := momentShape.FindStringSubmatch(value); parts[2] == "" {
		value = parts[1] + ":00" + value[len(parts[1]):]
	}
	at, err := time.Parse(time.RFC3339Nano, value)
	return at, err == nil
}

// names are those of the nine properties.
func names() []string {
	var all []string
	for _, p := range properties {
		all = append(all, p.name)
	}
	return all
}
