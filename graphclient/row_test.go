package graphclient

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"switchboard/internal/connector"
)

// oddRows are rows that are no connectors, with the id that can be shown and what is wrong.
var oddRows = map[string]struct{ row, id, fault string }{
	"a number for a text":       {`{"id":"odd","status":2}`, "odd", "status is a number"},
	"true for a text":           {`{"id":"odd","version":true}`, "odd", "version is true or false"},
	"an object for a text":      {`{"id":"odd","serverName":{"name":["x",{"id":"inner"}]}}`, "odd", "serverName is an object"},
	"an array for a text":       {`{"id":"odd","exchangeAlias":["x"]}`, "odd", "exchangeAlias is an array"},
	"two faults":                {`{"id":"odd","status":2,"version":1}`, "odd", "status is a number, version is a number"},
	"every name in Pascal case": {`{"Id":"odd","Status":"connected","ServerName":"ex1"}`, "odd", "id has its name in other letter case, status has its name in other letter case, serverName has its name in other letter case"},
	"one name in capitals":      {`{"id":"odd","STATUS":"connected"}`, "odd", "status has its name in other letter case"},
	"a name in two cases":       {`{"id":"odd","status":"connected","Status":"disconnected"}`, "odd", "status has its name in other letter case, status comes twice"},
	"a name twice":              {`{"id":"odd","serverName":"a","serverName":"a"}`, "odd", "serverName comes twice"},
	"the id twice":              {`{"id":"odd","id":"other"}`, "", "id comes twice"},
	"null":                      {`null`, "", "the row is null"},
	"a text":                    {`"odd"`, "", "the row is a text"},
	"a number":                  {`-1.5e3`, "", "the row is a number"},
	"an array":                  {`[{"id":"odd"}]`, "", "the row is an array"},
	"an empty object":           {`{}`, "", "there is no id"},
	"no id":                     {`{"serverName":"ex1"}`, "", "there is no id"},
	"an empty id":               {object("", "ex1"), "", "there is no id"},
	"a blank id":                {object(" ", "ex1"), "", "there is no id"},
	"null for the id":           {`{"id":null}`, "", "there is no id"},
	"a number for the id":       {`{"id":7}`, "", "id is a number"},
	"an id that is too long":    {object(strings.Repeat("x", 257), "ex1"), "", "id is too long, or has characters that no id has"},
	"an invisible id":           {object(`\u202eodd`, "ex1"), "", "id is too long, or has characters that no id has"},
	"bytes that are no UTF-8":   {"{\"id\":\"odd\",\"serverName\":\"\xff\"}", "odd", "serverName is not in UTF-8"},
	"no UTF-8 and an escape":    {"{\"id\":\"odd\",\"serverName\":\"\xff\\n\"}", "odd", "serverName is not in UTF-8"},
	"an id in no UTF-8":         {"{\"id\":\"\xff\"}", "", "id is not in UTF-8"},
}

func TestAnOddRowCostsThatRowAndNotTheList(t *testing.T) {
	t.Parallel()
	for name, odd := range oddRows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			g := newGraph(t, says(200, `{"value":[`+object("a", "a")+`, `+odd.row+` ,`+object("b", "b")+`]}`))
			c, _ := client(t, g.URL, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
			got, err := allOf(c, newPerson()).List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, one := range got.Connectors {
				ids = append(ids, one.ID()+" "+one.Value(connector.ServerName).Text())
			}
			if want := []string{"a a", "b b"}; !slices.Equal(ids, want) {
				t.Errorf("the rest of the list is %q, want %q", ids, want)
			}
			if len(got.Unreadable) != 1 || got.Unreadable[0].ID() != odd.id || got.Unreadable[0].Error() != odd.fault {
				t.Fatalf("unreadable: %+v, want one of id %q: %s", got.Unreadable, odd.id, odd.fault)
			}
			if lines := strings.Count(log.String(), "rows of graph's list cannot be read"); lines != 1 || strings.Contains(log.String(), "ex1") || strings.Contains(log.String(), "odd") {
				t.Errorf("%d lines, or a value, in the log: %s", lines, log.String())
			}
		})
	}
}

