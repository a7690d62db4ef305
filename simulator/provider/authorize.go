package provider

import (
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"switchboard/simulator/directory"
)

// authorize is the authorize endpoint, made of op's parts: op would let pass requests without PKCE, show the page for
// prompt=none, and write the client's state to the process's log.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	asked, err := op.ParseAuthorizeRequest(r, p.op.Decoder())
	if err != nil {
		http.Error(w, "the request cannot be read", http.StatusBadRequest)
		return
	}
	if asked.ClientID != p.options.Client.ID {
		http.Error(w, UnknownApp.Error(), http.StatusBadRequest)
		return
	}
	client := p.registration()
	asked.Scopes = tidy(asked.Scopes)
	if _, err := op.ValidateAuthRequestClient(r.Context(), asked, client, p.op.IDTokenHintVerifier(r.Context())); err != nil {
		p.sendBack(w, r, asked, err)
		return
	}
	started, err := p.begin(asked)
	if err != nil {
		p.sendBack(w, r, asked, err)
		return
	}
	if slices.Equal(asked.Prompt, []string{oidc.PromptNone}) {
		p.silently(w, r, started)
		return
	}
	p.await(started)
	http.Redirect(w, r, client.LoginURL(started.id), http.StatusFound)
}

// silently signs in whoever the browser's session belongs to.
func (p *Provider) silently(w http.ResponseWriter, r *http.Request, started *request) {
	in, person, ok := p.current(r.Context())
	switch {
	case !ok:
		p.sendBack(w, r, &started.asked, NobodyHere)
	case person.ConsentRefused && started.wantsWrite():
		p.sendBack(w, r, &started.asked, NoConsentHere)
	default:
		p.sendCode(w, r, started, person, in)
	}
}

// begin makes a sign-in of the request.
func (p *Provider) begin(asked *oidc.AuthRequest) (*request, error) {
	switch {
	case asked.ResponseMode != "" && asked.ResponseMode != oidc.ResponseModeQuery:
		return nil, oidc.ErrInvalidRequest().WithDescription("response_mode: only query is offered")
	case asked.CodeChallenge == "" || asked.CodeChallengeMethod != oidc.CodeChallengeMethodS256:
		return nil, oidc.ErrInvalidRequest().WithDescription("PKCE with S256 is required")
	}
	if !slices.ContainsFunc(asked.Scopes, known) || slices.ContainsFunc(asked.Scopes, unknown) {
		return nil, BadScope
	}
	started := &request{id: uuid.NewString(), asked: *asked, started: p.options.Now()}
	started.grant = grant{ClientID: asked.ClientID, Scopes: asked.Scopes, Family: uuid.NewString()}
	return started, nil
}

// await keeps a sign-in until its person is chosen, and forgets the ones that took too long.
func (p *Provider) await(started *request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	late := func(_ string, r *request) bool { return p.options.Now().Sub(r.started) > codeLife }
	maps.DeleteFunc(p.pending, late)
	maps.DeleteFunc(p.codes, late)
	p.pending[started.id] = started
}

// waiting is the sign-in of that id, nil when there is none any more.
func (p *Provider) waiting(id string) *request {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.pending[id]
	if found != nil && p.options.Now().Sub(found.started) > codeLife {
		return nil
	}
	return found
}

// settle takes the sign-in out of those that wait; false when somebody else did.
func (p *Provider) settle(found *request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, mine := p.pending[found.id]
	delete(p.pending, found.id)
	return mine
}

// sendCode goes back to the application with a code for somebody.
func (p *Provider) sendCode(w http.ResponseWriter, r *http.Request, done *request, person directory.Person, in session) {
	code := rand.Text()
	p.mu.Lock()
	done.Person, done.Subject, done.Session, done.SignedIn = person.ID, p.subject(person), in.id, in.signedIn
	done.Generation = p.revoked[person.ID]
	p.codes[code] = done
	p.mu.Unlock()
	redirect(w, r, &done.asked, url.Values{"code": {code}})
}

// sendBack goes back to the application with an error, unless the address to go to is what is wrong.
func (p *Provider) sendBack(w http.ResponseWriter, r *http.Request, asked *oidc.AuthRequest, reason error) {
	answer := url.Values{"error": {"server_error"}, "error_description": {"The provider failed."}}
	var refusal *Refusal
	var plain *oidc.Error
	switch {
	case errors.As(reason, &refusal):
		answer = url.Values{"error": {refusal.Kind}, "error_description": {refusal.Error()}}
	case errors.As(reason, &plain) && plain.IsRedirectDisabled():
		http.Error(w, plain.Description, http.StatusBadRequest)
		return
	case errors.As(reason, &plain):
		answer = url.Values{"error": {string(plain.ErrorType)}, "error_description": {plain.Description}}
	}
	redirect(w, r, asked, answer)
}

// redirect adds the answer and the client's state to a redirect URI that is known to be registered.
func redirect(w http.ResponseWriter, r *http.Request, asked *oidc.AuthRequest, answer url.Values) {
	where, err := url.Parse(asked.RedirectURI)
	if err != nil {
		http.Error(w, "the redirect URI cannot be read", http.StatusBadRequest)
		return
	}
	query := where.Query()
	maps.Copy(query, answer)
	if asked.State != "" {
		query.Set("state", asked.State)
	}
	where.RawQuery = query.Encode()
	http.Redirect(w, r, where.String(), http.StatusSeeOther)
}
