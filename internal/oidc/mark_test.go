package oidc

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestAByteOrderMarkIsLeftOut, once and at the beginning alone, of answers of any length.
func TestAByteOrderMarkIsLeftOut(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"\ufeff{}": "{}", "{}": "{}", "": "", "\ufeff": "", "\xef\xbb": "\xef\xbb", "\ufeff\ufeff{}": "\ufeff{}", "{\ufeff}": "{\ufeff}",
	} {
		provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, sent) }))
		t.Cleanup(provider.Close)
		answer, err := newClient(http.DefaultTransport, time.Minute).Get(provider.URL)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(answer.Body)
		if err != nil || string(got) != want {
			t.Errorf("%q is read as %q, %v", sent, got, err)
		}
		if err := answer.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}
