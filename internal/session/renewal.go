package session

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
)

const (
	refusedPause      = time.Minute     // between two tries after a no: Entra ID answers a loop of equal requests AADSTS50196
	firstRefusedPause = 5 * time.Second // the same after the first no that does not concern the person: it may be over already
	unansweredPause   = 4 * time.Second // the same after no answer, when there is no token to go on with
	commitPause       = 250 * time.Millisecond
)

// refreshError is how the last refresh failed, kept with the session so that all instances heed it.
type refreshError struct {
	Refusal oidc.Refusal
	Need    graphclient.Scope
	// Again says that the refresh before had failed as well.
	Again bool `json:",omitempty"`
}

// passing says whether the no may be over soon: it says nothing of the person, and is the first in a row.
func (t *refreshError) passing() bool {
	return !t.Again && slices.Contains([]oidc.Class{oidc.Misconfigured, oidc.Displaced, oidc.Declined}, t.Refusal.Class)
}

// stands returns the refusal if it still answers that need, nil if the provider may be asked again. A no to a write does
// not hold back a refresh for a read.
func (t *refreshError) stands(s *Service, e *entry, want ask) *oidc.Refusal {
	if t == nil {
		return nil
	}
	refusal := t.Refusal
	pause := max(refusedPause, refusal.Wait)
	switch {
	case refusal.OutdatedRoles && !s.outdated(e, want):
		return nil
	case refusal.Class == oidc.Later && !s.usable(e, want):
		pause = max(unansweredPause, refusal.Wait)
	case t.passing():
		pause = max(firstRefusedPause, refusal.Wait)
	case t.Need != want.need && !slices.Contains([]oidc.Class{oidc.Later, oidc.Misconfigured, oidc.Displaced}, refusal.Class):
		return nil
	}
	if s.now().Sub(refusal.At) >= pause {
		return nil
	}
	return &refusal
}

// refreshLeased asks the provider, once, and commits what comes of it.
func (s *Service) refreshLeased(ctx context.Context, e *entry, want ask, holder string) (*entry, error) {
	rec := e.record
	answer, scope, err := s.askAgain(ctx, e, &rec, want)
	if err != nil {
		return s.notRenewed(ctx, e, rec, err, want, holder)
	}
	rec.take(answer, firstOf(scope, strings.Join(rec.Scopes, " ")), s.now())
	rec.StepUp = ""
	if err := s.identifyAgain(ctx, &rec, e, answer); err != nil {
		return s.notIdentified(ctx, e, answer, err, want, holder)
	}
	refusal := s.lacking(&entry{record: rec}, want)
	if refusal == nil {
		return s.commit(ctx, e, rec, holder)
	}
	if refusal.Class == oidc.Consent || refusal.Class == oidc.Unasked {
		rec.Need, rec.Widened, rec.Narrow = graphclient.Read, false, refusal.Class == oidc.Unasked
	}
	rec.LastRefreshError = &refreshError{Refusal: *refusal, Need: want.need}
	if _, err := s.commit(ctx, e, rec, holder); err != nil {
		return nil, err
	}
	return nil, refusal.Problem()
}

// lacking is what a refresh that worked still did not bring, nil if it brought all.
func (s *Service) lacking(e *entry, want ask) *oidc.Refusal {
	switch {
	case !s.scoped(e, want) && (e.Narrow || !s.client.WidensScope()):
		return s.unasked()
	case !s.scoped(e, want):
		return &oidc.Refusal{Class: oidc.Consent, At: s.now(), AdminConsent: s.client.AdminConsentURL(), Path: oidc.WritePath}
	case s.outdated(e, want):
		return s.outdatedRoles()
	}
	return nil
}

func (s *Service) newTokens(ctx context.Context, e *entry, scope, claims string) (oidc.TokenResponse, error) {
	about, err := s.client.Metadata()
	if err != nil {
		return oidc.TokenResponse{}, oidc.Unanswered(s.now(), err)
	}
	answer, err := s.client.Refresh(ctx, about, e.Refresh, scope, claims)
	var refusal *oidc.Refusal
	if err != nil && !errors.As(err, &refusal) {
		return oidc.TokenResponse{}, oidc.Unanswered(s.now(), err)
	}
	return answer, err
}

// errOther says that the refreshed ID token is about somebody else.
var errOther = errors.New("the refreshed ID token is of another person or issuer")

