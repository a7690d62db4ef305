package signin_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/database"
	"switchboard/database/databasetest"
	"switchboard/graphclient"
	"switchboard/problem"
	"switchboard/signin"
)

// TestRefreshRace: at expiry five requests of each of ten sessions reach each of two replicas at once, and the provider
// detects the reuse of a refresh token. One token call a session; nobody is signed out.
func TestRefreshRace(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			const people = 10
			address := databasetest.URL(t, kind)
			idle := func(o *signin.Options) { o.Idle = 8 * time.Hour }
			s := open(t, databasetest.Open(t, address), idle)
			replica := service(t, databasetest.Open(t, address), s.provider, s.clock, s.URL, idle)
			run(t, replica)
			eventually(t, "ready", func() bool { return replica.Ready() == nil })
			var all sync.WaitGroup
			var mu sync.Mutex
			seen := map[int][]string{}
			var persons [people][2]*signin.Person
			for i := range people {
				b := s.browser(t)
				b.signIn()
				persons[i] = [2]*signin.Person{b.person(s.service), b.person(replica)}
			}
			s.clock.Add(2 * time.Hour)
			for i, both := range persons {
				for _, person := range slices.Repeat(both[:], 5) {
					all.Go(func() {
						token, err := person.Token(context.Background(), graphclient.Read)
						if err != nil {
							t.Errorf("session %d: %v", i, err)
						}
						mu.Lock()
						defer mu.Unlock()
						seen[i] = append(seen[i], token)
					})
				}
			}
			all.Wait()
			for i, tokens := range seen {
				if slices.Sort(tokens); tokens[0] != tokens[len(tokens)-1] {
					t.Errorf("session %d got different tokens", i)
				}
			}
			if got := len(s.provider.calls("refresh_token")); got != people {
				t.Errorf("%d token calls for %d sessions", got, people)
			}
		})
	}
}

// TestSignOutDuringARefresh: the refresh does not bring the session back.
func TestSignOutDuringARefresh(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		b := s.browser(t)
		b.signIn()
		old := b.request()
		person := b.person(s.service)
		asked, held := make(chan struct{}), make(chan struct{})
		s.provider.script(func() {
			s.provider.instead = func(http.ResponseWriter, url.Values) bool { close(asked); <-held; return false }
		})
		renewed := make(chan error)
		go func() {
			_, err := person.Token(context.Background(), graphclient.Write)
			renewed <- err
		}()
		<-asked
		if got := b.send(http.MethodPost, "/logout", nil); !strings.HasPrefix(got.location, s.provider.issuer()+"/logout?") {
			t.Errorf("sign-out: %d to %q", got.status, got.location)
		}
		close(held)
		if err := <-renewed; kindOf(t, err) != problem.SignedOut {
			t.Errorf("the token after the sign-out: %v", err)
		}
		if person, err := s.service.Person(old); person != nil || err != nil {
			t.Errorf("the old cookie: %v, %v", person, err)
		}
	})
}

// TestLateRefresh: an instance whose token call outlives its lease neither undoes what another has done meanwhile, nor
// ends the session.
func TestLateRefresh(t *testing.T) {
	t.Parallel()
	late := map[string]func(http.ResponseWriter){
		"tokens": func(w http.ResponseWriter) {
			writeJSON(w, http.StatusOK, map[string]any{"token_type": "Bearer", "access_token": "late", "expires_in": 3600})
		},
		"invalid_grant": func(w http.ResponseWriter) {
			writeJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		},
	}
	for name, answer := range late {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := open(t, db)
				replica := service(t, db, s.provider, s.clock, s.URL)
				run(t, replica)
				eventually(t, "ready", func() bool { return replica.Ready() == nil })
				b := s.browser(t)
				b.signIn()
				asked, held := make(chan struct{}), make(chan struct{})
				var once sync.Once
				s.provider.script(func() {
					s.provider.instead = func(w http.ResponseWriter, _ url.Values) (taken bool) {
						once.Do(func() { close(asked); <-held; answer(w); taken = true })
						return taken
					}
				})
				ended := make(chan struct{})
				person := b.person(s.service)
				go func() {
					defer close(ended)
					person.Token(context.Background(), graphclient.Write) // what it says is not the matter
				}()
				<-asked
				s.provider.script(func() { s.provider.instead = nil })
				s.clock.Add(50 * time.Second)
				renewed, err := b.person(replica).Token(t.Context(), graphclient.Write)
				if err != nil {
					t.Fatal(err)
				}
				close(held)
				<-ended
				if got, err := b.person(replica).Token(t.Context(), graphclient.Write); err != nil || got != renewed {
					t.Errorf("the session's token is %q, %v; want the one that came in time", got, err)
				}
			})
		})
	}
}
