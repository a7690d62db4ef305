package signin

import (
	"errors"
	"net/http"
	"slices"

	"switchboard/internal/oidc"
)

// What the provider is asked to have the person do first (OpenID Connect Core 1.0 section 3.1.2.1).
const (
	selectAccount = "select_account"
	logIn         = "login"
)

// firstPrompt is what a sign-in begins with. After a sign-out of Switchboard alone, because the provider offers
// no more, the person is to prove who they are: the next at this computer may be somebody else.
func (s *Service) firstPrompt(r *http.Request) string {
	switch {
	case s.cookies.Value(r, s.signedOutCookie()) != "":
		return logIn
	case r.URL.Query().Get("account") == "other":
		return selectAccount
	}
	return ""
}

// promptRefusals are the errors with which providers refuse a prompt that they do not have.
var promptRefusals = []string{
	"invalid_request", "account_selection_required", "interaction_required", "login_required", "unsupported_prompt", "invalid_prompt",
}

// askWithout begins the sign-in again where the provider would not have the person choose an account: they log in instead, and
// where that is refused as well the provider does as it likes.
func (s *Service) askWithout(w http.ResponseWriter, r *http.Request, about *oidc.Metadata, one pendingSignIn, err error) (to string, asked bool) {
	var refusal *oidc.Refusal
	if one.Prompt == "" || !errors.As(err, &refusal) || !slices.Contains(promptRefusals, refusal.ErrorCode) ||
		refusal.Number != 0 || refusal.Claims != "" { // what Entra ID numbers is about more than the prompt
		return "", false
	}
	one.Prompt = map[string]string{selectAccount: logIn}[one.Prompt]
	s.log.InfoContext(r.Context(), "the identity provider has no such prompt, and is asked without it", "error", refusal)
	to, err = s.send(w, r, about, nil, one, nil) // nobody's login_hint: it may be another person who comes
	return to, err == nil
}

// signedOutCookie is the name of the cookie that says that the person signed out here while the provider's session goes on.
func (s *Service) signedOutCookie() string { return s.cookies.Name("signed-out") }

// signedOutLife is how long it is remembered, in seconds: as long as a provider may remember somebody.
const signedOutLife = 30 * 24 * 60 * 60
