package signin_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"switchboard/graphclient"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin"
)

// forgery is one way a provider, or somebody in its place, may answer a sign-in.
type forgery struct {
	name   string
	script func(*provider)
	accept bool
}

func claims(changes map[string]any) func(*provider) {
	return func(p *provider) {
		p.token = func(t *idToken) { maps.Copy(t.claims, changes) }
	}
}

// hence is a claim that lies so many seconds from now.
func hence(claim string, seconds int64) func(*provider) {
	return func(p *provider) {
		p.token = func(t *idToken) { t.claims[claim] = p.clock.Now().Unix() + seconds }
	}
}

func header(changes map[string]any, sign func(string) []byte) func(*provider) {
	return func(p *provider) {
		p.token = func(t *idToken) {
			maps.Copy(t.header, changes)
			if sign != nil {
				t.sign = sign
			}
		}
	}
}

func answers(changes map[string]any) func(*provider) {
	return func(p *provider) {
		p.answer = func(a map[string]any) {
			maps.Copy(a, changes)
			maps.DeleteFunc(a, func(_ string, v any) bool { return v == nil })
		}
	}
}

// instead answers the token request with something else.
func instead(status int, kind, body string) func(*provider) {
	return func(p *provider) {
		p.instead = func(w http.ResponseWriter, _ url.Values) bool {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Location", p.issuer()+"/token")
			w.WriteHeader(status)
			w.Write([]byte(body))
			return true
		}
	}
}

func hashes(claim, of string) func(*provider) {
	return func(p *provider) { p.token = func(t *idToken) { t.claims[claim] = t.claims[of] } }
}

