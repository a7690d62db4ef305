package graphclient

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// wrapped is a text inside one level of Intune's.
func wrapped(text string) string {
	inner, _ := json.Marshal(map[string]any{"_version": 3, "Message": "\ufeff" + text, "HttpHeaders": "{}"})
	return string(inner)
}

// wrap puts a text into Graph's error object, inside so many levels of Intune's.
func wrap(code, text string, levels int) string {
	for range levels {
		inner, _ := json.Marshal(map[string]any{"_version": 3, "Message": text, "HttpHeaders": "{}"})
		text = string(inner)
	}
	body, _ := json.Marshal(map[string]any{"error": map[string]any{"code": code, "message": text}})
	return string(body)
}

func TestUnwrap(t *testing.T) {
	t.Parallel()
	const text = "No. - Operation ID (for customer support): 0 - Activity ID: 7e57c0de - Url: https://fef.example.test/a?b=c"
	for name, test := range map[string]struct {
		body string
		want details
	}{
		"plain":              {wrap("X", "No.", 0), details{code: "X", text: "No."}},
		"a mark before each": {strings.Replace(wrap("X", "\ufeff"+wrapped(text), 0), "{", "\ufeff{", 1)[3:], details{code: "X", text: "No.", activity: "7e57c0de"}},
		"no text":            {wrap("X", strings.TrimPrefix(text, "No."), 1), details{code: "X", activity: "7e57c0de"}},
		"one level":          {wrap("X", text, 1), details{code: "X", text: "No.", activity: "7e57c0de"}},
		"three levels":       {wrap("X", text, 3), details{code: "X", text: "No.", activity: "7e57c0de"}},
		"four levels":        {wrap("X", text, 4), details{code: "X"}},
		"no JSON in it":      {wrap("X", "{broken", 0), details{code: "X"}},
		"a message missing":  {`{"error":{"code":"X","message":"{\"ErrorCode\":\"Forbidden\"}"}}`, details{code: "X", innerCode: "Forbidden", noAccess: true, text: ""}},
		"a realm":            {`{"error":{"message":"{\"Message\":\"No.\",\"HttpHeaders\":\"{\\\"WWW-Authenticate\\\":\\\"Bearer realm=urn:intune:service,x\\\"}\"}"}}`, details{text: "No.", noAccess: true}},
		"its own Forbidden":  {`{"error":{"code":"Forbidden","message":"No."}}`, details{code: "Forbidden", text: "No.", noAccess: true}},
		"inner error":        {`{"error":{"code":"X","message":"","innererror":{"request-id":"r"}}}`, details{code: "X", requestID: "r"}},
		"an odd inner error": {`{"error":{"code":"X","message":"","innererror":{"request-id":"r\u0000"}}}`, details{code: "X"}},
		"wrong types":        {`{"error":{"code":5,"message":"No.","innerError":"x"}}`, details{text: "No."}},
		"inner of no object": {`{"error":"x"}`, details{}},
		"HTML":               {`<h1>`, details{}},
		"nothing":            {``, details{}},
		"null":               {`null`, details{}},
		"long":               {wrap("X", strings.Repeat("Å", 2000), 0), details{code: "X", text: strings.Repeat("Å", 2000)}},
	} {
		if got := unwrap([]byte(test.body)); got != test.want {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, test.want)
		}
	}
}

func FuzzUnwrap(f *testing.F) {
	f.Add(wrap("X", "No. - Operation ID (x): 0 - Activity ID: 1 - Url: https://fef.example.test/a", 2))
	f.Add(`{"error":{"code":"Forbidden","message":"{\"ErrorCode\":\"Forbidden\"}"}}`)
	f.Fuzz(func(t *testing.T, body string) {
		got := unwrap([]byte(body))
		for _, text := range []string{got.text, got.activity} {
			if len(text) > maxRaw || !utf8.ValidString(text) {
				t.Errorf("%q gives %q", body, text)
			}
		}
		if strings.HasPrefix(got.text, "{") || strings.Contains(got.text, " - Operation ID") {
			t.Errorf("%q gives the text %q", body, got.text)
		}
	})
}
