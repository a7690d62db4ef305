package signin

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var fuzzKeys = [][]byte{bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)}

func fuzzSeals(f *testing.F) *seals {
	f.Helper()
	s, err := newSeals(fuzzKeys)
	if err != nil {
		f.Fatal(err)
	}
	return s
}

// FuzzPieces: whatever cookies a browser sends, what is put among them is found again, later than all of them, and what was
// not sealed here leads nowhere.
func FuzzPieces(f *testing.F) {
	seals := fuzzSeals(f)
	at := time.UnixMilli(1_790_000_000_000)
	public := &url.URL{Scheme: "https", Host: "switchboard.example"}
	f.Add("switchboard-sign-in-0=1mu.x; __Host-switchboard-sign-in-1=9zzzzzzzzzzzz.y", "/connectors")
	f.Add("__Host-switchboard-sign-in-t=91y2p0ij32e8e7.y; __Host-switchboard-sign-in-0=.; __Host-switchboard-session=x", "/")
	f.Add("__Host-switchboard-sign-in-3=1-1.a; __Host-switchboard-sign-in-3=1mu.b", strings.Repeat("/a", 80))
	f.Fuzz(func(t *testing.T, cookies, path string) {
		pieces := newPieces(newCookies(public), func() time.Time { return at })
		service := &Service{seals: seals, pieces: pieces, o: Options{PublicURL: public}}
		r := httptest.NewRequest("GET", "https://switchboard.example/", nil)
		r.Header.Set("Cookie", cookies)
		if found := service.rememberedIn(r); len(found) > 0 {
			t.Fatalf("%q remembers %+v", cookies, found)
		}
		if _, _, err := (&attempts{seals: seals, pieces: pieces}).find(r, path); err == nil {
			t.Fatalf("%q has a sign-in under way", cookies)
		}
		answer := httptest.NewRecorder()
		key := service.RememberPath(answer, r, path)
		if key == "" {
			return
		}
		next := httptest.NewRequest("GET", "https://switchboard.example/login", nil)
		for _, cookie := range jar(r, answer.Result().Cookies()) {
			next.AddCookie(cookie)
		}
		leads := service.leadsTo(next)
		if leads == nil || leads.key != key || leads.path != path && leads.path != strings.SplitN(path, "?", 2)[0] {
			t.Errorf("with %q the page %q is not found again: %+v", cookies, path, leads)
		}
	})
}

// jar is what a browser sends after an answer.
func jar(r *http.Request, set []*http.Cookie) (kept []*http.Cookie) {
	for _, cookie := range append(r.Cookies(), set...) {
		kept = slices.DeleteFunc(kept, func(old *http.Cookie) bool { return old.Name == cookie.Name })
		if cookie.MaxAge >= 0 {
			kept = append(kept, cookie)
		}
	}
	return kept
}

// FuzzSealed: no text but one that was sealed opens, and that one only for its use and owner.
func FuzzSealed(f *testing.F) {
	seals := fuzzSeals(f)
	genuine := seals.seal(sealSession, "owner", []byte("plain"))
	f.Add(genuine)
	f.Add(genuine + "=")
	f.Add(seals.ids[1] + ".AAAA")
	f.Add(".")
	f.Fuzz(func(t *testing.T, text string) {
		for _, owner := range []string{"owner", ""} {
			if plain, _, err := seals.open(sealSession, owner, text); err == nil && string(plain) != "plain" {
				t.Errorf("%q opens as %q", text, plain)
			}
		}
		if _, _, err := seals.open(sealDraft, "owner", text); err == nil {
			t.Errorf("%q opens as a draft", text)
		}
		sealed := seals.seal(sealDraft, text, []byte(text))
		if plain, current, err := seals.open(sealDraft, text, sealed); err != nil || !current || string(plain) != text {
			t.Errorf("what is sealed for %q does not open: %v", text, err)
		}
	})
}