func forgeries() []forgery {
	public, err := x509.MarshalPKIXPublicKey(firstKey().Public())
	if err != nil {
		panic(err)
	}
	asPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	unsigned := func(string) []byte { return nil }
	return []forgery{
		{"nothing altered", func(*provider) {}, true},
		{"iss wrong", claims(map[string]any{"iss": "https://login.example/other/v2.0"}), false},
		{"iss with a trailing slash", func(p *provider) { claims(map[string]any{"iss": p.issuer() + "/"})(p) }, false},
		{"iss missing", claims(map[string]any{"iss": nil}), false},
		{"sub missing", claims(map[string]any{"sub": nil}), false},
		{"aud wrong", claims(map[string]any{"aud": "another-client"}), false},
		{"aud missing", claims(map[string]any{"aud": nil}), false},
		{"aud an empty array", claims(map[string]any{"aud": []string{}}), false},
		{"aud an array of this client", claims(map[string]any{"aud": []string{clientID}}), true},
		{"aud an array, azp this client", claims(map[string]any{"aud": []string{"graph", clientID}, "azp": clientID}), true},
		{"aud an array, azp foreign", claims(map[string]any{"aud": []string{clientID, "another"}, "azp": "another"}), false},
		{"aud an array, azp missing", claims(map[string]any{"aud": []string{clientID, "another"}}), false},
		{"azp foreign", claims(map[string]any{"azp": "another"}), false},
		{"iat missing", claims(map[string]any{"iat": nil}), false},
		{"iat a day ahead", hence("iat", 86_400), false},
		{"iat 59 s ahead", hence("iat", 59), true},
		{"iat 61 s ahead", hence("iat", 61), false},
		{"nbf 59 s ahead", hence("nbf", 59), true},
		{"nbf 61 s ahead", hence("nbf", 61), false},
		{"nbf missing", claims(map[string]any{"nbf": nil}), true},
		{"exp missing", claims(map[string]any{"exp": nil}), false},
		{"exp 59 s past", hence("exp", -59), true},
		{"exp 61 s past", hence("exp", -61), false},
		{"exp a text", claims(map[string]any{"exp": "tomorrow"}), false},
		{"nonce wrong", claims(map[string]any{"nonce": "another"}), false},
		{"nonce absent", claims(map[string]any{"nonce": nil}), false},
		{"alg none", header(map[string]any{"alg": "none"}, unsigned), false},
		{"alg none, signature kept", header(map[string]any{"alg": "none"}, nil), false},
		{"signature missing", header(nil, unsigned), false},
		{"signature of another key", header(nil, func(text string) []byte { return signWith(signer{"one", jose.RS256, secondKey()}, text) }), false},
		{"HS256 with the client secret", header(map[string]any{"alg": "HS256"}, withHMAC([]byte(clientSecret))), false},
		{"HS256 with the public key", header(map[string]any{"alg": "HS256"}, withHMAC(asPEM)), false},
		{"PS256, not advertised", func(p *provider) { p.keys[0].alg = jose.PS256 }, false},
		{"key of its own in the header", header(map[string]any{"kid": "mine", "jwk": jose.JSONWebKey{Key: secondKey().Public(), KeyID: "mine"}},
			func(text string) []byte { return signWith(signer{"mine", jose.RS256, secondKey()}, text) }), false},
		{"kid unknown", header(map[string]any{"kid": "nobody's"}, nil), false},
		{"kid absent, one key", header(map[string]any{"kid": nil}, nil), true},
		{"kid absent, two keys", func(p *provider) {
			p.keys = append(p.keys, signer{"two", jose.RS256, secondKey()})
			header(map[string]any{"kid": nil}, nil)(p)
		}, false},
		{"at_hash right", hashes("at_hash", "right_at_hash"), true},
		{"at_hash wrong", hashes("at_hash", "right_c_hash"), false},
		{"c_hash right", hashes("c_hash", "right_c_hash"), true},
		{"c_hash wrong", hashes("c_hash", "right_at_hash"), false},
		{"over 200 groups", claims(map[string]any{"_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example"}}}), true},
		{"no id_token", answers(map[string]any{"id_token": nil}), false},
		{"no token_type", answers(map[string]any{"token_type": nil}), false},
		{"token_type mac", answers(map[string]any{"token_type": "mac"}), false},
		{"token_type in small letters", answers(map[string]any{"token_type": "bearer"}), true},
		{"no access_token", answers(map[string]any{"access_token": nil}), false},
		{"no scope, no expires_in", answers(map[string]any{"scope": nil, "expires_in": nil}), true},
		{"expires_in quoted", answers(map[string]any{"expires_in": "3599"}), true},
		{"expires_in empty", answers(map[string]any{"expires_in": ""}), true},
		{"expires_in that is a word", answers(map[string]any{"expires_in": "soon"}), true},
		{"expires_in that is an object", answers(map[string]any{"expires_in": map[string]any{}}), true},
		{"tokens as text/html", func(p *provider) { p.kind = "text/html" }, false},
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
			c := newClock()
			s := newSite(t, databasetest.SQLite(t), newProvider(t, c), c)
			row.script(s.provider)
			s.run(t)
			b := s.browser(t)
			got := b.signIn()
			if accepted := got.status == http.StatusSeeOther; accepted != row.accept {
				t.Errorf("the callback answered %d %s; accept %v\n%s", got.status, got.body, row.accept, s.log)
			}
			if !row.accept && got.status < 400 {
				t.Errorf("a refused sign-in answered %d", got.status)
			}
			if b.signedIn() != row.accept {
				t.Errorf("signed in: %v, want %v", !row.accept, row.accept)
			}
		})
	}
}

// TestKeyRotation: a new key is learnt at once, and an old one forgotten within the minute that is promised.
func TestKeyRotation(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	old, fresh := s.provider.keys[0], signer{"two", jose.RS256, secondKey()}
	s.provider.script(func() { s.provider.keys = []signer{fresh} })
	before := s.provider.keyCalls
	if got := s.browser(t).signIn(); got.status != http.StatusSeeOther {
		t.Errorf("a token of the new key: %d %s", got.status, got.body)
	}
	if got := s.provider.keyCalls - before; got != 1 {
		t.Errorf("the keys were read %d times for the new key, want once", got)
	}
	s.provider.script(func() { s.provider.keys = []signer{old} })
	if got := s.browser(t).signIn(); got.status != http.StatusSeeOther {
		t.Errorf("a token of the old key, published again: %d %s", got.status, got.body)
	}
	s.provider.script(func() {
		s.provider.keys = []signer{fresh}
		s.provider.token = func(token *idToken) {
			token.header["kid"] = old.id
			token.sign = func(text string) []byte { return signWith(old, text) }
		}
	})
	s.clock.Add(61 * time.Second)
	if got := s.browser(t).signIn(); got.status != http.StatusForbidden {
		t.Errorf("a token of the withdrawn key after a minute: %d, want 403", got.status)
	}
}

