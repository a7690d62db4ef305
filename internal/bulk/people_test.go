package bulk_test

import (
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"time"

	"switchboard/internal/session"
)

// serve answers the sign-in's addresses, and hands over who asks for anything else.
func (s *site) serve(listener net.Listener) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		to, err := s.entry.Start(w, r)
		s.lead(w, r, to, err)
	})
	mux.HandleFunc("GET /auth/callback", func(w http.ResponseWriter, r *http.Request) {
		_, err := s.entry.Finish(w, r)
		s.lead(w, r, "/", err)
	})
	mux.HandleFunc("GET /end", func(w http.ResponseWriter, r *http.Request) {
		person, err := s.people.Person(r)
		if err == nil {
			_, err = s.entry.End(w, r, person)
		}
		s.lead(w, r, "/", err)
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		person, err := s.people.Person(r)
		if err != nil {
			s.t.Error(err)
		}
		s.who <- person
	})
	s.web = &httptest.Server{Listener: listener, Config: &http.Server{Handler: mux}}
	s.web.Start()
	s.t.Cleanup(s.web.Close)
}

func (s *site) lead(w http.ResponseWriter, r *http.Request, to string, err error) {
	if err != nil {
		s.t.Error(err)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// visitor is a person with the browser in which they signed in.
type visitor struct {
	*session.Person
	browser *http.Client
}

// signIn signs a person of the tenant in, over HTTP.
func (s *site) signIn(id string) visitor {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	check(s.t, err)
	browser := &http.Client{Jar: jar, Timeout: 30 * time.Second}
	answer, err := browser.Get(s.web.URL + "/login")
	check(s.t, err)
	answer.Body.Close()
	answer, err = browser.PostForm(answer.Request.URL.String(), url.Values{"person": {id}})
	check(s.t, err)
	answer.Body.Close()
	person := <-s.who
	if person == nil {
		s.t.Fatalf("%s is not signed in", id)
	}
	return visitor{person, browser}
}

// signOut ends a person's session.
func (s *site) signOut(v visitor) {
	s.t.Helper()
	answer, err := v.browser.Get(s.web.URL + "/end")
	check(s.t, err)
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	if <-s.who != nil {
		s.t.Fatal("the session has not ended")
	}
}
