package signin

import (
	"net/http"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"switchboard/graphclient"
	"switchboard/internal/oidc"
	"switchboard/internal/session"
)

// Start begins a sign-in and returns the provider's address to send the browser to. The query may say account=other, to
// choose another account, grant=write, to ask for the write scope at once, and by BackName where it leads. If another site sent
// the browser here and the person is signed in, the address is our own first page: only the person may replace the session.
func (s *Service) Start(w http.ResponseWriter, r *http.Request) (string, error) {
	about, err := s.client.Metadata()
	if err != nil {
		return "", unreachable(err)
	}
	live, err := s.sessions.Person(r)
	if err != nil {
		return "", err
	}
	if foreign(r) && live != nil {
		return s.client.Address("/"), nil
	}
	query := r.URL.Query()
	one, page := pendingSignIn{ReturnTo: "/", Foreign: foreign(r)}, (*kept)(nil)
	if back := s.leadsTo(r); back != nil {
		one.ReturnTo = back.path
		if query.Has(BackName) { // else its own tab may still come
			page = &back.kept
		}
	}
	if query.Get("grant") == "write" {
		one.Need = graphclient.Write
	}
	one.Prompt = s.firstPrompt(r)
	return s.send(w, r, about, live, one, page)
}

// send keeps the sign-in, in place of the page that was remembered, and returns the provider's address.
func (s *Service) send(w http.ResponseWriter, r *http.Request, about *oidc.Metadata, live *session.Person, one pendingSignIn, page *kept) (string, error) {
	state, one, err := s.pending.begin(w, r, one, page)
	if err != nil {
		return "", err
	}
	return s.authorizeURL(about, live, one, state), nil
}

func (s *Service) authorizeURL(about *oidc.Metadata, live *session.Person, one pendingSignIn, state string) string {
	claims, options := "", []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(one.Verifier), oauth2.SetAuthURLParam("nonce", one.Nonce)}
	add := func(name, value string) {
		if value != "" {
			options = append(options, oauth2.SetAuthURLParam(name, value))
		}
	}
	if live != nil {
		claims = live.StepUpClaims()
	}
	add("prompt", one.Prompt)
	if live != nil && one.Prompt == "" { // not with select_account (entra.md, section 2)
		add("login_hint", live.SignInHint())
	}
	if slices.Contains(about.ResponseModes, "query") {
		add("response_mode", "query") // a form post comes without Lax cookies
	}
	add("claims", s.client.SignInClaims(about, claims, s.sessions.RolesClaim()))
	client := oauth2.Config{
		ClientID: s.client.ID(), Endpoint: about.Endpoint, RedirectURL: s.client.RedirectURI(), Scopes: strings.Fields(s.sessions.SignInScope(one.Need)),
	}
	return client.AuthCodeURL(state, options...)
}

// foreign says whether another site sent the browser here. A browser that does not say is taken at its word.
func foreign(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "cross-site" || site == "same-site"
}
