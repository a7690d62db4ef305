package signin_test

import (
	"net/url"
	"testing"

	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin"
	"switchboard/internal/signin/signintest"
)

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	public, err := url.Parse("http://127.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	good := signintest.Options{
		Issuer: "https://login.example", ClientID: "x", ClientSecret: "y", PublicURL: public, Keys: [][]byte{signintest.SealKey},
		Idle: 1, Absolute: 1, DB: databasetest.SQLite(t),
	}
	if _, err := signin.New(good); err != nil {
		t.Fatal(err)
	}
	tests := map[string]func(*signintest.Options){
		"no issuer":     func(o *signintest.Options) { o.OIDC.Issuer = "" },
		"no credential": func(o *signintest.Options) { o.OIDC.ClientSecret = "" },
		"no key":        func(o *signintest.Options) { o.Keys = nil },
		"a short key":   func(o *signintest.Options) { o.Keys = [][]byte{signintest.SealKey[:16]} },
		"no such file":  func(o *signintest.Options) { o.OIDC.ClientSecret, o.OIDC.ClientCertificateFile = "", "/nowhere.pem" },
	}
	for name, alter := range tests {
		o := good
		alter(&o)
		if _, err := signin.New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
