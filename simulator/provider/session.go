package provider

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/pkg/op"

	"switchboard/simulator/directory"
	"switchboard/simulator/journal"
)

// cookieName differs from the product's and from another tenant's: cookies ignore ports, and all live on 127.0.0.1.
func (p *Provider) cookieName() string { return "demo_tenant_session-" + p.options.Issuer.Port() }

// session is a browser in which somebody has signed in to the tenant.
type session struct {
	id       string // the sid claim
	person   string
	signedIn time.Time
}

type sessionKey struct{}

// withSession lets later code ask for the browser's session, if it has one.
func (p *Provider) withSession(r *http.Request) *http.Request {
	cookie, err := r.Cookie(p.cookieName())
	if err != nil {
		return r
	}
	return r.WithContext(context.WithValue(r.Context(), sessionKey{}, cookie.Value))
}

func (p *Provider) current(ctx context.Context) (session, directory.Person, bool) {
	cookie, _ := ctx.Value(sessionKey{}).(string)
	p.mu.Lock()
	found, ok := p.sessions[cookie]
	p.mu.Unlock()
	if !ok {
		return session{}, directory.Person{}, false
	}
	person, ok := p.options.Directory.Person(found.person)
	return found, person, ok
}

// signIn starts the browser's session, or goes on with it when it is the same person's.
func (p *Provider) signIn(w http.ResponseWriter, r *http.Request, person directory.Person) session {
	begun := session{id: uuid.NewString(), person: person.ID, signedIn: p.options.Now()}
	if old, same, ok := p.current(r.Context()); ok && same.ID == person.ID {
		begun.id = old.id
	}
	cookie := uuid.NewString()
	p.mu.Lock()
	p.sessions[cookie] = begun
	p.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: p.cookieName(), Value: cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return begun
}

// logout ends the browser's session, and those of the person that logout_hint names. Entra knows a return address without
// any hint at the client; op does not, so the client is named here.
func (p *Provider) logout(w http.ResponseWriter, r *http.Request) {
	asked, err := op.ParseEndSessionRequest(r, p.op.Decoder())
	if err != nil {
		http.Error(w, "the request cannot be read", http.StatusBadRequest)
		return
	}
	p.endSessions(w, r, asked.LogoutHint)
	if asked.ClientID == "" && asked.IdTokenHint == "" {
		asked.ClientID = p.options.Client.ID
	}
	checked, err := op.ValidateEndSessionRequest(r.Context(), asked, p.op)
	if err != nil {
		http.Error(w, "signed out; the address to go back to is not registered", http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, checked.RedirectURI, http.StatusSeeOther)
}

func (p *Provider) endSessions(w http.ResponseWriter, r *http.Request, hint string) {
	_, person, _ := p.current(r.Context())
	if hinted, ok := p.options.Directory.Find(func(person directory.Person) bool { return LoginHint(person) == hint }); ok {
		person = hinted
	}
	journal.Person(r.Context(), person.ID)
	p.mu.Lock()
	for cookie, open := range p.sessions {
		if open.person == person.ID {
			delete(p.sessions, cookie)
		}
	}
	p.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: p.cookieName(), Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}
