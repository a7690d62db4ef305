package oidc

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

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
		case err == nil && got.Lifetime() < 0:
			t.Errorf("%q lives for %v", body, got.Lifetime())
		case err != nil && len(body) > 20 && strings.Contains(err.Error(), body):
			t.Errorf("the error quotes the answer: %v", err)
		}
	})
}

// FuzzRefusal: what is kept of a provider's error may be shown and logged: codes and numbers alone.
func FuzzRefusal(f *testing.F) {
	client := &Client{now: time.Now, o: Options{PublicURL: &url.URL{}}}
	f.Add(400, "1", `{"error":"invalid_grant","error_description":"AADSTS70008: <b>","error_codes":[70008],"suberror":"x","claims":"{}"}`)
	f.Add(503, "Tue, 24 Nov 2026 09:12:55 GMT", `{"error":"temporarily_unavailable"}`)
	f.Add(400, "-5", `{"error":{"code":"x"}}`)
	f.Fuzz(func(t *testing.T, status int, retry, body string) {
		r := client.refusal(&http.Response{StatusCode: status, Header: http.Header{"Retry-After": {retry}}}, []byte(body))
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
		var claims IDTokenClaims
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
