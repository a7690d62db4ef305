package signin

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"switchboard/graphclient"
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
	"switchboard/internal/session"
)

// Arrival is where a callback leads.
type Arrival struct {
	// Person has just signed in. It is nil where they had signed in meanwhile, whose session is left as it is, and where the
	// sign-in begins anew.
	Person *session.Person
	// ReturnTo is the local path of the page first asked for, also of a sign-in that failed if it was one of this browser's. Where
	// the sign-in begins anew it is the provider's address.
	ReturnTo string
	// Again is our own path at which a sign-in like one that failed begins anew, since a callback that failed cannot be
	// used again. It is empty where the callback can be tried again, and where nobody needs to sign in.
	Again string
}

// Finish answers the provider's callback: it spends the state, redeems the code, checks the ID token, and puts a new
// session in place of the browser's old one. An error leaves the old one as it is.
func (s *Service) Finish(w http.ResponseWriter, r *http.Request) (Arrival, error) {
	query := r.URL.Query()
	for _, name := range []string{"state", "code", "iss", "error", "error_description"} {
		if len(query[name]) > 1 {
			return Arrival{}, s.stray(r, problem.New(problem.BadRequest, "The identity provider’s answer is not well formed.").
				Saying("It says "+name+" more than once. Nobody was signed in.").Advising("Sign in again."))
		}
	}
	about, err := s.client.Metadata()
	if err != nil {
		return Arrival{}, unreachable(err)
	}
	one, err := s.pending.take(w, r, query.Get("state"))
	arrival := Arrival{ReturnTo: one.ReturnTo}
	switch {
	case errors.Is(err, errNotPending):
		err = s.stray(r, unknown(err))
	case err != nil:
		return Arrival{}, session.DatabaseFailed(err)
	default:
		err = s.checkAnswer(about, query)
		if to, asked := s.askWithout(w, r, about, one, err); asked {
			return Arrival{ReturnTo: to}, nil
		}
		arrival.Person, err = s.finish(w, r, about, one, err)
	}
	if err != nil && arrival.ReturnTo != "" && !errors.Is(err, errAlready) {
		arrival.Again = one.path()
	}
	return arrival, err
}

// finish goes on with a sign-in whose state is spent; err is what its answer lacks.
func (s *Service) finish(w http.ResponseWriter, r *http.Request, about *oidc.Metadata, one pendingSignIn, err error) (*session.Person, error) {
	var brought session.SignedIn
	if refusal, ok := errors.AsType[*oidc.Refusal](err); ok {
		s.client.LogRefusal(r.Context(), refusal)
	}
	if err == nil {
		brought, err = s.arrive(r.Context(), about, one, r.URL.Query().Get("code"))
	}
	if refusal, ok := errors.AsType[*oidc.Refusal](err); ok && refusal.Class == oidc.Consent && one.Need == graphclient.Write {
		refusal.Scope = s.client.WriteScope()
	}
	if err != nil {
		return nil, s.withoutScope(r, one, err)
	}
	return s.admit(w, r, one, brought)
}

// unknown is for a callback that answers no sign-in under way in this browser: a second one, a late one, or a forged one.
func unknown(err error) problem.Problem {
	return problem.New(problem.BadRequest, "This sign-in cannot be finished.").
		Saying("It was finished before, took longer than ten minutes, or began in another browser. Nobody was signed in by it.").
		Advising("Sign in again.").Because(err)
}

// errAlready says that somebody is signed in already, and the callback does not concern them.
var errAlready = errors.New("there is a session already")

// stray is the problem of a callback that leads to nothing. Somebody who is signed in has opened an old address, or one of
// several tabs came first: they need no other sign-in.
func (s *Service) stray(r *http.Request, said problem.Problem) problem.Problem {
	if live, err := s.sessions.Person(r); err != nil || live == nil {
		return said
	}
	return already("This address belongs to a sign-in that is over. It changed nothing.")
}

func already(detail string) problem.Problem {
	return problem.New(problem.BadRequest, "You are signed in already.").Saying(detail).Advising("Go on in Switchboard.").Because(errAlready)
}

