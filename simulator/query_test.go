package simulator_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// ids are those of a page, in its order.
func ids(page map[string]any) []string {
	var all []string
	for _, item := range page["value"].([]any) {
		id, _ := item.(map[string]any)["id"].(string)
		all = append(all, id)
	}
	return all
}

// idsBehind follows a page's links byte for byte.
func idsBehind(t *testing.T, tenant *simulator.Tenant, bearer string, page map[string]any) []string {
	t.Helper()
	all := ids(page)
	for page["@odata.nextLink"] != nil {
		next := strings.TrimPrefix(page["@odata.nextLink"].(string), root(tenant))
		page = call(t, tenant, bearer, "GET", next, "").object(t)
		all = append(all, ids(page)...)
	}
	return all
}

// where are the stored connectors that fit, in list order.
func where(tenant *simulator.Tenant, fits func(graph.Connector) bool) []string {
	var found []string
	for _, connector := range tenant.Graph.Connectors() {
		if fits(connector) {
			found = append(found, connector.ID)
		}
	}
	return found
}

func is(name, want string) func(graph.Connector) bool {
	return func(c graph.Connector) bool { value, ok := c.Value(name); return ok && value == want }
}

func everything(graph.Connector) bool { return true }

// TestQueryOptions answers what each option asks for, alone and together, over all pages.
func TestQueryOptions(t *testing.T) {
	t.Parallel()
	clock := newClock()
	tenant := start(t, func(o *simulator.Options) { o.Now = clock.Now })
	bearer := signIn(t, tenant, "tom", readScope).Access
	all := where(tenant, everything)
	connected, hosted := where(tenant, is("status", "connected")), where(tenant, is("exchangeConnectorType", "hosted"))
	tests := []struct {
		query string
		want  []string
		page  int // how many are on the first page; 0 for any
		count int // @odata.count; 0 for none
	}{
		{"", all, 15, 0},
		{"$top=4", all, 4, 0},
		{"$top=1000", all, len(all), 0},
		{"$top=0", nil, 0, 0},
		{"top=4&count=true", all, 4, len(all)},
		{"$count=false", all, 15, 0},
		{"$skip=40", all[40:], 0, 0},
		{"$skip=4&$top=3&$count=true", all[4:], 3, len(all)},
		{"$skip=4000", nil, 0, 0},
		{"$filter=status%20eq%20'connected'", connected, 0, 0},
		{"$filter=status+eq+'connected'&$count=true&$top=2", connected, 2, len(connected)},
		{"%24filter=exchangeConnectorType%20eq%20%27hosted%27", hosted, 0, 0},
		{"$filter=exchangeAlias eq 'no;such'", nil, 0, 0},
		{"unknown=1&$format=json", all, 15, 0},
		{"$orderby=exchangeAlias%20desc&$top=5", backwards(tenant), 5, 0},
	}
	for _, test := range tests {
		t.Run(test.query, func(t *testing.T) {
			t.Parallel()
			page := call(t, tenant, bearer, "GET", "/v1.0"+graph.Collection+"?"+strings.ReplaceAll(test.query, " ", "%20"), "").object(t)
			if page["value"] == nil {
				t.Fatalf("got %v", page)
			}
			if first := len(ids(page)); test.page > 0 && first != test.page {
				t.Errorf("the first page has %d, want %d", first, test.page)
			}
			if count, _ := page["@odata.count"].(float64); int(count) != test.count {
				t.Errorf("count: got %v, want %d", page["@odata.count"], test.count)
			}
			if got := idsBehind(t, tenant, bearer, page); !slices.Equal(got, test.want) {
				t.Errorf("got %v\nwant %v", got, test.want)
			}
		})
	}
	for query, want := range map[string]int{"": len(all), "?$filter=status%20eq%20'connected'": len(connected)} {
		got := call(t, tenant, bearer, "GET", "/v1.0"+graph.Collection+"/$count"+query, "")
		if got.body != strconv.Itoa(want) || got.Header.Get("Content-Type") != "text/plain" {
			t.Errorf("$count%s: got %q as %s, want %d", query, got.body, got.Header.Get("Content-Type"), want)
		}
	}
}

// backwards is everything by alias, the last first; null is the very last.
func backwards(tenant *simulator.Tenant) []string {
	all := tenant.Graph.Connectors()
	slices.SortStableFunc(all, func(a, b graph.Connector) int {
		left, _ := a.Value("exchangeAlias")
		right, _ := b.Value("exchangeAlias")
		return strings.Compare(right, left)
	})
	var sorted []string
	for _, connector := range all {
		sorted = append(sorted, connector.ID)
	}
	return sorted
}