// TestWhatCouldBeReadOfAnOddRow is kept to be shown, a value that comes twice is not.
func TestWhatCouldBeReadOfAnOddRow(t *testing.T) {
	t.Parallel()
	g := newGraph(t, says(200, `{"value":[{"ID":"odd","exchangeAlias":"ex01","status":2,"version":"1","version":"2"}]}`))
	c, _ := client(t, g.URL)
	got, err := allOf(c, newPerson()).List(t.Context())
	if err != nil || len(got.Unreadable) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	part := got.Unreadable[0].Part
	if part.Name().Short != "ex01" || part.ID() != "odd" || !part.Value(connector.Version).IsNull() || !part.Value(connector.Status).IsNull() {
		t.Errorf("%+v", part)
	}
}

func TestAnOddObjectIsNoConnectorByItself(t *testing.T) {
	t.Parallel()
	for name, odd := range oddRows {
		if !strings.HasPrefix(odd.row, "{") {
			continue
		}
		for shape, body := range map[string]string{"bare": odd.row, "wrapped": `{"value":` + odd.row + `}`, "in an array": `{"value":[` + odd.row + `]}`} {
			g := newGraph(t, says(200, body))
			c, _ := client(t, g.URL)
			_, err := allOf(c, newPerson()).Get(t.Context(), "odd")
			var object connector.Unreadable
			if e := failure(t, err); e.Class != Unavailable || !errors.As(e, &object) || object.Error() != odd.fault {
				t.Errorf("%s, %s: %v, want %s", name, shape, e, odd.fault)
			}
			if said := Explain(err); !strings.HasPrefix(said.Title(), "Graph’s answer for this connector cannot be read") || !strings.Contains(said.Detail(), odd.fault) {
				t.Errorf("%s, %s: said is %q, %q", name, shape, said.Title(), said.Detail())
			}
			answer, err := allOf(c, newPerson()).Patch(t.Context(), "odd", serverName("x"), changeID)
			if err != nil || answer.HasObject {
				t.Errorf("%s, %s: as a PATCH's answer: %+v, %v; want applied, without the object", name, shape, answer, err)
			}
		}
	}
}

func TestAnIDThatComesTwiceOnAPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		second, servers string
		unreadable      int
	}{
		"with the same values":           {object("a", "x"), "x", 0},
		"with the same, in a capital":    {object("A", "x"), "x", 0},
		"with other values":              {object("a", "y"), "x", 1},
		"with other values in a capital": {object("A", "y"), "x", 1},
	} {
		g := newGraph(t, says(200, `{"value":[`+object("a", "x")+`,`+test.second+`]}`))
		c, _ := client(t, g.URL)
		got, err := allOf(c, newPerson()).List(t.Context())
		if err != nil || len(got.Connectors) != 1 || got.Connectors[0].Value(connector.ServerName).Text() != test.servers || len(got.Unreadable) != test.unreadable {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestGraphsOwnCount(t *testing.T) {
	t.Parallel()
	for count, want := range map[string]int{`7`: 7, `"7"`: 7, `0`: 0, `null`: 0, `7.5`: 0, `"many"`: 0, `{"value":7}`: 0, `99999999999999999999`: 0, ` 12 `: 12} {
		g := newGraph(t, says(200, `{"@odata.count":`+count+`,"value":[`+object("a", "x")+`]}`))
		c, _ := client(t, g.URL)
		if got, err := allOf(c, newPerson()).List(t.Context()); err != nil || got.Count != want || len(got.Connectors) != 1 {
			t.Errorf("%s: %d with %d rows, %v; want %d", count, got.Count, len(got.Connectors), err, want)
		}
	}
}

// TestAListThatMakesNoSenseIsSaidSo, since Graph did answer.
func TestAListThatMakesNoSenseIsSaidSo(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `[]`, `{"Value":[]}`, `{"value":{}}`} {
		_, err := listed(t, newGraph(t, says(200, body)))
		if got, want := Explain(err).Title(), "Graph’s answer for the list of connectors cannot be read."; got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
