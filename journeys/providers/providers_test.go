//go:build providers

package providers

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// dex is the provider of that name with the document's file.
func dex(w *world) *exec.Cmd {
	path, err := filepath.Abs("../../.cache/dex")
	check(w.t, err)
	return exec.Command(path, "serve", filepath.Join(w.folder, "dex.yaml"))
}

// oidcProvider is the provider of that name with the document's file.
func oidcProvider(w *world) *exec.Cmd {
	return exec.Command("node", "serve.mjs", w.issuer, filepath.Join(w.folder, "provider.mjs"))
}

// likeKeycloak is oidc-provider as Keycloak would answer.
func likeKeycloak(w *world) *exec.Cmd {
	file := filepath.Join(w.folder, "provider.mjs")
	const settings = `export default {
  clients: [{
    client_id: 'switchboard', client_secret: 'CLIENT-SECRET', token_endpoint_auth_method: 'client_secret_post',
    redirect_uris: ['SITE/auth/callback'], post_logout_redirect_uris: ['SITE/signed-out'],
    grant_types: ['authorization_code', 'refresh_token'], scope: 'openid profile offline_access connectors',
  }],
  conformIdTokenClaims: false,
  scopes: ['openid', 'profile', 'offline_access', 'connectors'],
  claims: { openid: ['sub', 'realm_access'], profile: ['name', 'preferred_username'] },
  issueRefreshToken: () => true,
}`
	check(w.t, os.WriteFile(file, []byte(strings.NewReplacer("CLIENT-SECRET", clientSecret, "SITE", w.site).Replace(settings)), 0o600))
	return exec.Command("node", "serve.mjs", w.issuer, file)
}

// TestProviders follows the document from the first page to the last.
func TestProviders(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		section, path, login string // of the document, of the issuer, of the person
		start                func(*world) *exec.Cmd
		name, value          string // of the person, and what makes the role
		ends                 bool   // the provider signs people out
	}{
		{"dex", "", "", dex, "Kilgore Trout", "authors", false},
		{"dex-passwords", "", "maya@contoso.example", dex, "maya", "maya@contoso.example", false},
		{"strict", "", "maya", oidcProvider, "Somebody called maya", "Connector.Admin", true},
		{"keycloak", "/realms/contoso", "maya", likeKeycloak, "Somebody called maya", "Connector.Admin", true},
	} {
		t.Run(one.section, func(t *testing.T) {
			t.Parallel()
			w := open(t, one.section, one.path, one.login, one.start)
			b := newBrowser(t)
			w.signIn(b, w.site+"/access")
			w.seesRole(b, one.name, one.value)
			w.edits(b, "first")
			w.renews(b)
			w.edits(b, "second")
			w.usesAnotherAccount(b)
			w.record(b, one.name)
			w.signsOut(b, one.ends)
			w.signIn(b, w.site+"/connectors")
		})
	}
}

// signIn asks for a page and goes through the provider's own pages to it.
func (w *world) signIn(b *browser, address string) page {
	w.t.Helper()
	at := w.through(b, b.get(address))
	if at.status != http.StatusOK || at.at.String() != address {
		w.t.Fatalf("a sign-in for %s ends at %s", address, at)
	}
	return at
}

// through fills in the provider's forms until a page of ours comes.
func (w *world) through(b *browser, at page) page {
	w.t.Helper()
	for range 8 {
		if strings.HasPrefix(at.at.String(), w.site) {
			return at
		}
		forms := at.forms()
		if len(forms) == 0 {
			w.t.Fatalf("the provider stops: %s", at)
		}
		sent := forms[0]
		for field, value := range map[string]string{"login": w.login, "password": w.password} {
			if sent.values.Has(field) {
				sent.values.Set(field, value)
			}
		}
		at = b.send(http.MethodPost, sent.action, sent.values)
	}
	w.t.Fatalf("the provider asks on and on: %s", at)
	return at
}

// seesRole reads who somebody is and by what.
func (w *world) seesRole(b *browser, name, value string) {
	w.t.Helper()
	if mine := b.get(w.site + "/access"); !strings.Contains(mine.body, "Admin, from "+value) || !strings.Contains(mine.body, name) {
		w.t.Errorf("want %s, Admin, from %s: %s", name, value, mine)
	}
}

