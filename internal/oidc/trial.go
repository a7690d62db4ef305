package oidc

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"golang.org/x/oauth2"

	"switchboard/internal/seal"
)

// ErrClientRefused says that the provider does not take the client's id or its credential.
var ErrClientRefused = errors.New("the provider does not take oidc.client_id with its credential")

// TryClient shows the credential to the token endpoint with a code that the provider never gave out: RFC 6749 section 5.2 has
// it answer invalid_client where the credential is wrong, and invalid_grant where only the code is. nil is the latter; the
// error is ErrClientRefused for the former, with how to mend it, and any other where nothing is proven. Of the options those of
// the provider and the client are enough. A provider that looks for the code before the client proves less than it seems.
func TryClient(ctx context.Context, o Options) error {
	c, err := newClientOf(o)
	if err != nil {
		return err
	}
	about, err := c.provider.discover(ctx)
	if err != nil {
		return brief(err)
	}
	_, err = c.askTokens(ctx, about, url.Values{
		"grant_type": {"authorization_code"}, "code": {seal.Random()}, "code_verifier": {oauth2.GenerateVerifier()}, "redirect_uri": {c.RedirectURI()},
	})
	var refusal *Refusal
	switch {
	case err == nil:
		return errors.New("the provider gave out tokens for a code that it never gave out")
	case !errors.As(err, &refusal):
		return err
	case refusal.ErrorCode == "invalid_grant":
		return nil
	case refusal.ErrorCode == "invalid_client", slices.Contains(brokenNumbers, refusal.Number):
		return errors.Join(ErrClientRefused, errors.New(refusal.mend()))
	}
	return refusal
}
