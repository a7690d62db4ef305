package connector

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// example is a connector with a null, an empty text, a line break, an unknown word and seven fractional digits.
var example = New(map[string]Value{
	ID: Of("5f0a3c1e-3c1e-5f0a-1e3c-0a5f1e3c0a5f"), LastSyncDateTime: Of("2017-01-01T00:02:49.3205970-08:00"), Status: Of("connected"),
	PrimarySMTPAddress: Null(), ServerName: Of("ex16"), ConnectorServerName: Of(""), Type: Of("newerThanUs"),
	Version: Of("6.2\r\n7"), ExchangeAlias: Of(" hq "), ExchangeOrganization: Of("Contoso"),
})

// untouched is what a browser sends back of a form that shows the connector.
func untouched(c Connector) map[string]string {
	sent := map[string]string{}
	for _, property := range Editable() {
		sent[property.Name] = c.Value(property.Name).FormText()
	}
	return sent
}

func edited(changes map[string]string) Edit {
	wanted := untouched(example)
	for name, text := range changes {
		wanted[name] = text
	}
	return Edit{ID: example.ID(), Shown: example, Wanted: wanted}
}

func names(fields []FieldChange) []string {
	var names []string
	for _, field := range fields {
		names = append(names, field.Name)
	}
	return names
}

func TestChanged(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change map[string]string
		want   []FieldChange
	}{
		"nothing":             {nil, nil},
		"a text":              {map[string]string{ServerName: "ex19"}, []FieldChange{{Name: ServerName, Before: Of("ex16"), Requested: Of("ex19")}}},
		"a blank more":        {map[string]string{ServerName: "ex16 "}, []FieldChange{{Name: ServerName, Before: Of("ex16"), Requested: Of("ex16 ")}}},
		"cleared":             {map[string]string{ServerName: ""}, []FieldChange{{Name: ServerName, Before: Of("ex16"), Requested: Null()}}},
		"null, typed":         {map[string]string{PrimarySMTPAddress: "no address"}, []FieldChange{{Name: PrimarySMTPAddress, Before: Null(), Requested: Of("no address")}}},
		"a line break kept":   {map[string]string{Version: "6.2\r\n7"}, nil},
		"line breaks removed": {map[string]string{Version: "6.27"}, []FieldChange{{Name: Version, Before: Of("6.2\r\n7"), Requested: Of("6.27")}}},
		"a date, other form":  {map[string]string{LastSyncDateTime: "2017-01-01T08:02:49.3205970Z"}, []FieldChange{{Name: LastSyncDateTime, Before: Of("2017-01-01T00:02:49.3205970-08:00"), Requested: Of("2017-01-01T08:02:49.3205970Z")}}},
		"a date cleared":      {map[string]string{LastSyncDateTime: ""}, []FieldChange{{Name: LastSyncDateTime, Before: Of("2017-01-01T00:02:49.3205970-08:00"), Requested: Of("")}}},
		"two, in form order":  {map[string]string{Status: "none", ExchangeAlias: "hq"}, []FieldChange{{Name: ExchangeAlias, Before: Of(" hq "), Requested: Of("hq")}, {Name: Status, Before: Of("connected"), Requested: Of("none")}}},
		"the id is no choice": {map[string]string{ID: "other"}, nil},
		"no property":         {map[string]string{"displayName": "x"}, nil},
	} {
		if got := edited(test.change).Changed(); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, test.want)
		}
	}
	left := Edit{Shown: example, Wanted: map[string]string{ServerName: "ex19"}}
	if got := names(left.Changed()); !slices.Equal(got, []string{ServerName}) {
		t.Errorf("properties that were not sent count as changed: %v", got)
	}
}

func TestFieldErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change map[string]string
		want   []string
	}{
		"nothing":                {nil, nil},
		"all six cleared":        {map[string]string{PrimarySMTPAddress: "", ServerName: "", ConnectorServerName: "", Version: "", ExchangeAlias: "", ExchangeOrganization: ""}, nil},
		"no address":             {map[string]string{PrimarySMTPAddress: "Primary Smtp Address value"}, nil},
		"markup":                 {map[string]string{ServerName: `<b> & "'`}, nil},
		"a date cleared":         {map[string]string{LastSyncDateTime: ""}, []string{LastSyncDateTime}},
		"a status cleared":       {map[string]string{Status: ""}, []string{Status}},
		"a type cleared":         {map[string]string{Type: ""}, []string{Type}},
		"its own unknown word":   {map[string]string{Type: "newerThanUs"}, nil},
		"another unknown word":   {map[string]string{Type: "newest"}, []string{Type}},
		"the sentinel":           {map[string]string{Status: "unknownFutureValue"}, []string{Status}},
		"a word in another case": {map[string]string{Status: "Connected"}, []string{Status}},
		"every status":           {map[string]string{Status: "disconnected"}, nil},
		"a date of no month":     {map[string]string{LastSyncDateTime: "2026-02-30T00:00:00Z"}, []string{LastSyncDateTime}},
		"never":                  {map[string]string{LastSyncDateTime: "0001-01-01T00:00:00Z"}, nil},
		"NUL":                    {map[string]string{ServerName: "a\x00"}, []string{ServerName}},
		"escape":                 {map[string]string{ServerName: "a\x1b[31m"}, []string{ServerName}},
		"C1":                     {map[string]string{ServerName: "a\u0085"}, []string{ServerName}},
		"right to left override": {map[string]string{ExchangeAlias: "a\u202eb"}, []string{ExchangeAlias}},
		"isolate":                {map[string]string{ExchangeAlias: "a\u2066b"}, []string{ExchangeAlias}},
		"Arabic":                 {map[string]string{ExchangeAlias: "تبادل"}, nil},
		"a tab":                  {map[string]string{ExchangeAlias: "a\tb"}, nil},
		"no UTF-8":               {map[string]string{Version: "\xff"}, []string{Version}},
		"two, in form order":     {map[string]string{Status: "", Version: "\x01"}, []string{Version, Status}},
	} {
		var got []string
		for _, wrong := range edited(test.change).FieldErrors() {
			got = append(got, wrong.Field)
			if !strings.HasSuffix(wrong.Message, ".") {
				t.Errorf("%s: %q is no sentence", name, wrong.Message)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: errors at %v, want %v", name, got, test.want)
		}
	}
	for _, name := range []string{LastSyncDateTime, Status, Type} {
		if got := edited(map[string]string{name: ""}).FieldErrors()[0].Message; !strings.Contains(got, "cannot be empty") {
			t.Errorf("%s cleared: %q", name, got)
		}
	}
	hidden := edited(nil)
	hidden.Reason = "ticket\u202e 7"
	if got := hidden.FieldErrors(); len(got) != 1 || got[0].Field != Reason {
		t.Errorf("the reason: %+v", got)
	}
}

func TestLacksReason(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]bool{"": true, " \r\n\t": true, "\u200b\u2060 \ufeff": true, "理由": false, "x": false, " x ": false} {
		if got := (Edit{Reason: reason}).LacksReason(); got != want {
			t.Errorf("%q: %v", reason, got)
		}
	}
}

func TestAsAsked(t *testing.T) {
	t.Parallel()
	value := func(v Value) *Value { return &v }
	for name, test := range map[string]struct {
		field FieldChange
		want  bool
	}{
		"nobody knows":           {FieldChange{Name: ServerName, Requested: Of("x")}, false},
		"as asked":               {FieldChange{Name: ServerName, Requested: Of("x"), Stored: value(Of("x"))}, true},
		"another case":           {FieldChange{Name: ServerName, Requested: Of("x"), Stored: value(Of("X"))}, false},
		"null as asked":          {FieldChange{Name: ServerName, Requested: Null(), Stored: value(Null())}, true},
		"empty for null":         {FieldChange{Name: ServerName, Requested: Null(), Stored: value(Of(""))}, false},
		"the same instant":       {FieldChange{Name: LastSyncDateTime, Requested: Of("2026-11-24T00:00:00.0000000-08:00"), Stored: value(Of("2026-11-24T08:00:00Z"))}, true},
		"a tenth of a μs later":  {FieldChange{Name: LastSyncDateTime, Requested: Of("2026-11-24T08:00:00.0000001Z"), Stored: value(Of("2026-11-24T08:00:00Z"))}, false},
		"a text that is a date":  {FieldChange{Name: Version, Requested: Of("2026-11-24T00:00:00-08:00"), Stored: value(Of("2026-11-24T08:00:00Z"))}, false},
		"a date that is no date": {FieldChange{Name: LastSyncDateTime, Requested: Of("2026-11-24T00:00:00-08:00"), Stored: value(Null())}, false},
	} {
		if got := test.field.AsAsked(); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
