package session_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin/signintest"
)

// TestNobodyProlongsASessionInTheDatabase: who can write to it, and lacks the key, makes no session last longer than it would.
func TestNobodyProlongsASessionInTheDatabase(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db)
		later := s.Clock.Now().Add(1000 * time.Hour).UnixMicro()
		for _, test := range []struct {
			name, set string
			uses      int // every 20 minutes, before the limit is looked at
			signedIn  bool
		}{
			{"nothing", "seen_at = seen_at", 0, true},
			{"the last use, after it was idle", fmt.Sprintf("seen_at = %d", later), 2, false},
			{"the last use and its seal", fmt.Sprintf("seen_at = %d, seen_mark = ''", later), 0, false},
			{"another's seal", fmt.Sprintf("seen_at = %d, seen_mark = sealed", later), 0, false},
		} {
			b := s.Browser(t)
			b.SignIn()
			alter(t, db, "UPDATE sessions SET "+test.set)
			s.Clock.Add(time.Duration(test.uses) * 20 * time.Minute) // the cache forgets, too
			s.Clock.Add(3 * time.Second)
			if got := b.SignedIn(); got != test.signedIn {
				t.Errorf("%s: signed in %v, want %v", test.name, got, test.signedIn)
			}
			alter(t, db, "DELETE FROM sessions")
		}
		b := s.Browser(t)
		b.SignIn()
		for range 24 {
			alter(t, db, fmt.Sprintf("UPDATE sessions SET ends_at = %d, created_at = %[1]d", later))
			s.Clock.Add(20*time.Minute - time.Second)
			if !b.SignedIn() {
				t.Fatal("a session that is used has ended")
			}
		}
		s.Clock.Add(time.Minute)
		if b.SignedIn() {
			t.Error("a session lasts for longer than 8 hours")
		}
	})
}

// TestNobodyHidesASessionInTheDatabase: one that is kept as another person's, or as another sign-in's at the provider, would be in no list of its
// own person's, and no logout of the provider's would end it. It is good for nothing.
func TestNobodyHidesASessionInTheDatabase(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db)
		for _, set := range []string{"person = 'nobody'", "sid = 'another'"} {
			b := s.Browser(t)
			b.SignIn()
			alter(t, db, "UPDATE sessions SET "+set)
			s.Clock.Add(3 * time.Second) // the cache forgets
			if b.SignedIn() {
				t.Errorf("%s: still signed in", set)
			}
			alter(t, db, "DELETE FROM sessions")
		}
	})
}

func alter(t *testing.T, db *database.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// TestSessionsFromBeforeGoOn: one that was kept before its times were sealed is good, has them sealed at its next use, and its
// columns prolong it no further than its last refresh allows.
func TestSessionsFromBeforeGoOn(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db)
		b := s.Browser(t)
		b.SignIn()
		old := fromBefore(t, db)
		s.Clock.Add(3 * time.Second)
		if !b.SignedIn() {
			t.Fatal("it has ended")
		}
		var mark string
		if err := db.QueryRow("SELECT seen_mark FROM sessions").Scan(&mark); err != nil || mark == "" {
			t.Errorf("its last use is not sealed: %q, %v", mark, err)
		}
		s.Clock.Add(9 * time.Hour)
		alter(t, db, fmt.Sprintf("UPDATE sessions SET sealed = '%s', seen_mark = '', version = 1, seen_at = %d, ends_at = %[2]d", old, s.Clock.Now().Add(time.Hour).UnixMicro()))
		if b.SignedIn() {
			t.Error("its old row, put back, makes it last for longer than 8 hours")
		}
	})
}

// fromBefore makes the only session as the release before kept it, and returns what it has sealed.
func fromBefore(t *testing.T, db *database.DB) string {
	t.Helper()
	var id, sealed string
	if err := db.QueryRow("SELECT id, sealed FROM sessions").Scan(&id, &sealed); err != nil {
		t.Fatal(err)
	}
	key, err := hkdf.Key(sha256.New, signintest.SealKey, nil, "switchboard session", 32)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	name, text, _ := strings.Cut(sealed, ".")
	raw, _ := base64.RawURLEncoding.DecodeString(text)
	plain, err := aead.Open(nil, nil, raw, []byte(id))
	if err != nil {
		t.Fatal(err)
	}
	var record map[string]any
	if err := json.Unmarshal(plain, &record); err != nil {
		t.Fatal(err)
	}
	for _, member := range []string{"Began", "Ends", "Device", "Address"} {
		delete(record, member)
	}
	plain, _ = json.Marshal(record)
	old := name + "." + base64.RawURLEncoding.EncodeToString(aead.Seal(nil, nil, plain, []byte(id)))
	alter(t, db, "UPDATE sessions SET sealed = '"+old+"', seen_mark = ''")
	return old
}

// TestSessionsPerPerson: one more than a person may have ends the one unused longest, which is told; nobody else's.
func TestSessionsPerPerson(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := signintest.Open(t, db, func(o *signintest.Options) { o.Sessions.PerPerson = 2 })
		var all []*signintest.Browser
		for range 2 {
			b := s.Browser(t)
			b.SignIn()
			all = append(all, b)
			s.Clock.Add(time.Second)
		}
		all[0].SignedIn() // so that the second one is unused longest
		third := s.Browser(t)
		third.SignIn()
		for i, want := range []bool{true, false, true} {
			if got := append(all, third)[i].SignedIn(); got != want {
				t.Errorf("session %d is live: %v, want %v", i+1, got, want)
			}
		}
		if told := s.Endings(); strings.Count(told, "\n") != 0 || !strings.Contains(told, "a person may have 2 sessions (sessions.per_person)") {
			t.Errorf("told: %q", told)
		}
		third.SignIn() // in the same browser: it takes the place of its own
		if told := s.Endings(); strings.Count(told, "\n") != 0 || !all[0].SignedIn() {
			t.Errorf("after a sign-in in place of one: %q", told)
		}
	})
}

// together has so many who list sessions wait for each other: before they read, and again before the first of them writes.
type together struct {
	*database.DB
	visitors        int64
	listing, ending sync.WaitGroup
	listed, writes  atomic.Int64
}

func (d *together) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	d.listing.Done()
	d.listing.Wait()
	d.listed.Add(1)
	return d.DB.QueryContext(ctx, query, args...)
}

func (d *together) Write(ctx context.Context, f func(*sql.Tx) error) error {
	if d.listed.Load() > 0 && d.writes.Add(1) <= d.visitors {
		d.ending.Done()
		d.ending.Wait()
	}
	return d.DB.Write(ctx, f)
}

// TestSessionsPerPersonAtOnce: of sign-ins that finish at once, as many sessions are left as a person may have.
func TestSessionsPerPersonAtOnce(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		const visitors, may = 4, 2
		slow := &together{DB: db, visitors: visitors}
		slow.listing.Add(visitors)
		slow.ending.Add(visitors)
		s := signintest.Open(t, db, func(o *signintest.Options) { o.DB, o.Sessions.PerPerson = slow, may })
		var all []*signintest.Browser
		var callbacks []string
		for range visitors {
			b := s.Browser(t)
			all, callbacks = append(all, b), append(callbacks, b.ToCallback(nil))
		}
		var signIns sync.WaitGroup
		for i, b := range all {
			signIns.Go(func() { b.Get(callbacks[i]) })
		}
		signIns.Wait()
		live := 0
		for _, b := range all {
			if b.SignedIn() {
				live++
			}
		}
		if told := len(s.Told); live != may || told != visitors-may {
			t.Errorf("%d sessions are live and %d were told of, want %d and %d", live, told, may, visitors-may)
		}
	})
}
