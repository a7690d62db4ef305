package session

import (
	"context"
	"errors"

	"switchboard/graphclient"
	"switchboard/internal/oidc"
)

// askAgain asks for new tokens. With them it returns the scope that they are for if the answer does not say it, "" for the
// scope as it was. It notes in the record what the answer shows about the provider.
//
// A refresh asks for what was granted, and a provider may refuse it anything wider (RFC 6749 section 6). Entra ID gives more,
// and of another provider it is not known before it was asked: the first edit of a session tries once.
func (s *Service) askAgain(ctx context.Context, e *entry, rec *record, want ask) (oidc.TokenResponse, string, error) {
	need := want.need
	if oidc.HasScope(e.Scopes, s.client.WriteScope()) {
		need = max(need, rec.Need)
	}
	wider := need == graphclient.Write && !oidc.HasScope(e.Scopes, s.client.WriteScope())
	scope := s.renewalScope(&e.record, need)
	answer, err := s.newTokens(ctx, e, scope, want.claims)
	var refusal *oidc.Refusal
	switch {
	case err == nil:
		rec.Need, rec.Widened = need, rec.Widened || wider
		return answer, scope, nil
	case scope == "" || !errors.As(err, &refusal):
		return oidc.TokenResponse{}, "", err
	case wider && refusal.RefusesScope():
		rec.Narrow = true
		return oidc.TokenResponse{}, "", refusal.AsUnasked()
	case wider && refusal.Class == oidc.StepUp && refusal.Number == 0:
		refusal.Path = oidc.WritePath // else the next edit would ask for the same again
		return oidc.TokenResponse{}, "", refusal
	case wider && refusal.MayRefuseScope(), !wider && refusal.RefusesScope():
		return s.askForLess(ctx, e, rec, want, err)
	}
	return oidc.TokenResponse{}, "", err
}

// askForLess asks for nothing, which is what the sign-in was granted, after a refusal that may have been of a scope. If that
// is refused as well, the second refusal is the one that counts.
func (s *Service) askForLess(ctx context.Context, e *entry, rec *record, want ask, cause error) (oidc.TokenResponse, string, error) {
	answer, err := s.newTokens(ctx, e, "", want.claims)
	if err != nil {
		return oidc.TokenResponse{}, "", err
	}
	s.log.InfoContext(ctx, "the identity provider refuses a refresh the scope that was asked for", "refusal", cause)
	rec.Need, rec.Widened, rec.Narrow = graphclient.Read, false, true
	return answer, s.SignInScope(graphclient.Read), nil
}

// renewalScope is what a refresh asks for: nothing, which is what was granted, but for a scope that is wider than that, or was
// when a refresh got it. Entra ID's tokens are for one resource of several, so it is asked for that one.
func (s *Service) renewalScope(rec *record, need graphclient.Scope) string {
	switch {
	case need == graphclient.Write && (rec.Widened || !oidc.HasScope(rec.Scopes, s.client.WriteScope())):
		return s.scope(need)
	case rec.Narrow || !s.client.WidensScope():
		return ""
	case need == graphclient.Read && !oidc.HasScope(rec.Scopes, s.client.ReadScope()) && !oidc.HasScope(rec.Scopes, s.client.WriteScope()):
		return identityScope
	}
	return s.scope(need)
}

// barred is the refusal of a need that no refresh serves, nil where one may.
func (s *Service) barred(e *entry, want ask) *oidc.Refusal {
	switch {
	case s.scoped(e, want):
		return nil
	case e.Denied:
		return s.Ungranted()
	case e.Narrow:
		return s.unasked()
	}
	return nil
}

// unasked is the refusal of a write whose scope only a sign-in that asks for it brings.
func (s *Service) unasked() *oidc.Refusal {
	return &oidc.Refusal{Class: oidc.Unasked, At: s.now(), Path: oidc.WritePath}
}

// Ungranted is the refusal of a write whose scope was asked for at the sign-in: to ask again would lead in a circle.
func (s *Service) Ungranted() *oidc.Refusal {
	return &oidc.Refusal{Class: oidc.Ungranted, At: s.now(), Scope: s.client.WriteScope()}
}

// identityScope asks for who it is and for a refresh token.
const identityScope = "openid profile offline_access"

// scope is what to ask for: identityScope and one scope of Graph, since a token is for one resource.
func (s *Service) scope(need graphclient.Scope) string {
	scope := s.client.ReadScope()
	if need == graphclient.Write {
		scope = s.client.WriteScope()
	}
	return identityScope + " " + scope
}

// SignInScope is what a sign-in asks for: both scopes of Graph where somebody needs to write.
func (s *Service) SignInScope(need graphclient.Scope) string {
	if need == graphclient.Write {
		return s.scope(graphclient.Read) + " " + s.client.WriteScope()
	}
	return s.scope(graphclient.Read)
}
