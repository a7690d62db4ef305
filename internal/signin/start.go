package signin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"switchboard/graphclient"
	"switchboard/internal/problem"
)

// Start begins a sign-in and returns the provider's address to send the browser to. The query may say account=other, to
// choose another account, grant=write, to ask for the write scope at once, and by BackName where it leads. When another site sends somebody here who
// is signed in, the address is our own first page: only the person may replace the session.
func (s *Service) Start(w http.ResponseWriter, r *http.Request) (string, error) {
	about, err := s.provider.document()
	if err != nil {
		return "", unreachable(err)
	}
	live, err := s.Person(r)
	if err != nil {
		return "", err
	}
	if foreign(r) && live != nil {
		return s.address("/"), nil
	}
	query := r.URL.Query()
	one, page := attempt{ReturnTo: "/", Foreign: foreign(r)}, (*kept)(nil)
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

// send keeps the attempt, in place of the page that was remembered, and returns the provider's address.
func (s *Service) send(w http.ResponseWriter, r *http.Request, about *document, live *Person, one attempt, page *kept) (string, error) {
	state, one, err := s.attempts.begin(w, r, one, page)
	if err != nil {
		return "", err
	}
	return s.authorizeURL(about, live, one, state), nil
}

func (s *Service) authorizeURL(about *document, live *Person, one attempt, state string) string {
	claims, options := "", []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(one.Verifier), oauth2.SetAuthURLParam("nonce", one.Nonce)}
	add := func(name, value string) {
		if value != "" {
			options = append(options, oauth2.SetAuthURLParam(name, value))
		}
	}
	if live != nil {
		claims = live.entry.StepUp
	}
	add("prompt", one.Prompt)
	if live != nil && one.Prompt == "" { // not with select_account (entra.md, section 2)
		add("login_hint", live.entry.LoginHint)
	}
	if slices.Contains(about.ResponseModes, "query") {
		add("response_mode", "query") // a form post comes without Lax cookies
	}
	add("claims", s.signInClaims(about, claims))
	client := oauth2.Config{
		ClientID: s.o.ClientID, Endpoint: about.endpoint, RedirectURL: s.redirectURI(), Scopes: strings.Fields(s.signInScope(one.Need)),
	}
	return client.AuthCodeURL(state, options...)
}

// foreign says whether another site sent the browser here. A browser that does not say is taken at its word.
func foreign(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "cross-site" || site == "same-site"
}

// identityScope asks for who it is and for a refresh token.
const identityScope = "openid profile offline_access"

// scope is what to ask for: identityScope and one scope of Graph, since a token is for one resource.
func (s *Service) scope(need graphclient.Scope) string {
	scope := s.o.ReadScope
	if need == graphclient.Write {
		scope = s.o.WriteScope
	}
	return identityScope + " " + scope
}

// signInScope is what a sign-in asks for: both scopes of Graph where somebody needs to write.
func (s *Service) signInScope(need graphclient.Scope) string {
	if need == graphclient.Write {
		return s.scope(graphclient.Read) + " " + s.o.WriteScope
	}
	return s.scope(graphclient.Read)
}

// address is that of one of our own pages.
func (s *Service) address(path string) string {
	return strings.TrimSuffix(s.o.PublicURL.String(), "/") + path
}

// redirectURI is where the provider sends the browser back to; it is registered there.
func (s *Service) redirectURI() string { return s.address("/auth/callback") }

// AdminConsentURL is the address at which an administrator of the tenant can allow both scopes of Graph; "" at a provider
// that is not Entra ID (entra.md, section 6).
func (s *Service) AdminConsentURL() string {
	if !strings.HasSuffix(s.o.Issuer, "/v2.0") {
		return ""
	}
	return s.o.Issuer + "/adminconsent?" + url.Values{
		"client_id": {s.o.ClientID}, "scope": {s.o.ReadScope + " " + s.o.WriteScope}, "redirect_uri": {s.address("/signed-out")},
	}.Encode()
}

// unreachable is for a provider that has not answered yet.
func unreachable(err error) problem.Problem {
	return problem.New(problem.Unavailable, "Sign-in is not possible at the moment.").
		Saying("The identity provider does not answer.").Advising("Try again in a moment.").After(retryPause).Because(err)
}

// broken is for a database that does not do its part.
func broken(err error) problem.Problem {
	return problem.New(problem.Unavailable, "Switchboard cannot reach its database at the moment.").
		Advising("Try again in a moment. You are not signed out by this.").After(retryPause).Because(err)
}
