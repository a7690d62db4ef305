package signin

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"golang.org/x/oauth2"
)

// ErrClientRefused says that the provider does not take the client's id or its credential.
var ErrClientRefused = errors.New("the provider does not take oidc.client_id with its credential")

// TryClient shows the credential to the token endpoint with a code that the provider never gave out: RFC 6749 section 5.2 has
// it answer invalid_client where the credential is wrong, and invalid_grant where only the code is. nil is the latter; the
// error is ErrClientRefused for the former, with how to mend it, and any other where nothing is proven. Of the options those of
// the provider and the client are enough. A provider that looks for the code before the client proves less than it seems.
func TryClient(ctx context.Context, o Options) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	proof, err := newCredential(o)
	if err != nil {
		return err
	}
	s := &Service{o: o, provider: newProvider(o), credential: proof, now: o.Now, log: slog.New(slog.DiscardHandler)}
	about, err := s.provider.discover(ctx)
	if err != nil {
		return brief(err)
	}
	_, err = s.askTokens(ctx, about, url.Values{
		"grant_type": {"authorization_code"}, "code": {random()}, "code_verifier": {oauth2.GenerateVerifier()}, "redirect_uri": {s.redirectURI()},
	})
	var refusal *Refusal
	switch {
	case err == nil:
		return errors.New("the provider gave out tokens for a code that it never gave out")
	case !errors.As(err, &refusal):
		return err
	case refusal.OAuth == "invalid_grant":
		return nil
	case refusal.OAuth == "invalid_client", slices.Contains(brokenNumbers, refusal.Number):
		return errors.Join(ErrClientRefused, errors.New(refusal.mend()))
	}
	return refusal
}