// identifyAgain reads the roles anew from what came of a refresh; the person must be the same.
func (s *Service) identifyAgain(ctx context.Context, rec *record, e *entry, answer oidc.TokenResponse) error {
	about, err := s.client.Metadata()
	if err != nil {
		return err
	}
	var claims *oidc.IDTokenClaims
	if answer.ID != "" {
		if claims, err = sameAgain(ctx, about, e, answer); err != nil {
			return err
		}
		rec.identify(claims)
		rec.SID = e.SID
	}
	said, err := s.client.UserInfo(ctx, about, answer.Access, e.Subject)
	if errors.Is(err, oidc.ErrSubject) {
		return errOther
	}
	if err != nil {
		return err
	}
	rec.empower(claims, said, s.o.Roles, s.now())
	return nil
}

// sameAgain are the claims of a refreshed ID token (OpenID Connect Core 1.0 section 12.2); the error is errOther if it is
// about somebody else.
func sameAgain(ctx context.Context, about *oidc.Metadata, e *entry, answer oidc.TokenResponse) (*oidc.IDTokenClaims, error) {
	claims, err := about.Verify(ctx, answer.ID, oidc.Expected{AccessToken: answer.Access})
	if errors.Is(err, oidc.ErrIssuer) {
		return nil, errOther
	}
	if err != nil {
		return nil, err
	}
	tid, oid := claims.Key()
	if claims.Issuer != e.Issuer || claims.Subject != e.Subject || tid != e.TID || oid != e.OID ||
		claims.Nonce != "" && claims.Nonce != e.Nonce {
		return nil, errOther
	}
	return claims, nil
}

// notIdentified ends the session of somebody else's tokens. An ID token that fails another check is not believed, and
// nothing that came with it but the refresh token, without which a provider that rotates them would end the session.
func (s *Service) notIdentified(ctx context.Context, e *entry, answer oidc.TokenResponse, cause error, want ask, holder string) (*entry, error) {
	if errors.Is(cause, errOther) {
		s.log.WarnContext(ctx, "a session was ended", "error", cause)
		if err := s.endLeased(ctx, e, holder, errOther.Error()); err != nil {
			return nil, err
		}
		return nil, ended(cause)
	}
	rec := e.record
	if answer.Refresh != "" {
		rec.Refresh = answer.Refresh
	}
	return s.notRenewed(ctx, e, rec, cause, want, holder)
}

// notRenewed keeps the refusal with the session, or ends the session if that is what it says.
func (s *Service) notRenewed(ctx context.Context, e *entry, rec record, err error, want ask, holder string) (*entry, error) {
	var refusal *oidc.Refusal
	if !errors.As(err, &refusal) {
		refusal = oidc.Unanswered(s.now(), err)
	}
	s.client.LogRefusal(ctx, refusal)
	if refusal.EndsSession() {
		if err := s.endLeased(ctx, e, holder, "the provider ended the session: "+refusal.Codes()); err != nil {
			return nil, err
		}
		return nil, refusal.Problem()
	}
	if refusal.Class == oidc.Consent && want.need == graphclient.Read {
		rec.Need = graphclient.Read // the write scope was taken back: the next refresh does without
	}
	if refusal.Class == oidc.StepUp {
		rec.StepUp = firstOf(refusal.Claims, want.claims)
	}
	rec.LastRefreshError = &refreshError{Refusal: *refusal, Need: want.need, Again: e.LastRefreshError != nil}
	if _, err := s.commit(ctx, e, rec, holder); err != nil {
		return nil, err
	}
	return nil, refusal.Problem()
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if strings.TrimSpace(text) != "" {
			return text
		}
	}
	return ""
}

// commit stores the record, trying again while the database fails: the provider may already have voided the tokens that
// it replaces. If the session was ended meanwhile it stays ended.
func (s *Service) commit(ctx context.Context, e *entry, rec record, holder string) (*entry, error) {
	for {
		renewed, stored, err := s.store.commit(ctx, e, rec, holder)
		switch {
		case stored:
			return renewed, nil
		case err == nil:
			return s.overtaken(ctx, e)
		case ctx.Err() != nil:
			s.log.ErrorContext(ctx, "renewed tokens could not be stored", "error", err.Error())
			return nil, DatabaseFailed(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(commitPause):
		}
	}
}

// overtaken is the session as it is after it changed during its refresh.
func (s *Service) overtaken(ctx context.Context, e *entry) (*entry, error) {
	now, err := s.current(ctx, e.id, true)
	if err != nil {
		return nil, err
	}
	if now.version == e.version {
		return nil, problem.New(problem.Unavailable, "Your sign-in is being renewed elsewhere.").
			Advising("Try again in a moment.").After(oidc.RetryPause)
	}
	return now, nil
}