// edits saves another server and sees it saved.
func (w *world) edits(b *browser, server string) {
	w.t.Helper()
	id := w.connectors.Connectors()[0].ID
	sent := b.get(w.site+"/connectors/"+id+"/edit").formTo(w.t, "/connectors/"+id)
	sent.values.Set("serverName", server+".contoso.example")
	sent.values.Set("reason", "tried with another provider")
	saved := b.send(http.MethodPost, sent.action, sent.values)
	if saved.status != http.StatusOK || !strings.Contains(saved.body, `data-outcome="applied"`) {
		w.t.Errorf("the save: %s", saved)
	}
	now, _ := w.connectors.Connector(id)
	if held, _ := now.Value("serverName"); held != server+".contoso.example" {
		w.t.Errorf("Graph holds %q", held)
	}
}

// renews has Graph refuse the access token that it took until now.
func (w *world) renews(b *browser) {
	w.t.Helper()
	before := w.expire()
	if list := b.get(w.site + "/connectors"); list.status != http.StatusOK || strings.Contains(list.body, "not answering") {
		w.t.Errorf("after the access token ended: %s", list)
	}
	if now := w.expire(); now != before+1 {
		w.t.Errorf("Graph has seen %d access tokens, want one more than %d", now, before)
	}
}

// usesAnotherAccount goes to the provider to choose one, and comes back.
func (w *world) usesAnotherAccount(b *browser) {
	w.t.Helper()
	if back := w.through(b, b.get(w.site+"/login?account=other")); back.status != http.StatusOK {
		w.t.Errorf("another account: %s", back)
	}
}

// record reads whose changes they are, and verifies them.
func (w *world) record(b *browser, name string) {
	w.t.Helper()
	lines := b.get(w.site + "/audit.ndjson").body
	if !strings.Contains(lines, `"name":"`+name+`"`) || strings.Contains(lines, `"name":"","roles"`) {
		w.t.Errorf("the record names others than %s:\n%s", name, lines)
	}
	file := filepath.Join(w.folder, "audit.ndjson")
	check(w.t, os.WriteFile(file, []byte(lines), 0o600))
	if said, err := exec.Command(binary(w.t), "verify", "-key", w.key, file).CombinedOutput(); err != nil {
		w.t.Errorf("verify: %v\n%s", err, said)
	}
}

// signsOut ends the session here, and at the provider where it can.
func (w *world) signsOut(b *browser, ends bool) {
	w.t.Helper()
	sent := b.get(w.site+"/").formTo(w.t, "/logout")
	out := b.send(http.MethodPost, sent.action, sent.values)
	to, err := out.at.Parse(strings.TrimPrefix(out.header.Get("Refresh"), "0; url="))
	check(w.t, err)
	if strings.HasPrefix(to.String(), w.issuer) != ends {
		w.t.Errorf("the sign-out leads to %s", to)
	}
	last := w.through(b, b.get(to.String()))
	if last.status != http.StatusOK || last.at.Path != "/signed-out" || strings.Contains(last.body, "may still be signed in") == ends {
		w.t.Errorf("a sign-out ends at %s", last)
	}
	asked := w.asked(b)
	if !ends && asked.Get("prompt") != "login" {
		w.t.Errorf("the next sign-in asks for %v", asked)
	}
	if fresh := b.get(w.site + "/"); ends && !slices.ContainsFunc(slices.Collect(fresh.root.Descendants()), asksForPassword) {
		w.t.Errorf("signed out, and the provider asks for nothing: %s", fresh)
	}
}

func asksForPassword(node *html.Node) bool { return attribute(node, "type") == "password" }

// asked is what a sign-in asks the provider for.
func (w *world) asked(b *browser) url.Values {
	w.t.Helper()
	still := *b.client
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := still.Get(w.site + "/login")
	check(w.t, err)
	answer.Body.Close()
	to, err := answer.Location()
	check(w.t, err)
	return to.Query()
}
