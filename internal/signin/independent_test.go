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
	"switchboard/internal/signin/signintest"
)

// TestIndependentProvider signs somebody in at a provider that nobody here wrote: the example server of zitadel/oidc. It
// takes the secret by HTTP Basic, sends neither tid nor oid, and has never heard of Graph.
func TestIndependentProvider(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	issuer := "http://" + server.Listener.Addr().String()
	s := signintest.NewSite(t, databasetest.SQLite(t), signintest.NewProvider(t, signintest.NewClock()), signintest.NewClock(), func(o *signintest.Options) {
		o.OIDC.Issuer, o.Now = issuer, nil
	})
	storage.RegisterClients(storage.WebClient(signintest.ClientID, signintest.ClientSecret, s.URL+"/auth/callback"))
	server.Config.Handler = exampleop.SetupServer(issuer, storage.NewStorage(storage.NewUserStore(issuer)), nil, false, op.WithAllowInsecure())
	server.Start()
	t.Cleanup(server.Close)
	s.Run(t)

	b := s.Browser(t)
	b.Get("/connectors/5")
	form := b.Get(b.Get("/login").Location).Location
	at, err := url.Parse(form)
	if err != nil {
		t.Fatal(err)
	}
	response, err := b.HTTP.PostForm(issuer+at.Path, url.Values{
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
	if got := b.Get(b.Get(next).Location); got.Location != "/connectors/5" {
		t.Fatalf("the callback: %d to %q %s\n%s", got.Status, got.Location, got.Body, s.Log)
	}
	person := b.Person(s.Service)
	if actor := person.Actor(); actor.OID != "id1" || actor.TID != issuer || len(actor.Roles) != 0 {
		t.Errorf("signed in as %+v", actor)
	}
	first, err := person.Token(t.Context(), graphclient.Read)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := person.Renew(t.Context(), graphclient.Read, first, ""); err != nil || second == first {
		t.Errorf("a refresh: %v, the same token: %v\n%s", err, second == first, s.Log)
	}
	if got := b.Send(http.MethodPost, "/logout", nil); !strings.HasPrefix(got.Location, issuer+"/end_session?") {
		t.Errorf("sign-out: %d to %q", got.Status, got.Location)
	}
	if b.SignedIn() {
		t.Error("still signed in")
	}
}
