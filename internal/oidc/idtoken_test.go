package oidc_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"switchboard/graphclient"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/session"
	"switchboard/internal/signin/signintest"
)

// forgery is one way a provider, or somebody in its place, may answer a sign-in.
type forgery struct {
	name   string
	script func(*signintest.Provider)
	accept bool
}

// hence is a claim that lies so many seconds from now.
func hence(claim string, seconds int64) func(*signintest.Provider) {
	return func(p *signintest.Provider) {
		p.Token = func(t *signintest.IDToken) { t.Claims[claim] = p.Clock.Now().Unix() + seconds }
	}
}

// instead answers the token request with something else.
func instead(status int, kind, body string) func(*signintest.Provider) {
	return func(p *signintest.Provider) {
		p.Instead = func(w http.ResponseWriter, _ url.Values) bool {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Location", p.Issuer()+"/token")
			w.WriteHeader(status)
			w.Write([]byte(body))
			return true
		}
	}
}

func hashes(claim, of string) func(*signintest.Provider) {
	return func(p *signintest.Provider) { p.Token = func(t *signintest.IDToken) { t.Claims[claim] = t.Claims[of] } }
}

func forgeries() []forgery {
	public, err := x509.MarshalPKIXPublicKey(signintest.FirstKey().Public())
	if err != nil {
		panic(err)
	}
	asPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	unsigned := func(string) []byte { return nil }
	return []forgery{
		{"nothing altered", func(*signintest.Provider) {}, true},
		{"iss wrong", signintest.Claims(map[string]any{"iss": "https://login.example/other/v2.0"}), false},
		{"iss with a trailing slash", func(p *signintest.Provider) { signintest.Claims(map[string]any{"iss": p.Issuer() + "/"})(p) }, false},
		{"iss missing", signintest.Claims(map[string]any{"iss": nil}), false},
		{"sub missing", signintest.Claims(map[string]any{"sub": nil}), false},
		{"aud wrong", signintest.Claims(map[string]any{"aud": "another-client"}), false},
		{"aud missing", signintest.Claims(map[string]any{"aud": nil}), false},
		{"aud an empty array", signintest.Claims(map[string]any{"aud": []string{}}), false},
		{"aud an array of this client", signintest.Claims(map[string]any{"aud": []string{signintest.ClientID}}), true},
		{"aud an array, azp this client", signintest.Claims(map[string]any{"aud": []string{"graph", signintest.ClientID}, "azp": signintest.ClientID}), true},
		{"aud an array, azp foreign", signintest.Claims(map[string]any{"aud": []string{signintest.ClientID, "another"}, "azp": "another"}), false},
		{"aud an array, azp missing", signintest.Claims(map[string]any{"aud": []string{signintest.ClientID, "another"}}), false},
		{"azp foreign", signintest.Claims(map[string]any{"azp": "another"}), false},
		{"iat missing", signintest.Claims(map[string]any{"iat": nil}), false},
		{"iat a day ahead", hence("iat", 86_400), false},
		{"iat 59 s ahead", hence("iat", 59), true},
		{"iat 61 s ahead", hence("iat", 61), false},
		{"nbf 59 s ahead", hence("nbf", 59), true},
		{"nbf 61 s ahead", hence("nbf", 61), false},
		{"nbf missing", signintest.Claims(map[string]any{"nbf": nil}), true},
		{"exp missing", signintest.Claims(map[string]any{"exp": nil}), false},
		{"exp 59 s past", hence("exp", -59), true},
		{"exp 61 s past", hence("exp", -61), false},
		{"exp a text", signintest.Claims(map[string]any{"exp": "tomorrow"}), false},
		{"nonce wrong", signintest.Claims(map[string]any{"nonce": "another"}), false},
		{"nonce absent", signintest.Claims(map[string]any{"nonce": nil}), false},
		{"alg none", signintest.Header(map[string]any{"alg": "none"}, unsigned), false},
		{"alg none, signature kept", signintest.Header(map[string]any{"alg": "none"}, nil), false},
		{"signature missing", signintest.Header(nil, unsigned), false},
		{"signature of another key", signintest.Header(nil, func(text string) []byte {
			return signintest.SignWith(signintest.Signer{ID: "one", Alg: jose.RS256, Key: signintest.SecondKey()}, text)
		}), false},
		{"HS256 with the client secret", signintest.Header(map[string]any{"alg": "HS256"}, signintest.WithHMAC([]byte(signintest.ClientSecret))), false},
		{"HS256 with the public key", signintest.Header(map[string]any{"alg": "HS256"}, signintest.WithHMAC(asPEM)), false},
		{"PS256, not advertised", func(p *signintest.Provider) { p.Keys[0].Alg = jose.PS256 }, false},
		{"key of its own in the header", signintest.Header(map[string]any{"kid": "mine", "jwk": jose.JSONWebKey{Key: signintest.SecondKey().Public(), KeyID: "mine"}},
			func(text string) []byte {
				return signintest.SignWith(signintest.Signer{ID: "mine", Alg: jose.RS256, Key: signintest.SecondKey()}, text)
			}), false},
		{"kid unknown", signintest.Header(map[string]any{"kid": "nobody's"}, nil), false},
		{"kid absent, one key", signintest.Header(map[string]any{"kid": nil}, nil), true},
		{"kid absent, two keys", func(p *signintest.Provider) {
			p.Keys = append(p.Keys, signintest.Signer{ID: "two", Alg: jose.RS256, Key: signintest.SecondKey()})
			signintest.Header(map[string]any{"kid": nil}, nil)(p)
		}, false},
		{"at_hash right", hashes("at_hash", "right_at_hash"), true},
		{"at_hash wrong", hashes("at_hash", "right_c_hash"), false},
		{"c_hash right", hashes("c_hash", "right_c_hash"), true},
		{"c_hash wrong", hashes("c_hash", "right_at_hash"), false},
		{"over 200 groups", signintest.Claims(map[string]any{"_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example"}}}), true},
		{"no id_token", signintest.Answers(map[string]any{"id_token": nil}), false},
		{"no token_type", signintest.Answers(map[string]any{"token_type": nil}), false},
		{"token_type mac", signintest.Answers(map[string]any{"token_type": "mac"}), false},
		{"token_type in small letters", signintest.Answers(map[string]any{"token_type": "bearer"}), true},
		{"no access_token", signintest.Answers(map[string]any{"access_token": nil}), false},
		{"no scope, no expires_in", signintest.Answers(map[string]any{"scope": nil, "expires_in": nil}), true},
		{"expires_in quoted", signintest.Answers(map[string]any{"expires_in": "3599"}), true},
		{"expires_in empty", signintest.Answers(map[string]any{"expires_in": ""}), true},
		{"expires_in that is a word", signintest.Answers(map[string]any{"expires_in": "soon"}), true},
		{"expires_in that is an object", signintest.Answers(map[string]any{"expires_in": map[string]any{}}), true},
		{"tokens as text/html", func(p *signintest.Provider) { p.Kind = "text/html" }, false},
		{"answer as HTML", instead(200, "text/html", "<h1>Sign in</h1>"), false},
		{"answer 302", instead(302, "text/html", ""), false},
		{"answer 2 MiB", instead(200, "application/json", `{"token_type":"Bearer","x":"`+strings.Repeat("x", 2<<20)+`"}`), false},
		{"answer cut short", instead(200, "application/json", `{"token_type":"Bearer"`), false},
		{"answer 500", instead(500, "application/json", `{}`), false},
	}
}

