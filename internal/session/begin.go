package session

import (
	"net/http"

	"switchboard/graphclient"
	"switchboard/internal/oidc"
	"switchboard/internal/seal"
)

// SignedIn is what a sign-in brought, once its ID token was verified.
type SignedIn struct {
	Nonce    string
	Need     graphclient.Scope // that the scopes asked for allow
	Tokens   oidc.TokenResponse
	Claims   *oidc.IDTokenClaims
	UserInfo *oidc.UserInfo // nil where the ID token is what counts
}

// Begin puts a session for the person in place of the browser's old one.
func (s *Service) Begin(w http.ResponseWriter, r *http.Request, brought SignedIn) (*Person, error) {
	session, err := s.store.Get(r, s.cookies.Session())
	if err != nil {
		return nil, DatabaseFailed(err)
	}
	session.Values[recordKey{}] = s.newRecord(brought)
	if err := session.Save(r, w); err != nil {
		return nil, DatabaseFailed(err)
	}
	person := s.personOf(session)
	s.limit(r.Context(), person)
	return person, nil
}

// newRecord is what the session will know of the person.
func (s *Service) newRecord(brought SignedIn) *record {
	rec := &record{identity: identity{Nonce: brought.Nonce}, tokens: tokens{Need: brought.Need}, Secret: seal.Random()}
	rec.identify(brought.Claims)
	rec.empower(brought.Claims, brought.UserInfo, s.o.Roles, s.now())
	rec.take(brought.Tokens, s.SignInScope(brought.Need), s.now())
	if !oidc.HasScope(rec.Scopes, s.client.WriteScope()) {
		rec.Denied = brought.Need == graphclient.Write
		rec.Need = graphclient.Read
	}
	return rec
}
