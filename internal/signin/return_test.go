package signin_test

import (
	"net/http"
	"strings"
	"testing"

	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin/signintest"
)

func TestReturnsToThePageAskedFor(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	tests := []struct{ asked, want string }{
		{"/connectors/7?tab=history&q=%2F", "/connectors/7?tab=history&q=%2F"},
		{"/", "/"},
		{"/login-help", "/login-help"},
		{"//evil.example/", "/"},
		{`/\evil.example`, "/"},
		{"/%2Fevil.example", "/"},
		{"/auth/callback?state=x", "/"},
		{"/signed-out", "/"},
		{"/connectors?q=" + strings.Repeat("x", 900), "/connectors"},
		{"/" + strings.Repeat("x", 900), "/"},
	}
	for _, test := range tests {
		b := s.Browser(t)
		request, err := http.NewRequest(http.MethodGet, s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		path, query, _ := strings.Cut(test.asked, "?")
		request.URL.Opaque, request.URL.RawQuery = path, query
		if strings.HasPrefix(path, "//") {
			request.URL.Opaque = "http://" + request.URL.Host + path
		}
		response, err := b.HTTP.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		for _, cookie := range response.Cookies() {
			if len(cookie.Value) > 512 {
				t.Errorf("%.40s: the cookie %s holds %d bytes", test.asked, cookie.Name, len(cookie.Value))
			}
			if strings.Contains(cookie.Value, "connectors") {
				t.Errorf("%.40s: the cookie shows the address", test.asked)
			}
		}
		if got := b.SignIn().Location; got != test.want {
			t.Errorf("asked for %.60s: returned to %.60s, want %s", test.asked, got, test.want)
		}
	}
}

func TestReturnAddressOfHTMX(t *testing.T) {
	t.Parallel()
	s := signintest.Open(t, databasetest.SQLite(t))
	for current, want := range map[string]string{
		s.URL + "/connectors/9/edit": "/connectors/9/edit", "https://evil.example/x": "/", "": "/", s.URL + "//evil.example": "/",
	} {
		b := s.Browser(t)
		b.Send(http.MethodGet, "/fragment", http.Header{"Hx-Request": {"true"}, "Hx-Current-Url": {current}})
		if got := b.SignIn().Location; got != want {
			t.Errorf("shown %q: returned to %q, want %q", current, got, want)
		}
	}
}
