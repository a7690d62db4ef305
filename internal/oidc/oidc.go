// Package oidc is the client of an OpenID provider: its discovery document and keys, ID tokens, userinfo, the token endpoint
// with this client's credential, and what the provider's refusals mean. It knows no session.
package oidc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options say which provider is asked, and how this client proves itself to it.
type Options struct {
	Issuer   string // exactly as the provider writes it in its tokens
	ClientID string
	// One of these three is set.
	ClientSecret          string
	ClientCertificateFile string // PEM: the certificate and its private key
	FederatedTokenFile    string // a JWT of a workload identity, read anew for each use
	// ClientAuth is how the credential is sent, AutoAuth unless given.
	ClientAuth ClientAuth
	// ClaimsFrom is where names and roles are read, FromIDToken unless given.
	ClaimsFrom ClaimsFrom

	PublicURL  *url.URL // our own address: https, or http on loopback
	ReadScope  string   // asked for at sign-in
	WriteScope string   // asked for when somebody first edits

	Now  func() time.Time // time.Now unless given
	Log  *slog.Logger
	HTTP http.RoundTripper // the way to the provider; a transport of its own unless given
}

// Client asks the provider. It is safe for concurrent use.
type Client struct {
	o          Options
	provider   *provider
	credential credential
	log        *slog.Logger
	now        func() time.Time
}

// New checks the options; it asks nothing of the network.
func New(o Options) (*Client, error) {
	if o.Issuer == "" || o.ClientID == "" || o.PublicURL == nil {
		return nil, errors.New("oidc: issuer, client id and public URL are required")
	}
	return newClientOf(o)
}

func newClientOf(o Options) (*Client, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	credential, err := newCredential(o)
	if err != nil {
		return nil, err
	}
	return &Client{o: o, provider: newProvider(o), credential: credential, log: o.Log, now: o.Now}, nil
}

// Issuer is the provider, exactly as it writes itself in its tokens.
func (c *Client) Issuer() string { return c.o.Issuer }

// ID is this client's at the provider.
func (c *Client) ID() string { return c.o.ClientID }

// ReadScope is the scope of Graph that every sign-in asks for.
func (c *Client) ReadScope() string { return c.o.ReadScope }

// WriteScope is the scope of Graph that is asked for when somebody first edits.
func (c *Client) WriteScope() string { return c.o.WriteScope }

// ClaimsFrom is where names and roles are read.
func (c *Client) ClaimsFrom() ClaimsFrom { return c.o.ClaimsFrom }

// PublicURL is our own address.
func (c *Client) PublicURL() *url.URL { return c.o.PublicURL }

// Address is that of one of our own pages.
func (c *Client) Address(path string) string {
	return strings.TrimSuffix(c.o.PublicURL.String(), "/") + path
}

// RedirectURI is where the provider sends the browser back to; it is registered there.
func (c *Client) RedirectURI() string { return c.Address("/auth/callback") }

// AdminConsentURL is the address at which an administrator of the tenant can allow both scopes of Graph; "" at a provider
// that is not Entra ID (entra.md, section 6).
func (c *Client) AdminConsentURL() string {
	if !strings.HasSuffix(c.o.Issuer, "/v2.0") {
		return ""
	}
	return c.o.Issuer + "/adminconsent?" + url.Values{
		"client_id": {c.o.ClientID}, "scope": {c.o.ReadScope + " " + c.o.WriteScope}, "redirect_uri": {c.Address("/signed-out")},
	}.Encode()
}

// EndSessionURL is the address at which the provider ends the session of the person of that login hint, "" at a provider
// without one. It follows OpenID Connect RP-Initiated Logout 1.0. The ID token is not sent as a hint: it would put what is
// known of the person into an address, and the client id does as well.
func (c *Client) EndSessionURL(hint string) string {
	back := c.Address("/signed-out")
	about, err := c.provider.metadata()
	if err != nil || about.EndSession == "" {
		return ""
	}
	to, err := url.Parse(about.EndSession)
	if err != nil {
		return ""
	}
	query := to.Query()
	query.Set("client_id", c.o.ClientID)
	query.Set("post_logout_redirect_uri", back)
	if hint != "" {
		query.Set("logout_hint", hint)
	}
	to.RawQuery = query.Encode()
	return to.String()
}

// LogRefusal tells the log of a refusal; what is ours to mend is an error.
func (c *Client) LogRefusal(ctx context.Context, refusal *Refusal) {
	if refusal.Class == Misconfigured {
		c.log.ErrorContext(ctx, "the identity provider refuses this client", "error", refusal, "mend", refusal.mend())
		return
	}
	c.log.WarnContext(ctx, "the identity provider refused", "error", refusal)
}

const (
	firstPause = 200 * time.Millisecond // between two tries to load the provider's documents
	longPause  = 2 * time.Second
	reloadAge  = 24 * time.Hour // of the discovery document
)

// Load reads the provider's documents, trying again until it works once. It returns false when ctx ends first.
func (c *Client) Load(ctx context.Context) bool {
	said := ""
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		err := c.provider.load(ctx)
		if err == nil {
			c.log.Info("the identity provider's keys are loaded", "issuer", c.o.Issuer)
			return true
		}
		if reason := err.Error(); reason != said {
			c.log.Warn("the identity provider does not answer yet", "error", err.Error())
			said = reason
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(pause):
		}
	}
}

// Reload reads the discovery document again if that was done more than a day ago.
func (c *Client) Reload(ctx context.Context) {
	if c.provider.age() > reloadAge {
		if err := c.provider.load(ctx); err != nil {
			c.log.Warn("the identity provider's discovery document could not be read again", "error", err.Error())
		}
	}
}

// Ready is nil once the provider's keys have been loaded once; a provider that fails later changes nothing.
func (c *Client) Ready() error {
	if _, err := c.provider.metadata(); err != nil {
		return fmt.Errorf("the identity provider %s has not answered yet: %w", c.o.Issuer, err)
	}
	return nil
}

// Metadata is what the provider says of itself; nil, with the reason, until it could be read once.
func (c *Client) Metadata() (*Metadata, error) { return c.provider.metadata() }

// WidensScope says whether a refresh may be given more than the sign-in was: Entra ID's may, of all that was consented to.
func (c *Client) WidensScope() bool {
	about, err := c.provider.metadata()
	return err == nil && about.GraphHost != ""
}