// TestSelect leaves out the rest, on pages, their next ones, and single connectors.
func TestSelect(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "tom", readScope).Access
	path := "/beta" + graph.Collection + "?$select=status,id&$top=3"
	for range 2 {
		page := call(t, tenant, bearer, "GET", path, "").object(t)
		if context := page["@odata.context"]; context != tenant.GraphURL()+"/$metadata#deviceManagement/exchangeConnectors(status,id)" {
			t.Errorf("context: got %v", context)
		}
		for _, item := range page["value"].([]any) {
			if got := item.(map[string]any); len(got) != 2 || got["id"] == nil || got["status"] == nil {
				t.Errorf("got %v, want id and status", got)
			}
		}
		path = strings.TrimPrefix(page["@odata.nextLink"].(string), root(tenant))
	}
	one := call(t, tenant, bearer, "GET", "/v1.0"+connectorPath(simulator.ExampleID)+"?$select=serverName", "").object(t)
	if len(one) != 2 || one["serverName"] != "Server Name value" {
		t.Errorf("one: got %v, want the context and serverName", one)
	}
	if all := call(t, tenant, bearer, "GET", "/v1.0"+connectorPath(simulator.ExampleID)+"?$select=*", "").object(t); len(all) != 11 {
		t.Errorf("a star: got %v, want everything", all)
	}
}

// TestQueryRefused: a bad option is 400 in Graph's envelope, and says which and why.
func TestQueryRefused(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "tom", readScope).Access
	list, one := "/v1.0"+graph.Collection, "/v1.0"+connectorPath(simulator.ExampleID)
	for path, text := range map[string]string{
		list + "?$select=id,colour":                        "Could not find a property named 'colour' on type 'microsoft.graph.deviceManagementExchangeConnector'.",
		list + "?$select=":                                 "Could not find a property named ''",
		list + "?$orderby=colour":                          "Could not find a property named 'colour'",
		list + "?$orderby=status%20down":                   "Invalid orderby clause",
		list + "?$filter=colour%20eq%20'red'":              "Could not find a property named 'colour'",
		list + "?$filter=status%20eq":                      "Invalid filter clause: Syntax error at position 9",
		list + "/$count?$filter=status":                    "Invalid filter clause",
		list + "?$top=-1":                                  "Invalid value '-1' for $top",
		list + "?$top=many":                                "Invalid value 'many' for $top",
		list + "?$skip=1.5":                                "Invalid value '1.5' for $skip",
		list + "?$count=yes":                               "Invalid value 'yes' for $count",
		list + "?$expand=members":                          "Could not find a property named 'members'",
		list + "?$search=%22contoso%22":                    "'$search' is not supported",
		list + "?$format=xml":                              "'$format'",
		list + "?$apply=groupby((status))":                 "The query option '$apply' is not supported.",
		list + "?$top=1&$top=2":                            "'$top' was specified more than once",
		list + "?$filter=%zz":                              "'$filter' is malformed",
		list + "?$skiptoken=" + url.QueryEscape("made up"): "Skiptoken",
		one + "?$filter=status%20eq%20'connected'":         "not a collection",
		one + "?$select=colour":                            "'colour'",
	} {
		got := call(t, tenant, bearer, "GET", path, "")
		code, said := problemOf(t, got)
		if got.StatusCode != 400 || code != "BadRequest" || !strings.Contains(said, text) {
			t.Errorf("%s: got %d %s %q, want 400 BadRequest %q", path, got.StatusCode, code, said, text)
		}
		inner, _ := got.object(t)["error"].(map[string]any)["innerError"].(map[string]any)
		if inner["request-id"] != got.Header.Get("request-id") || inner["date"] == nil || inner["client-request-id"] == nil {
			t.Errorf("%s: innerError: got %v", path, inner)
		}
	}
}

// TestPagesGoOn behind a connector that was deleted, or moved out of the filter, between two pages; nothing comes twice.
func TestPagesGoOn(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "maya", writeScope).Access
	for _, query := range []string{"?$top=5", "?$top=5&$orderby=exchangeAlias", "?$top=5&$filter=status%20ne%20'connectionPending'"} {
		page := call(t, tenant, bearer, "GET", "/beta"+graph.Collection+query, "").object(t)
		before := idsBehind(t, tenant, bearer, page)
		if got := call(t, tenant, bearer, "DELETE", "/beta"+connectorPath(before[4]), ""); got.StatusCode != 204 {
			t.Fatalf("delete: got %d", got.StatusCode)
		}
		if got := idsBehind(t, tenant, bearer, page); !slices.Equal(got, before) {
			t.Errorf("%s: after the last one of a page was deleted: got %v\nwant %v", query, got, before)
		}
	}
}

// TestMaxPageSize is preferred by a header, and told when it is honoured.
func TestMaxPageSize(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	bearer := signIn(t, tenant, "tom", readScope).Access
	got := call(t, tenant, bearer, "GET", "/v1.0"+graph.Collection, "", "Prefer", `include-unknown-enum-members, odata.maxpagesize=7`)
	if len(ids(got.object(t))) != 7 || got.Header.Get("Preference-Applied") != "odata.maxpagesize=7" {
		t.Errorf("got %d connectors, applied %q", len(ids(got.object(t))), got.Header.Get("Preference-Applied"))
	}
}
