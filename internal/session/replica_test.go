package session_test

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/problem"
	"switchboard/internal/session"
	"switchboard/internal/signin/signintest"
)

// TestRefreshRace: at expiry ten requests of each of ten sessions reach each of two replicas at once, and the provider
// detects the reuse of a refresh token. One token call a session; nobody is signed out.
func TestRefreshRace(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			const people = 10
			address := databasetest.URL(t, kind)
			idle := func(o *signintest.Options) { o.Sessions.Idle = 8 * time.Hour }
			s := signintest.Open(t, databasetest.Open(t, address), idle)
			replica := signintest.NewInstance(t, databasetest.Open(t, address), s.Provider, s.Clock, s.URL, idle)
			signintest.Run(t, replica)
			signintest.Eventually(t, "ready", func() bool { return replica.SignIn.Ready() == nil })
			var all sync.WaitGroup
			var mu sync.Mutex
			seen := map[int][]string{}
			var persons [people][2]*session.Person
			for i := range people {
				b := s.Browser(t)
				b.SignIn()
				persons[i] = [2]*session.Person{b.Person(s.Service), b.Person(replica)}
			}
			s.Clock.Add(2 * time.Hour)
			for i, both := range persons {
				for _, person := range slices.Repeat(both[:], 10) {
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
			if got := len(s.Provider.Calls("refresh_token")); got != people {
				t.Errorf("%d token calls for %d sessions", got, people)
			}
		})
	}
}

// TestSignOutDuringARefresh: the refresh does not bring the session back.
func TestSignOutDuringARefresh(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db)
		b := s.Browser(t)
		b.SignIn()
		old := b.Request()
		person := b.Person(s.Service)
		asked, held := make(chan struct{}), make(chan struct{})
		s.Provider.Script(func() {
			s.Provider.Instead = func(http.ResponseWriter, url.Values) bool { close(asked); <-held; return false }
		})
		renewed := make(chan error)
		go func() {
			_, err := person.Token(context.Background(), graphclient.Write)
			renewed <- err
		}()
		<-asked
		if got := b.Send(http.MethodPost, "/logout", nil); !strings.HasPrefix(got.Location, s.Provider.Issuer()+"/logout?") {
			t.Errorf("sign-out: %d to %q", got.Status, got.Location)
		}
		close(held)
		if err := <-renewed; signintest.KindOf(t, err) != problem.SignedOut {
			t.Errorf("the token after the sign-out: %v", err)
		}
		if person, err := s.Service.Sessions.Person(old); person != nil || err != nil {
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
			signintest.WriteJSON(w, http.StatusOK, map[string]any{"token_type": "Bearer", "access_token": "late", "expires_in": 3600})
		},
		"invalid_grant": func(w http.ResponseWriter) {
			signintest.WriteJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		},
	}
	for name, answer := range late {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				s := signintest.Open(t, db)
				replica := signintest.NewInstance(t, db, s.Provider, s.Clock, s.URL)
				signintest.Run(t, replica)
				signintest.Eventually(t, "ready", func() bool { return replica.SignIn.Ready() == nil })
				b := s.Browser(t)
				b.SignIn()
				asked, held := make(chan struct{}), make(chan struct{})
				var once sync.Once
				s.Provider.Script(func() {
					s.Provider.Instead = func(w http.ResponseWriter, _ url.Values) (taken bool) {
						once.Do(func() { close(asked); <-held; answer(w); taken = true })
						return taken
					}
				})
				ended := make(chan struct{})
				person := b.Person(s.Service)
				go func() {
					defer close(ended)
					person.Token(context.Background(), graphclient.Write) // what it says is not the matter
				}()
				<-asked
				s.Provider.Script(func() { s.Provider.Instead = nil })
				s.Clock.Add(time.Minute)
				renewed, err := b.Person(replica).Token(t.Context(), graphclient.Write)
				if err != nil {
					t.Fatal(err)
				}
				close(held)
				<-ended
				if got, err := b.Person(replica).Token(t.Context(), graphclient.Write); err != nil || got != renewed {
					t.Errorf("the session's token is %q, %v; want the one that came in time", got, err)
				}
			})
		})
	}
}

// TestStepUpDuringARefresh: what Graph asks for is kept as soon as a refresh that is under way on another instance is
// over, and loses none of the tokens that it brings.
func TestStepUpDuringARefresh(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := databasetest.URL(t, kind)
			s := signintest.Open(t, databasetest.Open(t, address))
			db := &signintest.Counted{DB: databasetest.Open(t, address)}
			replica := signintest.NewInstance(t, db.DB, s.Provider, s.Clock, s.URL, func(o *signintest.Options) { o.DB = db })
			signintest.Run(t, replica)
			signintest.Eventually(t, "ready", func() bool { return replica.SignIn.Ready() == nil })
			b := s.Browser(t)
			b.SignIn()
			here, there := b.Person(s.Service), b.Person(replica)
			asked, held := make(chan struct{}), make(chan struct{})
			s.Provider.Script(func() {
				s.Provider.Instead = func(http.ResponseWriter, url.Values) bool { close(asked); <-held; return false }
			})
			var renewed string
			var refused, unkept error
			var both sync.WaitGroup
			both.Go(func() { renewed, refused = here.Token(context.Background(), graphclient.Write) })
			<-asked
			before := db.Writes.Load()
			var over atomic.Bool
			both.Go(func() { unkept = there.StepUp(context.Background(), signintest.Challenge); over.Store(true) })
			signintest.Eventually(t, "tried more than once", func() bool { return over.Load() || db.Writes.Load() >= before+4 })
			s.Provider.Script(func() { s.Provider.Instead = nil })
			close(held)
			both.Wait()
			if refused != nil || unkept != nil {
				t.Fatalf("the refresh: %v; what Graph asks for: %v", refused, unkept)
			}
			if got, err := b.Person(replica).Token(t.Context(), graphclient.Write); err != nil || got != renewed {
				t.Errorf("the token is %q, %v; want %q", got, err, renewed)
			}
			if got := nextClaims(s, b); !strings.Contains(got, "acrs") {
				t.Errorf("the next sign-in asks for %s", got)
			}
			if _, err := b.Person(replica).Renew(t.Context(), graphclient.Write, renewed, ""); err != nil {
				t.Errorf("the refresh after it: %v", err)
			}
		})
	}
}

// TestStepUpAfterACrash: the lease of an instance that died holds nothing up once it has run out.
func TestStepUpAfterACrash(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db)
		b := s.Browser(t)
		b.SignIn()
		err := db.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.Exec(`UPDATE sessions SET leased_to = 'somebody dead', lease_ends = $1`, s.Clock.Now().Add(45*time.Second).UnixMicro())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		s.Clock.Add(46 * time.Second)
		if err := b.Person(s.Service).StepUp(t.Context(), signintest.Challenge); err != nil {
			t.Fatal(err)
		}
		if got := nextClaims(s, b); !strings.Contains(got, "acrs") {
			t.Errorf("the next sign-in asks for %s", got)
		}
	})
}

// nextClaims are the claims that the browser's next sign-in asks for.
func nextClaims(s *signintest.Site, b *signintest.Browser) string {
	to, err := url.Parse(b.Get("/login").Location)
	if err != nil {
		return err.Error()
	}
	return to.Query().Get("claims")
}
