package graphclient

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"switchboard/internal/connector"
)

// paged answers each request URI with what pages hold for it; HERE in a page is the server's own origin.
func paged(t *testing.T, pages map[string]string) *graph {
	t.Helper()
	g := newGraph(t, func(w http.ResponseWriter, r *http.Request) {
		page, known := pages[r.RequestURI]
		if !known {
			page = `{"value":"no such page"}`
		}
		says(200, strings.ReplaceAll(page, "HERE", "http://"+r.Host))(w, r)
	})
	return g
}

const first = "/beta" + collection

func listed(t *testing.T, g *graph) ([]connector.Connector, error) {
	t.Helper()
	c, _ := client(t, g.URL)
	all, err := allOf(c, newPerson()).List(t.Context())
	return all.Connectors, err
}

func TestListOfTheRecordedPages(t *testing.T) {
	t.Parallel()
	const second = "/beta/deviceManagement/exchangeConnectors?$skiptoken=LastId%3d%270b6c2d9a-71f3-4e58-8a2c-5d4e3f2a1b0c%27"
	pages := map[string]string{}
	for uri, name := range map[string]string{first: "connector-list-page1", second: "connector-list-page2"} {
		pages[uri] = strings.ReplaceAll(recordedBody(t, name), "https://graph.microsoft.com", "HERE")
	}
	g := paged(t, pages)
	got, err := listed(t, g)
	if err != nil {
		t.Fatal(err)
	}
	var dates []string
	for _, c := range got {
		dates = append(dates, c.Value(connector.LastSyncDateTime).Text())
	}
	want := []string{"2024-02-18T22:41:07.1934520Z", "2026-11-23T03:15:59.0000000-08:00", "0001-01-01T00:00:00Z",
		"2026-11-24T09:02:11.4821973+00:00", "2019-06-30T23:59:59.9999999+05:30", "2023-12-01T00:00:00Z"}
	if !reflect.DeepEqual(dates, want) {
		t.Errorf("dates %q, want %q", dates, want)
	}
	if got[3].Value(connector.Version) != connector.Of("") || got[3].Value(connector.ServerName) != connector.Null() {
		t.Errorf("an empty text and null are %+v and %+v", got[3].Value(connector.Version), got[3].Value(connector.ServerName))
	}
	if uris := uris(g); !reflect.DeepEqual(uris, []string{first, second}) {
		t.Errorf("requests %q", uris)
	}
}

func recordedBody(t *testing.T, name string) string {
	t.Helper()
	recorder := &body{header: http.Header{}}
	fixture(t, name)(recorder, nil)
	return recorder.String()
}

type body struct {
	strings.Builder
	header http.Header
	status int
}

func (b *body) Header() http.Header    { return b.header }
func (b *body) WriteHeader(status int) { b.status = status }

func uris(g *graph) []string {
	var all []string
	for _, request := range g.arrived() {
		all = append(all, request.uri)
	}
	return all
}

