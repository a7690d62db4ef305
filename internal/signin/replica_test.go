package signin_test

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
	"switchboard/internal/signin"
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
				s.clock.Add(time.Minute)
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

// TestStepUpDuringARefresh: what Graph asks for is kept as soon as a refresh that is under way on another instance is
// over, and loses none of the tokens that it brings.
func TestStepUpDuringARefresh(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			address := databasetest.URL(t, kind)
			s := open(t, databasetest.Open(t, address))
			db := &counted{DB: databasetest.Open(t, address)}
			replica := service(t, db.DB, s.provider, s.clock, s.URL, func(o *signin.Options) { o.DB = db })
			run(t, replica)
			eventually(t, "ready", func() bool { return replica.Ready() == nil })
			b := s.browser(t)
			b.signIn()
			here, there := b.person(s.service), b.person(replica)
			asked, held := make(chan struct{}), make(chan struct{})
			s.provider.script(func() {
				s.provider.instead = func(http.ResponseWriter, url.Values) bool { close(asked); <-held; return false }
			})
			var renewed string
			var refused, unkept error
			var both sync.WaitGroup
			both.Go(func() { renewed, refused = here.Token(context.Background(), graphclient.Write) })
			<-asked
			before := db.writes.Load()
			var over atomic.Bool
			both.Go(func() { unkept = there.StepUp(context.Background(), challenge); over.Store(true) })
			eventually(t, "tried more than once", func() bool { return over.Load() || db.writes.Load() >= before+4 })
			s.provider.script(func() { s.provider.instead = nil })
			close(held)
			both.Wait()
			if refused != nil || unkept != nil {
				t.Fatalf("the refresh: %v; what Graph asks for: %v", refused, unkept)
			}
			if got, err := b.person(replica).Token(t.Context(), graphclient.Write); err != nil || got != renewed {
				t.Errorf("the token is %q, %v; want %q", got, err, renewed)
			}
			if got := s.nextClaims(b); !strings.Contains(got, "acrs") {
				t.Errorf("the next sign-in asks for %s", got)
			}
			if _, err := b.person(replica).Renew(t.Context(), graphclient.Write, renewed, ""); err != nil {
				t.Errorf("the refresh after it: %v", err)
			}
		})
	}
}

// TestStepUpAfterACrash: the lease of an instance that died holds nothing up once it has run out.
func TestStepUpAfterACrash(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		b := s.browser(t)
		b.signIn()
		err := db.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.Exec(`UPDATE sessions SET leased_to = 'somebody dead', lease_ends = $1`, s.clock.Now().Add(45*time.Second).UnixMicro())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		s.clock.Add(46 * time.Second)
		if err := b.person(s.service).StepUp(t.Context(), challenge); err != nil {
			t.Fatal(err)
		}
		if got := s.nextClaims(b); !strings.Contains(got, "acrs") {
			t.Errorf("the next sign-in asks for %s", got)
		}
	})
}

// nextClaims are the claims that the browser's next sign-in asks for.
func (s *site) nextClaims(b *browser) string {
	to, err := url.Parse(b.get("/login").location)
	if err != nil {
		return err.Error()
	}
	return to.Query().Get("claims")
}
