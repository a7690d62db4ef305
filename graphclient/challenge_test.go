package graphclient

import (
	"encoding/base64"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

const nbf = `{"access_token":{"nbf":{"essential":true, "value":"1635527790"}}}`

func TestClaims(t *testing.T) {
	t.Parallel()
	std := base64.StdEncoding.EncodeToString
	asked := std([]byte(nbf))
	odd := `{"id_token":{"x":"~~~???>>>"}}` // its base64 needs '+', '/' and padding
	pad := func(size int) string {
		return `{"access_token":{},"x":"` + strings.Repeat("x", size-len(`{"access_token":{},"x":""}`)) + `"}`
	}
	for name, test := range map[string]struct {
		headers []string
		want    string
	}{
		"plain":               {[]string{`Bearer realm="", error="insufficient_claims", claims="` + asked + `"`}, nbf},
		"any order":           {[]string{`Bearer claims="` + asked + `", realm="",error="insufficient_claims"`}, nbf},
		"unquoted":            {[]string{`Bearer error=insufficient_claims,claims=` + asked}, nbf},
		"any case":            {[]string{`bEARER Error="Insufficient_Claims", CLAIMS="` + asked + `"`}, nbf},
		"blanks about":        {[]string{"  Bearer\t error = \"insufficient_claims\" ,,  claims = \"" + asked + "\" , "}, nbf},
		"second header":       {[]string{`Negotiate`, `Bearer error="insufficient_claims", claims="` + asked + `"`}, nbf},
		"after PoP":           {[]string{`PoP realm="", nonce="ey==", Bearer realm="", error_description="a, \"b\" error=no", error="insufficient_claims", claims="` + asked + `"`}, nbf},
		"after a token68":     {[]string{`Negotiate YII=, NTLM, Bearer error="insufficient_claims", claims="` + asked + `"`}, nbf},
		"no padding":          {[]string{`Bearer error="insufficient_claims", claims="` + strings.TrimRight(std([]byte(odd)), "=") + `"`}, odd},
		"URL alphabet":        {[]string{`Bearer error="insufficient_claims", claims="` + base64.URLEncoding.EncodeToString([]byte(odd)) + `"`}, odd},
		"raw URL alphabet":    {[]string{`Bearer error="insufficient_claims", claims=` + base64.RawURLEncoding.EncodeToString([]byte(odd))}, odd},
		"a useless one first": {[]string{`Bearer error="insufficient_claims", claims="!!"`, `Bearer error="insufficient_claims", claims="` + asked + `"`}, nbf},
		"the longest":         {[]string{`Bearer error="insufficient_claims", claims="` + std([]byte(pad(6144))) + `"`}, pad(6144)},

		"of PoP":              {[]string{`PoP error="insufficient_claims", claims="` + asked + `"`}, ""},
		"another error":       {[]string{`Bearer error="invalid_token", claims="` + asked + `"`}, ""},
		"no error":            {[]string{`Bearer claims="` + asked + `"`}, ""},
		"no claims":           {[]string{`Bearer error="insufficient_claims"`}, ""},
		"of two schemes":      {[]string{`Bearer error="insufficient_claims", PoP claims="` + asked + `"`}, ""},
		"too long":            {[]string{`Bearer error="insufficient_claims", claims="` + std([]byte(pad(6147))) + `"`}, ""},
		"no base64":           {[]string{`Bearer error="insufficient_claims", claims="{}"`}, ""},
		"no JSON":             {[]string{`Bearer error="insufficient_claims", claims="` + std([]byte(`access_token`)) + `"`}, ""},
		"an array":            {[]string{`Bearer error="insufficient_claims", claims="` + std([]byte(`["access_token"]`)) + `"`}, ""},
		"neither token":       {[]string{`Bearer error="insufficient_claims", claims="` + std([]byte(`{"userinfo":{}}`)) + `"`}, ""},
		"a quotation unended": {[]string{`Bearer error="insufficient_claims, claims="` + asked}, ""},
		"nothing":             {nil, ""},
	} {
		if got := claims(http.Header{"Www-Authenticate": test.headers}); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestChallenges(t *testing.T) {
	t.Parallel()
	type parameters = map[string]string
	for header, want := range map[string][]challenge{
		`Bearer`:                              {{"bearer", parameters{}}},
		`Bearer realm="a\"b", realm="c"`:      {{"bearer", parameters{"realm": `a"b`}}},
		`Basic realm=x, Bearer a=b, c="d"`:    {{"basic", parameters{"realm": "x"}}, {"bearer", parameters{"a": "b", "c": "d"}}},
		`a=b`:                                 {{"a", parameters{}}},
		`Bearer realm=`:                       {{"bearer", parameters{"realm": ""}}},
		`Bearer realm="`:                      {{"bearer", parameters{"realm": ""}}},
		`Bearer =x, realm=y`:                  {{"bearer", parameters{"realm": "y"}}},
		`, ,`:                                 nil,
		`Bearer realm="urn:intune:service,x"`: {{"bearer", parameters{"realm": "urn:intune:service,x"}}},
	} {
		got := challenges(http.Header{"Www-Authenticate": {header}})
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", header, got, want)
		}
	}
}

func TestIntuneRealmInTheHeader(t *testing.T) {
	t.Parallel()
	g := newGraph(t, says(401, ``, "request-id", "7e57c0de", "WWW-Authenticate", `Bearer realm="urn:intune:service,c3c3c3c3"`))
	c, _ := client(t, g.URL)
	if got := failure(t, patched(allOf(c, newPerson()))); got.Class != NoAccess || len(g.arrived()) != 1 {
		t.Errorf("%v after %d requests", got, len(g.arrived()))
	}
}

func FuzzChallenges(f *testing.F) {
	for _, seed := range []string{`Bearer realm="", claims="e30="`, `PoP nonce="ey==", Bearer a=b`, `Negotiate YII=`, `Bearer a="\`, `=,="`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		sum := 0
		for _, c := range challenges(http.Header{"Www-Authenticate": {header}}) {
			sum += len(c.scheme)
			for name, value := range c.parameters {
				sum += len(name) + len(value)
			}
		}
		if sum > 4*len(header) { // ToLower may lengthen what is no ASCII
			t.Errorf("%d bytes of parameters in %q", sum, header)
		}
		claims(http.Header{"Www-Authenticate": {header}})
	})
}
