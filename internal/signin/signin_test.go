package signin_test

import (
	"net/url"
	"testing"

	"switchboard/internal/database/databasetest"
	"switchboard/internal/oidc"
	"switchboard/internal/session"
	"switchboard/internal/signin/signintest"
)

// TestOptionsAreChecked in each of the rooms, so that none is plugged in without what it needs.
func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	public, err := url.Parse("http://127.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	good := signintest.Options{
		OIDC:     oidc.Options{Issuer: "https://login.example", ClientID: "x", ClientSecret: "y", PublicURL: public},
		Sessions: session.Options{Idle: 1, Absolute: 1}, Keys: [][]byte{signintest.SealKey}, DB: databasetest.SQLite(t),
	}
	if _, err := signintest.New(good); err != nil {
		t.Fatal(err)
	}
	tests := map[string]func(*signintest.Options){
		"no issuer":     func(o *signintest.Options) { o.OIDC.Issuer = "" },
		"no address":    func(o *signintest.Options) { o.OIDC.PublicURL = nil },
		"no limit":      func(o *signintest.Options) { o.Sessions.Idle = 0 },
		"no database":   func(o *signintest.Options) { o.DB = nil },
		"no credential": func(o *signintest.Options) { o.OIDC.ClientSecret = "" },
		"no key":        func(o *signintest.Options) { o.Keys = nil },
		"a short key":   func(o *signintest.Options) { o.Keys = [][]byte{signintest.SealKey[:16]} },
		"no such file":  func(o *signintest.Options) { o.OIDC.ClientSecret, o.OIDC.ClientCertificateFile = "", "/nowhere.pem" },
	}
	for name, alter := range tests {
		o := good
		alter(&o)
		if _, err := signintest.New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
