package connector

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestConnectorIsImmutable(t *testing.T) {
	t.Parallel()
	values := map[string]Value{ID: Of("a"), ServerName: Of("one"), "@odata.type": Of("x"), "displayName": Of("y")}
	c := New(values)
	values[ServerName] = Of("two")
	other := c.With(map[string]Value{ServerName: Of("three")})
	if c.Value(ServerName) != Of("one") || other.Value(ServerName) != Of("three") {
		t.Errorf("%q, %q", c.Value(ServerName).Text(), other.Value(ServerName).Text())
	}
	if !c.Value("displayName").IsNull() || !c.Value("@odata.type").IsNull() {
		t.Error("an unknown property is kept")
	}
	if got := c.Differing(other); !slices.Equal(got, []string{ServerName}) || c.Equal(other) || !c.Equal(New(map[string]Value{ID: Of("a"), ServerName: Of("one")})) {
		t.Errorf("differing %v", got)
	}
	var zero Connector
	if !zero.Equal(New(nil)) || zero.With(map[string]Value{ID: Of("a")}).ID() != "a" || zero.ID() != "" {
		t.Error("the zero connector is of no use")
	}
}

func TestConnectorSurvivesJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(example)
	if err != nil {
		t.Fatal(err)
	}
	var got Connector
	if err := json.Unmarshal(data, &got); err != nil || !got.Equal(example) {
		t.Errorf("%s, %v", data, err)
	}
	for _, text := range []string{`{"serverName":5}`, `[]`, `"x"`, `{"serverName":{}}`} {
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s is read", text)
		}
	}
	if !got.Equal(example) {
		t.Error("what could not be read has changed the connector")
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		values map[string]Value
		want   string
	}{
		{map[string]Value{ExchangeAlias: Of("hq"), ServerName: Of("ex16"), ExchangeOrganization: Of("Contoso")}, "hq · Contoso"},
		{map[string]Value{ServerName: Of("ex16")}, "ex16"},
		{map[string]Value{ExchangeAlias: Of(""), ServerName: Null(), ID: Of("5f0a3c1e-3c1e"), ExchangeOrganization: Of("")}, "5f0a3c1e"},
		{map[string]Value{ID: Of("ÅÅÅÅÅÅÅÅÅ"), ExchangeOrganization: Of("Contoso")}, "ÅÅÅÅÅÅÅÅ · Contoso"},
		{map[string]Value{ID: Of("short")}, "short"},
		{nil, ""},
	} {
		if got := New(test.values).Name().String(); got != test.want {
			t.Errorf("%v: %q, want %q", test.values, got, test.want)
		}
	}
}

func TestValue(t *testing.T) {
	t.Parallel()
	if Of("") == Null() || !Null().IsNull() || Of("").IsNull() || !Of("").IsEmpty() || !Null().IsEmpty() || Of(" ").IsEmpty() {
		t.Error("an empty text and null are mixed up")
	}
	for text, want := range map[string]string{"a\r\nb": "a␍␊b", "EX01\n": "EX01␊", "a\x00b": "a␀b", " a\tb ": " a\tb ", "": ""} {
		if got := Of(text).FormText(); got != want {
			t.Errorf("%q in a form is %q, want %q", text, got, want)
		}
		if got := Of(text).FromForm(want); got != text {
			t.Errorf("%q comes back from a form as %q", text, got)
		}
	}
	for _, test := range [][3]string{
		{"EX01\n", "EX01", "EX01"}, {"EX01\n", "EX02␊", "EX02\n"}, {"EX01", "EX01␊", "EX01\n"}, {"␊", "␊x", "␊x"}, {"EX01\n", "EX01\n", "EX01\n"},
	} {
		if got := Of(test[0]).FromForm(test[1]); got != test[2] {
			t.Errorf("%q typed over %q is %q, want %q", test[1], test[0], got, test[2])
		}
	}
}