// TestForgeries is security.md's list of what must and must not sign somebody in.
func TestForgeries(t *testing.T) {
	t.Parallel()
	for _, row := range forgeries() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := signintest.NewClock()
			s := signintest.NewSite(t, databasetest.SQLite(t), signintest.NewProvider(t, c), c)
			row.script(s.Provider)
			s.Run(t)
			b := s.Browser(t)
			got := b.SignIn()
			if accepted := got.Status == http.StatusSeeOther; accepted != row.accept {
				t.Errorf("the callback answered %d %s; accept %v\n%s", got.Status, got.Body, row.accept, s.Log)
			}
			if !row.accept && got.Status < 400 {
				t.Errorf("a refused sign-in answered %d", got.Status)
			}
			if b.SignedIn() != row.accept {
				t.Errorf("signed in: %v, want %v", !row.accept, row.accept)
			}
		})
	}
}

// TestKeyRotation: a new key is learnt at once, and an old one forgotten within the minute that is promised.
func TestKeyRotation(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	old, fresh := s.Provider.Keys[0], signintest.Signer{ID: "two", Alg: jose.RS256, Key: signintest.SecondKey()}
	s.Provider.Script(func() { s.Provider.Keys = []signintest.Signer{fresh} })
	before := s.Provider.KeyCalls
	if got := s.Browser(t).SignIn(); got.Status != http.StatusSeeOther {
		t.Errorf("a token of the new key: %d %s", got.Status, got.Body)
	}
	if got := s.Provider.KeyCalls - before; got != 1 {
		t.Errorf("the keys were read %d times for the new key, want once", got)
	}
	s.Provider.Script(func() { s.Provider.Keys = []signintest.Signer{old} })
	if got := s.Browser(t).SignIn(); got.Status != http.StatusSeeOther {
		t.Errorf("a token of the old key, published again: %d %s", got.Status, got.Body)
	}
	s.Provider.Script(func() {
		s.Provider.Keys = []signintest.Signer{fresh}
		s.Provider.Token = func(token *signintest.IDToken) {
			token.Header["kid"] = old.ID
			token.Sign = func(text string) []byte { return signintest.SignWith(old, text) }
		}
	})
	s.Clock.Add(61 * time.Second)
	if got := s.Browser(t).SignIn(); got.Status != http.StatusForbidden {
		t.Errorf("a token of the withdrawn key after a minute: %d, want 403", got.Status)
	}
}