func TestListOfNothing(t *testing.T) {
	t.Parallel()
	got, err := listed(t, paged(t, map[string]string{first: `{"value":[],"@odata.nextLink":null}`}))
	if err != nil || got == nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestListFollowsEmptyPagesAndDropsDoubles(t *testing.T) {
	t.Parallel()
	got, err := listed(t, paged(t, map[string]string{
		first:                            `{"value":[` + object("a", "old") + `,` + object("b", "b") + `],"@odata.nextLink":"HERE/beta/x?$skip=1&q=%2f%2F+'(z)'"}`,
		"/beta/x?$skip=1&q=%2f%2F+'(z)'": `{"value":[],"@odata.nextLink":"HERE/v1.0/elsewhere%2e?"}`,
		"/v1.0/elsewhere%2e?":            `{"@odata.count":5,"value":[` + object("a", "new") + `,` + object("c", "c") + `]}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	var servers []string
	for _, c := range got {
		servers = append(servers, c.ID()+" "+c.Value(connector.ServerName).Text())
	}
	if want := []string{"a new", "b b", "c c"}; !reflect.DeepEqual(servers, want) {
		t.Errorf("%q, want %q", servers, want)
	}
}

func TestLinksThatAreNotFollowed(t *testing.T) {
	t.Parallel()
	other := newGraph(t, says(200, `{"value":[]}`))
	for name, link := range map[string]string{
		"another port":                other.URL + first + "?$skip=1",
		"another host":                "http://graph.example.test" + first,
		"another scheme":              "https://HOST" + first,
		"no scheme":                   "//HOST" + first,
		"relative":                    first + "?$skip=1",
		"a person in it":              "http://admin@HOST" + first,
		"a host as a person":          "http://HOST@graph.example.test" + first,
		"a backslash":                 `http://HOST\\@graph.example.test` + first,
		"a fragment":                  "HERE" + first + "?$skip=1#x",
		"a blank":                     "HERE" + first + "?$skip=1 2",
		"a path that needs an escape": "HERE" + first + `/\"x`,
		"a line break":                "HERE" + first + `?$skip=1\r\nX: y`,
		"a port that is none":         "http://127.0.0.1:x" + first,
		"itself":                      "HERE" + first,
		"not a link":                  "%zz",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGraph(t, func(w http.ResponseWriter, r *http.Request) {
				page := strings.NewReplacer("HERE", "http://"+r.Host, "HOST", r.Host).Replace(link)
				says(200, `{"value":[`+object("a", "a")+`],"@odata.nextLink":"`+page+`"}`)(w, r)
			})
			got, err := listed(t, g)
			if e := failure(t, err); e.Class != Unavailable || got != nil {
				t.Errorf("%v, %v", got, e)
			}
			if requests := g.arrived(); len(requests) != 1 {
				t.Errorf("requests %q", uris(g))
			}
		})
	}
	t.Cleanup(func() {
		if got := other.arrived(); len(got) != 0 {
			t.Errorf("another host got %+v", got)
		}
	})
}

func TestListsThatNeverEnd(t *testing.T) {
	t.Parallel()
	number := 0
	g := newGraph(t, func(w http.ResponseWriter, r *http.Request) {
		number++
		says(200, fmt.Sprintf(`{"value":[],"@odata.nextLink":"http://%s%s?$skip=%d"}`, r.Host, first, number))(w, r)
	})
	_, err := listed(t, g)
	if e := failure(t, err); e.Class != Unavailable || number != maxPages || Explain(e).Title() != "Graph answers more than Switchboard reads." {
		t.Errorf("%v after %d pages, want %d", e, number, maxPages)
	}
	circle := paged(t, map[string]string{
		first:              `{"value":[],"@odata.nextLink":"HERE` + first + `?$skip=1"}`,
		first + "?$skip=1": `{"value":[],"@odata.nextLink":"HERE` + first + `?$skip=2"}`,
		first + "?$skip=2": `{"value":[],"@odata.nextLink":"HERE` + first + `?$skip=1"}`,
	})
	_, err = listed(t, circle)
	if e := failure(t, err); e.Class != Unavailable || len(circle.arrived()) != 3 {
		t.Errorf("%v after %d pages", e, len(circle.arrived()))
	}
}

// TestALongListIsRead in the pages in which Graph sends it, up to as many objects as the client says that it reads.
func TestALongListIsRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ objects, onPage int }{{10_001, 2_500}, {10_001, 10_001}, {maxObjects, 20_000}, {maxObjects + 1, 20_000}} {
		pages := map[string]string{}
		for from := 0; from < test.objects; from += test.onPage {
			var page strings.Builder
			page.WriteString(`{"value":[`)
			to := min(from+test.onPage, test.objects)
			for i := from; i < to; i++ {
				if i > from {
					page.WriteString(",")
				}
				page.WriteString(object(fmt.Sprintf("%08d", i), "mail.contoso.example"))
			}
			page.WriteString("]")
			if to < test.objects {
				fmt.Fprintf(&page, `,"@odata.nextLink":"HERE%s?$skip=%d"`, first, to)
			}
			page.WriteString("}")
			uri := first
			if from > 0 {
				uri = fmt.Sprintf("%s?$skip=%d", first, from)
			}
			pages[uri] = page.String()
		}
		got, err := listed(t, paged(t, pages))
		if test.objects <= maxObjects {
			if err != nil || len(got) != test.objects {
				t.Errorf("%+v: %d, %v", test, len(got), err)
			}
			continue
		}
		if told := Explain(failure(t, err)); told.Title() != "Graph answers more than Switchboard reads." || !strings.Contains(told.Detail(), "100,000") {
			t.Errorf("%+v: %s %s", test, told.Title(), told.Detail())
		}
	}
}

func TestPagesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]string{
		"no value":          `{}`,
		"bare array":        `[]`,
		"value null":        `{"value":null}`,
		"value an object":   `{"value":{}}`,
		"value twice":       `{"value":[],"value":[]}`,
		"link a number":     `{"value":[],"@odata.nextLink":1}`,
		"link twice":        `{"@odata.nextLink":null,"value":[],"@odata.nextLink":null}`,
		"a comma too many":  `{"value":[` + object("a", "a") + `,]}`,
		"a comma too few":   `{"value":[` + object("a", "a") + object("b", "b") + `]}`,
		"closed otherwise":  `{"value":[` + object("a", "a") + `}]`,
		"more than is read": `{"value":[` + object("a", strings.Repeat("a", maxPage)) + `]}`,
		"second page fails": `{"value":[` + object("a", "a") + `],"@odata.nextLink":"HERE/nowhere"}`,
	} {
		got, err := listed(t, paged(t, map[string]string{first: page}))
		if e := failure(t, err); e.Class != Unavailable || got != nil {
			t.Errorf("%s: %v, %v", name, got, e)
		}
	}
}

// FuzzDecode holds that what is read without an error is what encoding/json reads too.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(object("a", "x")))
	f.Add([]byte(`{"value":` + object("a", "x") + `}`))
	f.Add([]byte(`{"value":[` + object("a", `\ud83d\ude00`) + `],"@odata.nextLink":"x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := decodePage(data)
		saysWhetherItIsJSON(t, data, err)
		got, _, err := decodeOne(data, "a")
		saysWhetherItIsJSON(t, data, err)
		if err != nil {
			return
		}
		if want, ok := plainly(data); ok && !got.Equal(want) {
			t.Errorf("%q: %+v, want %+v", data, got, want)
		}
	})
}

// saysWhetherItIsJSON holds the walker to encoding/json: what that refuses is refused as such, and nothing else is.
func saysWhetherItIsJSON(t *testing.T, data []byte, err error) {
	t.Helper()
	if valid := json.Valid(data); valid == (errors.Is(err, errNoJSON) || errors.Is(err, errCutShort)) {
		t.Errorf("%q: valid is %v, and the error is %v", data, valid, err)
	}
}

// TestOnlyJSONIsRead: one byte that is another, that is left out, or after which nothing follows.
func TestOnlyJSONIsRead(t *testing.T) {
	t.Parallel()
	whole := ` {"value":[{"id":"a","x":[1.5e-3,{"y":false}] , "serverName":"\u00e5\"x","version":null},7,"b"], "@odata.count":3}`
	for at := range len(whole) {
		for _, other := range []string{"", "x", `"`, `\`, "{", "}", "[", "]", ",", ":", " ", "0", "-", "\n", "\x00"} {
			for _, data := range []string{whole[:at] + other + whole[at+1:], whole[:at] + other} {
				_, err := decodePage([]byte(data))
				saysWhetherItIsJSON(t, []byte(data), err)
				_, _, err = decodeOne([]byte(data), "a")
				saysWhetherItIsJSON(t, []byte(data), err)
			}
		}
	}
}

// plainly reads a bare connector with encoding/json alone.
func plainly(data []byte) (connector.Connector, bool) {
	var c connector.Connector
	err := json.Unmarshal(data, &c)
	return c, err == nil && c.ID() != ""
}

// TestAnExpiredPageTokenBeginsTheListAnewOnce: a token may grow old between two pages, and a list is never a part of one.
func TestAnExpiredPageTokenBeginsTheListAnewOnce(t *testing.T) {
	t.Parallel()
	const second = "/beta/x?$skiptoken=2"
	firstPage := `{"value":[` + object("a", "a") + `],"@odata.nextLink":"HERE` + second + `"}`
	lastPage := `{"value":[` + object("b", "b") + `]}`
	for _, status := range []int{400, 404, 410} {
		for failures, want := range map[int][]string{
			1: {first, second, first, second},
			9: {first, second, first, second},
		} {
			left := failures
			g := newGraph(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.RequestURI == first:
					says(200, strings.ReplaceAll(firstPage, "HERE", "http://"+r.Host))(w, r)
				case left > 0:
					left--
					says(status, wrap("Directory_ExpiredPageToken", "The page token is expired.", 0))(w, r)
				default:
					says(200, lastPage)(w, r)
				}
			})
			got, err := listed(t, g)
			if uris := uris(g); !reflect.DeepEqual(uris, want) {
				t.Errorf("%d, %d times: requests %q", status, failures, uris)
			}
			if failures == 1 && (err != nil || len(got) != 2) || failures > 1 && failure(t, err).Class != Misconfigured {
				t.Errorf("%d, %d times: %v, %v", status, failures, got, err)
			}
			if said := Explain(err); failures > 1 && (said.Title() != "Graph’s list of connectors cannot be read to its end." || strings.Contains(said.Advice(), "tenant")) {
				t.Errorf("%d, %d times: %s %s", status, failures, said.Title(), said.Advice())
			}
		}
	}
}
