package simulator_test

import (
	"net/http"
	"testing"

	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// TestFirstSignInToFirstSave goes once through everything.
func TestFirstSignInToFirstSave(t *testing.T) {
	t.Parallel()
	tenant := start(t)
	tokens := signIn(t, tenant, "maya", readScope)
	list := graphCall(t, tenant, tokens.Access, http.MethodGet, graph.Collection, "")
	if list.StatusCode != http.StatusOK {
		t.Fatalf("list: got %d %s", list.StatusCode, list.body)
	}
	path := graph.Collection + "/" + simulator.ID("s2s-na")
	refused := graphCall(t, tenant, tokens.Access, http.MethodPatch, path, `{"serverName":"a"}`)
	if refused.StatusCode != http.StatusForbidden {
		t.Fatalf("patch without the scope: got %d %s", refused.StatusCode, refused.body)
	}
	wider := tokensOf(t, redeem(t, newBrowser(t, nil), tenant, refreshForm(tokens.Refresh, baseScopes+writeScope)))
	saved := graphCall(t, tenant, wider.Access, http.MethodPatch, path, `{"serverName":"a"}`)
	if saved.StatusCode != http.StatusOK || saved.object(t)["serverName"] != "a" {
		t.Fatalf("patch: got %d %s", saved.StatusCode, saved.body)
	}
}
