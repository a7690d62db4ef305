package main

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"switchboard/simulator"
)

// application signs people in as any application does that knows nothing but the tenant's authority.
type application struct {
	secret string
	client *http.Client
}

const (
	clientID    = "clients"
	redirectURI = "http://127.0.0.1:9/callback" // nobody listens there; the address is only read
)

func newApplication(authority []byte) application {
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(authority)
	return application{secret: rand.Text(), client: &http.Client{
		Timeout:       10 * time.Second,
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (a application) registered() simulator.Client {
	return simulator.Client{ID: clientID, Secret: a.secret, RedirectURIs: []string{redirectURI}}
}

// signIn returns an access token of the person's.
func (a application) signIn(tenant *simulator.Tenant, person, scope string) (string, error) {
	var found struct {
		Authorize string `json:"authorization_endpoint"`
		Token     string `json:"token_endpoint"`
	}
	answer, err := a.client.Get(tenant.Issuer() + "/.well-known/openid-configuration")
	if err := read(answer, err, &found); err != nil {
		return "", fmt.Errorf("discovery: %w", err)
	}
	verifier := rand.Text() + rand.Text()
	challenge := sha256.Sum256([]byte(verifier))
	page, err := follow(a.client.Get(found.Authorize + "?" + url.Values{
		"client_id": {clientID}, "redirect_uri": {redirectURI}, "response_type": {"code"}, "scope": {"openid " + scope},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}.Encode()))
	if err != nil {
		return "", fmt.Errorf("authorize: %w", err)
	}
	back, err := follow(a.client.PostForm(page.String(), url.Values{"person": {person}}))
	if err != nil {
		return "", fmt.Errorf("choose %s: %w", person, err)
	}
	var tokens struct {
		Access string `json:"access_token"`
	}
	answer, err = a.client.PostForm(found.Token, url.Values{
		"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "redirect_uri": {redirectURI},
		"code_verifier": {verifier}, "client_id": {clientID}, "client_secret": {a.secret},
	})
	if err := read(answer, err, &tokens); err != nil {
		return "", fmt.Errorf("redeem the code of %s: %w", person, err)
	}
	return tokens.Access, nil
}

// follow is where an answer leads.
func follow(answer *http.Response, err error) (*url.URL, error) {
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return answer.Location()
}

func read(answer *http.Response, err error, into any) error {
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %s", answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}
