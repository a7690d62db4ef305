package signin_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"

	"switchboard/graphclient"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin"
)

// TestIndependentProvider signs somebody in at a provider that nobody here wrote: the example server of zitadel/oidc. It
// takes the secret by HTTP Basic, sends neither tid nor oid, and has never heard of Graph.
func TestIndependentProvider(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	issuer := "http://" + server.Listener.Addr().String()
	s := newSite(t, databasetest.SQLite(t), newProvider(t, newClock()), newClock(), func(o *signin.Options) {
		o.Issuer, o.Now = issuer, nil
	})
	storage.RegisterClients(storage.WebClient(clientID, clientSecret, s.URL+"/auth/callback"))
	server.Config.Handler = exampleop.SetupServer(issuer, storage.NewStorage(storage.NewUserStore(issuer)), nil, false, op.WithAllowInsecure())
	server.Start()
	t.Cleanup(server.Close)
	s.run(t)

	b := s.browser(t)
	b.get("/connectors/5")
	form := b.get(b.get("/login").location).location
	at, err := url.Parse(form)
	if err != nil {
		t.Fatal(err)
	}
	response, err := b.http.PostForm(issuer+at.Path, url.Values{
		"id": {at.Query().Get("authRequestID")}, "username": {"test-user@127.0.0.1"}, "password": {"verysecure"},
	})
	if err != nil {
		t.Fatal(err)
	}
	page, _ := io.ReadAll(response.Body)
	response.Body.Close()
	if response.StatusCode != http.StatusFound {
		t.Fatalf("the provider's own form: %s\n%s", response.Status, page)
	}
	next := response.Header.Get("Location")
	if strings.HasPrefix(next, "/") {
		next = issuer + next
	}
	if got := b.get(b.get(next).location); got.location != "/connectors/5" {
		t.Fatalf("the callback: %d to %q %s\n%s", got.status, got.location, got.body, s.log)
	}
	person := b.person(s.service)
	if actor := person.Actor(); actor.OID != "id1" || actor.TID != issuer || len(actor.Roles) != 0 {
		t.Errorf("signed in as %+v", actor)
	}
	first, err := person.Token(t.Context(), graphclient.Read)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := person.Renew(t.Context(), graphclient.Read, first, ""); err != nil || second == first {
		t.Errorf("a refresh: %v, the same token: %v\n%s", err, second == first, s.log)
	}
	if got := b.send(http.MethodPost, "/logout", nil); !strings.HasPrefix(got.location, issuer+"/end_session?") {
		t.Errorf("sign-out: %d to %q", got.status, got.location)
	}
	if b.signedIn() {
		t.Error("still signed in")
	}
}
