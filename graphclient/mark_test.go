package graphclient

import (
	"net/http"
	"reflect"
	"testing"

	"switchboard/internal/connector"
)

// TestAByteOrderMarkChangesNothing: some gateways and some services of .NET put one before their JSON.
func TestAByteOrderMarkChangesNothing(t *testing.T) {
	t.Parallel()
	const mark = "\ufeff"
	marked := func(answer http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			plain := &body{header: http.Header{}}
			answer(plain, r)
			for name, values := range plain.header {
				w.Header()[name] = values
			}
			w.Header().Del("Content-Length")
			w.WriteHeader(max(plain.status, 200))
			_, _ = w.Write([]byte(mark + plain.String()))
		}
	}
	for name := range recorded {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain, with := newGraph(t, fixture(t, name)), newGraph(t, marked(fixture(t, name)))
			for what, send := range map[string]func(allCalls) error{"read": func(k allCalls) error { _, err := k.Get(t.Context(), exampleID); return err }, "change": patched, "sync": syncedNow} {
				var got [2]*Error
				for i, g := range []*graph{plain, with} {
					c, _ := client(t, g.URL)
					got[i] = failure(t, send(allOf(c, newPerson())))
					got[i].ClientRequestID = ""
				}
				if !reflect.DeepEqual(got[0], got[1]) {
					t.Errorf("%s: with a mark %+v, without %+v", what, got[1], got[0])
				}
			}
		})
	}
	g := newGraph(t, says(200, mark+`{"value":[`+object(exampleID, "x")+`]}`), says(200, mark+object(exampleID, "y")), says(200, mark+object(exampleID, "z")), says(200, mark))
	c, _ := client(t, g.URL)
	calls := allOf(c, newPerson())
	list, err := calls.List(t.Context())
	one, readErr := calls.Get(t.Context(), exampleID)
	stored, changeErr := calls.Patch(t.Context(), exampleID, serverName("z"), changeID)
	empty, emptyErr := calls.Patch(t.Context(), exampleID, serverName("z"), changeID)
	if err != nil || readErr != nil || changeErr != nil || emptyErr != nil || len(list.Connectors) != 1 || one.Value(connector.ServerName).Text() != "y" ||
		stored.Object.Value(connector.ServerName).Text() != "z" || empty.HasObject {
		t.Errorf("%v %v %v %v: %d, %v, %v, %v", err, readErr, changeErr, emptyErr, len(list.Connectors), one, stored, empty)
	}
}