// checkAnswer looks at what came with the state: whose answer it is (RFC 9207), and whether it is a refusal.
func (s *Service) checkAnswer(about *oidc.Metadata, query url.Values) error {
	issuer := query.Get("iss")
	if issuer != "" && issuer != s.client.Issuer() || issuer == "" && about.SendsIssuer {
		return problem.New(problem.BadRequest, "The answer is not the identity provider’s.").
			Saying("Nobody was signed in.").Advising("Sign in again.").
			Because(errors.New("the callback's iss is not the configured issuer"))
	}
	if query.Has("error") {
		return s.client.CallbackRefusal(query).AtSignIn()
	}
	if query.Get("code") == "" {
		return unknown(errors.New("the callback has neither a code nor an error"))
	}
	return nil
}

// arrive redeems the code and returns what a session begins with.
func (s *Service) arrive(ctx context.Context, about *oidc.Metadata, one pendingSignIn, code string) (session.SignedIn, error) {
	answer, err := s.client.Exchange(ctx, about, code, one.Verifier)
	if err != nil {
		return session.SignedIn{}, s.notArrived(ctx, err)
	}
	claims, err := about.Verify(ctx, answer.ID, oidc.Expected{Nonce: one.Nonce, Code: code, AccessToken: answer.Access})
	if err != nil {
		return session.SignedIn{}, s.notArrived(ctx, err)
	}
	said, err := s.client.UserInfo(ctx, about, answer.Access, claims.Subject)
	if err != nil {
		return session.SignedIn{}, s.notArrived(ctx, err)
	}
	return session.SignedIn{Nonce: one.Nonce, Need: one.Need, Tokens: answer, Claims: claims, UserInfo: said}, nil
}

// notArrived is the problem of a sign-in whose code or ID token led to nothing.
func (s *Service) notArrived(ctx context.Context, err error) error {
	var refusal *oidc.Refusal
	if errors.As(err, &refusal) {
		s.client.LogRefusal(ctx, refusal)
		return refusal.AtSignIn()
	}
	if errors.Is(err, oidc.ErrKeys) {
		return unreachable(err)
	}
	s.log.WarnContext(ctx, "a sign-in was refused: the provider's answer does not hold", "error", err.Error())
	return problem.New(problem.Forbidden, "The identity provider’s answer failed a check.").
		Saying("Switchboard checks every answer. Nobody was signed in.").
		Advising("Sign in again. If it happens again, tell an administrator of Switchboard: the log says which check failed.").Because(err)
}

// admit puts a session for the person in place of the browser's old one, unless another site began this sign-in.
func (s *Service) admit(w http.ResponseWriter, r *http.Request, one pendingSignIn, brought session.SignedIn) (*session.Person, error) {
	live, err := s.sessions.Person(r)
	if err != nil {
		return nil, err
	}
	if one.Foreign && live != nil {
		if one.ReturnTo != "/" { // one of several links that they opened at once
			return nil, nil
		}
		return nil, already("Another site began this sign-in. Your session was left as it is.")
	}
	person, err := s.sessions.Begin(w, r, brought)
	if err != nil {
		return nil, err
	}
	if s.cookies.Value(r, s.signedOutCookie()) != "" {
		s.cookies.Expire(w, s.signedOutCookie())
	}
	return person, nil
}

// withoutScope is the error of a sign-in that failed: that the write scope was not granted, where somebody who is signed in
// asked for it and the provider refuses that. Their session remembers it, unless it was their own no.
func (s *Service) withoutScope(r *http.Request, one pendingSignIn, err error) error {
	var refusal *oidc.Refusal
	if one.Need != graphclient.Write || !errors.As(err, &refusal) || !refusal.RefusesScope() {
		return err
	}
	live, failed := s.sessions.Person(r)
	if failed != nil || live == nil {
		return err
	}
	if refusal.Class != oidc.Declined {
		if failed := live.WriteScopeDenied(r.Context()); failed != nil {
			s.log.WarnContext(r.Context(), "that a scope was not granted could not be kept", "error", failed)
		}
	}
	return s.sessions.Ungranted().Problem()
}
