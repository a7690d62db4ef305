package signin

import (
	"net/http"

	"switchboard/internal/session"
)

// End signs the person out here and returns the provider's address that signs them out there, "" at a provider without one,
// where their session goes on: see AskAnew. If the session cannot be removed the error says so, and the person is still
// signed in.
func (s *Service) End(w http.ResponseWriter, r *http.Request, person *session.Person) (string, error) {
	hint := ""
	if person != nil {
		hint = person.LoginHint()
	}
	if err := s.sessions.End(w, r); err != nil {
		return "", err
	}
	s.forget(w, r)
	return s.client.EndSessionURL(hint), nil
}

// AskAnew has this browser's next sign-in ask the person who they are, although the provider may know it still.
func (s *Service) AskAnew(w http.ResponseWriter) {
	s.cookies.Set(w, s.signedOutCookie(), "1", signedOutLife)
}
