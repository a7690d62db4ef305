package signin

import (
	"context"
	"errors"
	"net/http"

	"switchboard/graphclient"
)

// askAgain asks for new tokens, and returns them with the scope that they are for if the answer does not say, "" for that of
// before. It notes in the record what that showed of the provider.
//
// A refresh asks for what was granted, and a provider may refuse it anything wider (RFC 6749 section 6). Entra ID gives more,
// and nobody knows of another one before it was asked: the first edit of a session tries once.
func (s *Service) askAgain(ctx context.Context, e *entry, rec *record, want ask) (tokens, string, error) {
	need := want.need
	if holds(e.Scopes, s.o.WriteScope) {
		need = max(need, rec.Need)
	}
	wider := need == graphclient.Write && !holds(e.Scopes, s.o.WriteScope)
	scope := s.renewalScope(&e.record, need)
	answer, err := s.newTokens(ctx, e, scope, want.claims)
	var refusal *Refusal
	switch {
	case err == nil:
		rec.Need, rec.Widened = need, rec.Widened || wider
		return answer, scope, nil
	case scope == "" || !errors.As(err, &refusal):
		return tokens{}, "", err
	case wider && refusal.refusesScope():
		rec.Narrow = true
		return tokens{}, "", refusal.asUnasked()
	case wider && refusal.Class == StepUp && refusal.Number == 0:
		refusal.Path = writePath // else the next edit would ask for the same again
		return tokens{}, "", refusal
	case wider && refusal.mayRefuseScope(), !wider && refusal.refusesScope():
		return s.askForLess(ctx, e, rec, want, err)
	}
	return tokens{}, "", err
}

// askForLess asks for nothing, which is what the sign-in was granted, after a no that may have been to a scope. Where it is a
// no again, that one tells what is the matter.
func (s *Service) askForLess(ctx context.Context, e *entry, rec *record, want ask, cause error) (tokens, string, error) {
	answer, err := s.newTokens(ctx, e, "", want.claims)
	if err != nil {
		return tokens{}, "", err
	}
	s.log.InfoContext(ctx, "the identity provider refuses a refresh the scope that was asked for", "refusal", cause)
	rec.Need, rec.Widened, rec.Narrow = graphclient.Read, false, true
	return answer, s.signInScope(graphclient.Read), nil
}

// renewalScope is what a refresh asks for: nothing, which is what was granted, but for a scope that is wider than that, or was
// when a refresh got it. Entra ID's tokens are for one resource of several, so it is asked for that one.
func (s *Service) renewalScope(rec *record, need graphclient.Scope) string {
	switch {
	case need == graphclient.Write && (rec.Widened || !holds(rec.Scopes, s.o.WriteScope)):
		return s.scope(need)
	case rec.Narrow || !s.provider.widens():
		return ""
	case need == graphclient.Read && !holds(rec.Scopes, s.o.ReadScope) && !holds(rec.Scopes, s.o.WriteScope):
		return identityScope
	}
	return s.scope(need)
}

// withoutScope is the error of a sign-in that failed: that the write scope was not granted, where somebody who is signed in
// asked for it and the provider refuses that. Their session remembers it, unless it was their own no.
func (s *Service) withoutScope(r *http.Request, one attempt, err error) error {
	var refusal *Refusal
	if one.Need != graphclient.Write || !errors.As(err, &refusal) || !refusal.refusesScope() {
		return err
	}
	live, failed := s.Person(r)
	if failed != nil || live == nil {
		return err
	}
	if refusal.Class != Declined {
		if failed := live.note(r.Context(), func(rec *record) { rec.Denied = true }); failed != nil {
			s.log.WarnContext(r.Context(), "that a scope was not granted could not be kept", "error", failed)
		}
	}
	return s.ungranted().atRefresh()
}

// asUnasked is a no to a wider scope as the person's sign-in mends it.
func (r *Refusal) asUnasked() *Refusal {
	unasked := *r
	unasked.Class, unasked.Path, unasked.AdminConsent = Unasked, writePath, ""
	return &unasked
}

// barred is the refusal of a need that no refresh serves, nil where one may.
func (s *Service) barred(e *entry, want ask) *Refusal {
	switch {
	case s.scoped(e, want):
		return nil
	case e.Denied:
		return s.ungranted()
	case e.Narrow:
		return s.unasked()
	}
	return nil
}

// unasked is the refusal of a write whose scope only a sign-in that asks for it brings.
func (s *Service) unasked() *Refusal { return &Refusal{Class: Unasked, At: s.now(), Path: writePath} }

// ungranted is the refusal of a write whose scope was asked for at the sign-in: to ask again would lead in a circle.
func (s *Service) ungranted() *Refusal {
	return &Refusal{Class: Ungranted, At: s.now(), Scope: s.o.WriteScope}
}