// TestKeysThatCannotBeRead: those that were read serve on for an hour. Refreshes that come together share one try, and the
// next one follows within seconds.
func TestKeysThatCannotBeRead(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t), func(o *signin.Options) { o.Idle = 8 * time.Hour })
	tries := func() (made int) { s.provider.script(func() { made = s.provider.keyCalls }); return made }
	var people []*signin.Person
	for range 20 {
		b := s.browser(t)
		b.signIn()
		people = append(people, b.person(s.service))
	}
	s.provider.script(func() { s.provider.keysLost = true })
	s.clock.Add(58 * time.Minute)
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
	if made, refreshed := tries()-before, len(s.provider.calls("refresh_token")); made != 1 || refreshed != len(people) {
		t.Errorf("%d tries for %d refreshes, want 1 for %d", made, refreshed, len(people))
	}
	s.clock.Add(5 * time.Second)
	if got := s.browser(t).signIn(); got.status != http.StatusSeeOther || tries()-before != 2 {
		t.Errorf("a sign-in seconds later: %d after %d tries, want 303 after the second", got.status, tries()-before)
	}
	s.clock.Add(2 * time.Minute)
	if got := s.browser(t).signIn(); got.status != http.StatusServiceUnavailable {
		t.Errorf("a sign-in with keys from more than an hour ago: %d, want 503", got.status)
	}
	s.provider.script(func() { s.provider.keysLost = false })
	s.clock.Add(5 * time.Second)
	if got := s.browser(t).signIn(); got.status != http.StatusSeeOther {
		t.Errorf("a sign-in once they can be read: %d %s", got.status, got.body)
	}
}

// TestUnknownKeysAreNotAskedForEachTime: 50 forged tokens cost the provider a handful of requests, and a genuine sign-in
// still works.
func TestUnknownKeysAreNotAskedForEachTime(t *testing.T) {
	t.Parallel()
	s := open(t, databasetest.SQLite(t))
	before := s.provider.keyCalls
	header(map[string]any{"kid": "nobody's"}, nil)(s.provider)
	for range 50 {
		if got := s.browser(t).signIn(); got.status != http.StatusForbidden {
			t.Fatalf("a token of an unknown key: %d, want 403", got.status)
		}
	}
	if got := s.provider.keyCalls - before; got > 5 {
		t.Errorf("50 unknown keys made %d requests for keys, want at most 5", got)
	}
	s.provider.script(func() { s.provider.token = nil })
	if got := s.browser(t).signIn(); got.status != http.StatusSeeOther {
		t.Errorf("a genuine sign-in afterwards: %d %s", got.status, got.body)
	}
}

// TestAdvertisedAlgorithms: what the provider advertises is accepted, and HS256 never is.
func TestAdvertisedAlgorithms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		advertised []string
		script     func(*provider)
		ready      bool
		accept     bool
	}{
		{"PS256", []string{"RS256", "PS256"}, func(p *provider) { p.keys[0].alg = jose.PS256 }, true, true},
		{"RS256 when nothing is advertised", nil, func(*provider) {}, true, true},
		{"HS256 although advertised", []string{"RS256", "HS256"}, header(map[string]any{"alg": "HS256"}, withHMAC([]byte(clientSecret))), true, false},
		{"none although advertised", []string{"RS256", "none"}, header(map[string]any{"alg": "none"}, func(string) []byte { return nil }), true, false},
		{"nothing but HS256", []string{"HS256"}, func(*provider) {}, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newClock()
			s := newSite(t, databasetest.SQLite(t), newProvider(t, c), c)
			s.provider.document = func(d map[string]any) {
				d["id_token_signing_alg_values_supported"] = test.advertised
			}
			test.script(s.provider)
			if !test.ready {
				run(t, s.service)
				eventually(t, "refused", func() bool { return strings.Contains(s.log.String(), "none of the algorithms") })
				return
			}
			s.run(t)
			if got := s.browser(t).signIn().status == http.StatusSeeOther; got != test.accept {
				t.Errorf("accepted: %v, want %v", got, test.accept)
			}
		})
	}
}