// TestKeysThatCannotBeRead: those that were read serve on for an hour. Refreshes that come together share one try, and the
// next one follows within seconds.
func TestKeysThatCannotBeRead(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t), func(o *signintest.Options) { o.Sessions.Idle = 8 * time.Hour })
	tries := func() (made int) { s.Provider.Script(func() { made = s.Provider.KeyCalls }); return made }
	var people []*session.Person
	for range 20 {
		b := s.Browser(t)
		b.SignIn()
		people = append(people, b.Person(s.Service))
	}
	s.Provider.Script(func() { s.Provider.KeysLost = true })
	s.Clock.Add(58 * time.Minute)
	before := tries()
	var all sync.WaitGroup
	for _, person := range people {
		all.Go(func() {
			if _, err := person.Token(context.Background(), graphclient.Read); err != nil {
				t.Errorf("a refresh: %v", err)
			}
		})
	}
	all.Wait()
	if made, refreshed := tries()-before, len(s.Provider.Calls("refresh_token")); made != 1 || refreshed != len(people) {
		t.Errorf("%d tries for %d refreshes, want 1 for %d", made, refreshed, len(people))
	}
	s.Clock.Add(5 * time.Second)
	if got := s.Browser(t).SignIn(); got.Status != http.StatusSeeOther || tries()-before != 2 {
		t.Errorf("a sign-in seconds later: %d after %d tries, want 303 after the second", got.Status, tries()-before)
	}
	s.Clock.Add(2 * time.Minute)
	if got := s.Browser(t).SignIn(); got.Status != http.StatusServiceUnavailable {
		t.Errorf("a sign-in with keys from more than an hour ago: %d, want 503", got.Status)
	}
	s.Provider.Script(func() { s.Provider.KeysLost = false })
	s.Clock.Add(5 * time.Second)
	if got := s.Browser(t).SignIn(); got.Status != http.StatusSeeOther {
		t.Errorf("a sign-in once they can be read: %d %s", got.Status, got.Body)
	}
}

// TestUnknownKeysAreNotAskedForEachTime: 50 forged tokens cost the provider a handful of requests, and a genuine sign-in
// still works.
func TestUnknownKeysAreNotAskedForEachTime(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	before := s.Provider.KeyCalls
	signintest.Header(map[string]any{"kid": "nobody's"}, nil)(s.Provider)
	for range 50 {
		if got := s.Browser(t).SignIn(); got.Status != http.StatusForbidden {
			t.Fatalf("a token of an unknown key: %d, want 403", got.Status)
		}
	}
	if got := s.Provider.KeyCalls - before; got > 5 {
		t.Errorf("50 unknown keys made %d requests for keys, want at most 5", got)
	}
	s.Provider.Script(func() { s.Provider.Token = nil })
	if got := s.Browser(t).SignIn(); got.Status != http.StatusSeeOther {
		t.Errorf("a genuine sign-in afterwards: %d %s", got.Status, got.Body)
	}
}

// TestAdvertisedAlgorithms: what the provider advertises is accepted, and HS256 never is.
func TestAdvertisedAlgorithms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		advertised []string
		script     func(*signintest.Provider)
		ready      bool
		accept     bool
	}{
		{"PS256", []string{"RS256", "PS256"}, func(p *signintest.Provider) { p.Keys[0].Alg = jose.PS256 }, true, true},
		{"RS256 when nothing is advertised", nil, func(*signintest.Provider) {}, true, true},
		{"HS256 although advertised", []string{"RS256", "HS256"}, signintest.Header(map[string]any{"alg": "HS256"}, signintest.WithHMAC([]byte(signintest.ClientSecret))), true, false},
		{"none although advertised", []string{"RS256", "none"}, signintest.Header(map[string]any{"alg": "none"}, func(string) []byte { return nil }), true, false},
		{"nothing but HS256", []string{"HS256"}, func(*signintest.Provider) {}, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := signintest.NewClock()
			s := signintest.NewSite(t, databasetest.SQLite(t), signintest.NewProvider(t, c), c)
			s.Provider.Document = func(d map[string]any) {
				d["id_token_signing_alg_values_supported"] = test.advertised
			}
			test.script(s.Provider)
			if !test.ready {
				signintest.Run(t, s.Service)
				signintest.Eventually(t, "refused", func() bool { return strings.Contains(s.Log.String(), "none of the algorithms") })
				return
			}
			s.Run(t)
			if got := s.Browser(t).SignIn().Status == http.StatusSeeOther; got != test.accept {
				t.Errorf("accepted: %v, want %v", got, test.accept)
			}
		})
	}
}
