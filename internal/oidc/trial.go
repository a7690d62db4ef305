package oidc

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"golang.org/x/oauth2"

	"switchboard/internal/seal"
)

// ErrClientRefused says that the provider does not take the client's id or its credential.
var ErrClientRefused = errors.New("the provider does not take oidc.client_id with its credential")

// ErrGrantRefused says that the provider takes the client's credential, and does not let it sign anybody in (RFC 6749 section 5.2,
// unauthorized_client).
var ErrGrantRefused = errors.New("the provider does not let this client sign people in")

// Trial is a client that has read what its provider says of itself.
type Trial struct {
	client *Client
	about  *Metadata
}

// Try reads the provider's documents as serving does: without an error sign-ins can begin. Of the options those of the provider
// and the client are enough.
func Try(ctx context.Context, o Options) (*Trial, error) {
	c, err := newClientOf(o)
	if err != nil {
		return nil, err
	}
	if err := c.provider.load(ctx); err != nil {
		return nil, err
	}
	about, err := c.provider.metadata()
	return &Trial{c, about}, err
}

// HasUserinfo says whether the provider names a userinfo endpoint.
func (t *Trial) HasUserinfo() bool { return t.about.Userinfo != "" }

// Client shows the credential to the token endpoint with a code that the provider never gave out: RFC 6749 section 5.2 has it
// answer invalid_client where the credential is wrong, and invalid_grant where only the code is. nil is the latter; the error
// is ErrClientRefused for the former, ErrGrantRefused where the client may not have the code flow, ErrNoCredential where there is
// nothing to show, all with how to mend it, and any other where nothing is proven. A provider that looks for the code before the client proves less than it seems.
func (t *Trial) Client(ctx context.Context) error {
	_, err := t.client.askTokens(ctx, t.about, url.Values{
		"grant_type": {"authorization_code"}, "code": {seal.Random()}, "code_verifier": {oauth2.GenerateVerifier()}, "redirect_uri": {t.client.RedirectURI()},
	})
	var refusal *Refusal
	switch {
	case err == nil:
		return errors.New("the provider gave out tokens for a code that it never gave out")
	case errors.Is(err, ErrNoCredential), !errors.As(err, &refusal):
		return err
	case refusal.ErrorCode == "invalid_grant":
		return nil
	case refusal.refusesClient(), slices.Contains(brokenNumbers, refusal.Number):
		return errors.Join(ErrClientRefused, errors.New(refusal.mend()))
	case refusal.ErrorCode == "unauthorized_client":
		return errors.Join(ErrGrantRefused, errors.New(refusal.mend()))
	}
	return refusal
}

// refusesClient says whether the no is to this client, and not to what it asked for. Keycloak has unauthorized_client for a
// wrong credential, too, with the status of one.
func (r *Refusal) refusesClient() bool {
	return r.ErrorCode == "invalid_client" || r.ErrorCode == "unauthorized_client" && r.Status == http.StatusUnauthorized
}
