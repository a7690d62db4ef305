package signin

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"switchboard/graphclient"
	"switchboard/internal/problem"
)

// Arrival is somebody who has just signed in, and the local path of the page first asked for. That is known of a sign-in
// that failed as well, unless it was not one of this browser's. Person is nil where they had signed in meanwhile, and that
// session was left as it is, and where the sign-in begins anew: ReturnTo is the provider's address then.
type Arrival struct {
	Person   *Person
	ReturnTo string
	// Again is our own path at which a sign-in like one that failed begins anew, since the callback of one that failed is
	// good for nothing. It is empty where the callback can be tried again, and where nobody needs to sign in.
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
	about, err := s.provider.document()
	if err != nil {
		return Arrival{}, unreachable(err)
	}
	one, err := s.attempts.take(w, r, query.Get("state"))
	arrival := Arrival{ReturnTo: one.ReturnTo}
	switch {
	case errors.Is(err, errAttempt):
		err = s.stray(r, unknown(err))
	case err != nil:
		return Arrival{}, broken(err)
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
func (s *Service) finish(w http.ResponseWriter, r *http.Request, about *document, one attempt, err error) (*Person, error) {
	var rec *record
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		s.warn(r.Context(), refusal)
	}
	if err == nil {
		rec, err = s.arrive(r.Context(), about, one, r.URL.Query().Get("code"))
	}
	if err != nil {
		return nil, s.withoutScope(r, one, err)
	}
	return s.admit(w, r, one, rec)
}

// unknown is for a callback that answers no sign-in under way in this browser: a second one, a late one, or a forged one.
func unknown(err error) problem.Problem {
	return problem.New(problem.BadRequest, "This sign-in cannot be finished.").
		Saying("It was finished before, took longer than ten minutes, or began in another browser. Nobody was signed in by it.").
		Advising("Sign in again.").Because(err)
}

// errAlready says that somebody is signed in whom a callback does not concern.
var errAlready = errors.New("there is a session already")

// stray is the problem of a callback that leads to nothing. Somebody who is signed in has opened an old address, or one of
// several tabs came first: they need no other sign-in.
func (s *Service) stray(r *http.Request, said problem.Problem) problem.Problem {
	if live, err := s.Person(r); err != nil || live == nil {
		return said
	}
	return already("This address belongs to a sign-in that is over. It changed nothing.")
}

func already(detail string) problem.Problem {
	return problem.New(problem.BadRequest, "You are signed in already.").Saying(detail).Advising("Go on in Switchboard.").Because(errAlready)
}

// checkAnswer looks at what came with the state: whose answer it is (RFC 9207), and whether it is a refusal.
func (s *Service) checkAnswer(about *document, query url.Values) error {
	issuer := query.Get("iss")
	if issuer != "" && issuer != s.o.Issuer || issuer == "" && about.SendsIssuer {
		return problem.New(problem.BadRequest, "The answer is not the identity provider’s.").
			Saying("Nobody was signed in.").Advising("Sign in again.").
			Because(errors.New("the callback's iss is not the configured issuer"))
	}
	if query.Has("error") {
		return s.callbackRefusal(query).atSignIn()
	}
	if query.Get("code") == "" {
		return unknown(errors.New("the callback has neither a code nor an error"))
	}
	return nil
}

// arrive redeems the code and returns what a session will know of the person.
func (s *Service) arrive(ctx context.Context, about *document, one attempt, code string) (*record, error) {
	answer, err := s.redeem(ctx, about, code, one.Verifier)
	if err != nil {
		return nil, s.notArrived(ctx, err)
	}
	claims, err := about.verifier.verify(ctx, answer.ID, expectation{nonce: one.Nonce, code: code, accessToken: answer.Access})
	if err != nil {
		return nil, s.notArrived(ctx, err)
	}
	said, err := s.askUserinfo(ctx, about, answer.Access, claims.Subject)
	if err != nil {
		return nil, s.notArrived(ctx, err)
	}
	rec := &record{Nonce: one.Nonce, Secret: random(), Need: one.Need}
	rec.identify(claims)
	rec.empower(claims, said, s.o.Roles, s.now())
	rec.take(answer, s.signInScope(one.Need), s.now())
	if !holds(rec.Scopes, s.o.WriteScope) {
		rec.Denied = one.Need == graphclient.Write
		rec.Need = graphclient.Read
	}
	return rec, nil
}

// notArrived is the problem of a sign-in whose code or ID token led to nothing.
func (s *Service) notArrived(ctx context.Context, err error) error {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		s.warn(ctx, refusal)
		return refusal.atSignIn()
	}
	if errors.Is(err, errKeys) {
		return unreachable(err)
	}
	s.log.WarnContext(ctx, "a sign-in was refused: the provider's answer does not hold", "error", err.Error())
	return problem.New(problem.Forbidden, "The identity provider’s answer failed a check.").
		Saying("Switchboard checks every answer. Nobody was signed in.").
		Advising("Sign in again. If it happens again, tell an administrator of Switchboard: the log says which check failed.").Because(err)
}

// admit puts a session for the person in place of the browser's old one, unless another site began this sign-in.
func (s *Service) admit(w http.ResponseWriter, r *http.Request, one attempt, rec *record) (*Person, error) {
	session, err := s.store.Get(r, s.cookies.session)
	if err != nil {
		return nil, broken(err)
	}
	if one.Foreign && !session.IsNew {
		if one.ReturnTo != "/" { // one of several links that they opened at once
			return nil, nil
		}
		return nil, already("Another site began this sign-in. Your session was left as it is.")
	}
	session.Values[recordKey{}] = rec
	if err := session.Save(r, w); err != nil {
		return nil, broken(err)
	}
	if s.cookies.value(r, s.cookies.signedOut()) != "" {
		s.cookies.expire(w, s.cookies.signedOut())
	}
	person := s.personOf(session)
	s.limit(r.Context(), person)
	return person, nil
}

// warn tells the log of a refusal; what is ours to mend is an error.
func (s *Service) warn(ctx context.Context, refusal *Refusal) {
	if refusal.Class == Misconfigured {
		s.log.ErrorContext(ctx, "the identity provider refuses this client", "error", refusal, "mend", refusal.mend())
		return
	}
	s.log.WarnContext(ctx, "the identity provider refused", "error", refusal)
}