// FuzzLocal: an address that a sign-in may lead back to stays on this host in a browser's reading, too.
func FuzzLocal(f *testing.F) {
	for _, address := range []string{"/", "//evil.example", `/\evil.example`, "/\t/evil.example", "/%2f/evil", "/login?x", "/connectors?q=a#b", "http:evil", "/../auth/callback"} {
		f.Add(address)
	}
	base := &url.URL{Scheme: "https", Host: "switchboard.example", Path: "/"}
	f.Fuzz(func(t *testing.T, address string) {
		if !local(address) {
			return
		}
		browsers := strings.NewReplacer("\t", "", "\r", "", "\n", "", `\`, "/").Replace(strings.TrimSpace(address))
		to, err := base.Parse(browsers)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme || strings.HasPrefix(browsers, "//") {
			t.Errorf("%q leads to %v", address, to)
		}
	})
}

// FuzzTokenAnswer: what is taken has an access token and is a Bearer's, and an error quotes nothing of the answer.
func FuzzTokenAnswer(f *testing.F) {
	f.Add("application/json", `{"token_type":"Bearer","access_token":"secret-1","expires_in":3600,"id_token":"x","scope":"a b"}`)
	f.Add("application/json; charset=utf-8", `{"token_type":"bearer","access_token":"secret-1","expires_in":"3600"}`)
	f.Add("application/json", `{"token_type":"Bearer","access_token":"secret-1","expires_in":1e999}`)
	f.Add("text/html", `<p>`)
	f.Fuzz(func(t *testing.T, kind, body string) {
		got, err := readTokens(http.Header{"Content-Type": {kind}}, []byte(body))
		switch {
		case err == nil && (got.Access == "" || !strings.EqualFold(got.Type, "Bearer")):
			t.Errorf("%q is taken: %+v", body, got)
		case err == nil && got.lifetime() < 0:
			t.Errorf("%q lives for %v", body, got.lifetime())
		case err != nil && len(body) > 20 && strings.Contains(err.Error(), body):
			t.Errorf("the error quotes the answer: %v", err)
		}
	})
}

// FuzzRefusal: what is kept of a provider's error may be shown and logged: codes and numbers alone.
func FuzzRefusal(f *testing.F) {
	service := &Service{now: time.Now, o: Options{PublicURL: &url.URL{}}}
	f.Add(400, "1", `{"error":"invalid_grant","error_description":"AADSTS70008: <b>","error_codes":[70008],"suberror":"x","claims":"{}"}`)
	f.Add(503, "Tue, 24 Nov 2026 09:12:55 GMT", `{"error":"temporarily_unavailable"}`)
	f.Add(400, "-5", `{"error":{"code":"x"}}`)
	f.Fuzz(func(t *testing.T, status int, retry, body string) {
		r := service.refusal(&http.Response{StatusCode: status, Header: http.Header{"Retry-After": {retry}}}, []byte(body))
		if r.Wait < 0 || r.Wait > time.Hour {
			t.Errorf("%q: wait %v", retry, r.Wait)
		}
		if strings.ContainsAny(r.Error(), "<>\n\x00") {
			t.Errorf("%q: %q", body, r.Error())
		}
	})
}

// FuzzKeys: only public signing keys are kept, and a token that nobody signed never passes.
func FuzzKeys(f *testing.F) {
	f.Add(`{"keys":[{"kty":"RSA","use":"sig","kid":"a","n":"AQAB","e":"AQAB"}]}`)
	f.Add(`{"keys":[{"kty":"oct","k":"AAAA"},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"},null,7]}`)
	f.Fuzz(func(t *testing.T, body string) {
		keys, err := parseKeys([]byte(body))
		if err != nil {
			return
		}
		for _, key := range keys {
			if !key.IsPublic() || key.Use != "" && key.Use != "sig" {
				t.Errorf("%q: kept %+v", body, key)
			}
		}
	})
}

// FuzzRoles: the values of a claim are texts that stand in it, at whichever path.
func FuzzRoles(f *testing.F) {
	f.Add(`{"roles":["Connector.Admin",7,null]}`, "roles")
	f.Add(`{"realm_access":{"roles":"Connector.Admin"},"realm_access.roles":["b"]}`, "realm_access.roles")
	f.Add(`{"a":{"b.c":{"d":["x"]}}}`, "a.b.c.d")
	f.Add(`{"":{"":"x"}}`, "..")
	f.Fuzz(func(t *testing.T, text, path string) {
		var claims map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &claims) != nil || strings.Count(path, ".") > 12 {
			return
		}
		roles := Roles{Claim: path, Admin: []string{"Connector.Admin"}}
		values := roles.values(claims)
		found, _ := roles.of(values)
		if len(found) > 0 && !slices.Contains(values, "Connector.Admin") {
			t.Errorf("%q grants %v by %v", text, found, values)
		}
	})
}

// FuzzClaims: what is asked of a provider is always a JSON object that declares what Switchboard can do.
func FuzzClaims(f *testing.F) {
	f.Add(`{"access_token":{"nbf":{"essential":true,"value":"1"}}}`)
	f.Add(`{"access_token":7,"id_token":null}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, challenge string) {
		merged := mergeClaims(challenge, map[string][]string{"id_token": {"name"}})
		var asked struct {
			AccessToken map[string]json.RawMessage `json:"access_token"`
			IDToken     map[string]json.RawMessage `json:"id_token"`
		}
		if err := json.Unmarshal([]byte(merged), &asked); err != nil || asked.AccessToken["xms_cc"] == nil {
			t.Errorf("%q becomes %s: %v", challenge, merged, err)
		}
		if _, there := asked.IDToken["name"]; !there {
			t.Errorf("%q: the name is not asked for: %s", challenge, merged)
		}
	})
}

// FuzzIDClaims: of times, parties and hashes, what passes is what OpenID Connect allows.
func FuzzIDClaims(f *testing.F) {
	now := time.Unix(1_790_000_000, 0)
	v := &verifier{issuer: "i", clientID: "c", now: func() time.Time { return now }}
	f.Add(`{"iss":"i","sub":"s","aud":"c","exp":1790000100,"iat":1790000000}`)
	f.Add(`{"iss":"i","sub":"s","aud":["c","d"],"azp":"c","exp":1e300,"iat":-1e300,"nbf":1.5}`)
	f.Add(`{"iss":"i","sub":"s","aud":null,"exp":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		var claims idClaims
		if json.Unmarshal([]byte(text), &claims) != nil || v.checkParties(claims) != nil || v.checkTimes(claims) != nil {
			return
		}
		bound := float64(now.Add(leeway).Unix())
		if float64(*claims.Expires) < float64(now.Add(-leeway).Unix()) || float64(*claims.Issued) >= bound+1 ||
			claims.Before != nil && float64(*claims.Before) >= bound+1 {
			t.Errorf("%s passes at %s", text, strconv.FormatInt(now.Unix(), 10))
		}
		if claims.Issuer != "i" || claims.Subject == "" || !strings.Contains(string(claims.Audience), "c") {
			t.Errorf("%s passes", text)
		}
	})
}
