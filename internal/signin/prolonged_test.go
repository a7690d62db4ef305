package signin_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"switchboard/internal/database"
	"switchboard/internal/database/databasetest"
	"switchboard/internal/signin"
)

// TestNobodyProlongsASessionInTheDatabase: who can write to it, and lacks the key, makes no session last longer than it would.
func TestNobodyProlongsASessionInTheDatabase(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := open(t, db)
		later := s.clock.Now().Add(1000 * time.Hour).UnixMicro()
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
			b := s.browser(t)
			b.signIn()
			alter(t, db, "UPDATE sessions SET "+test.set)
			s.clock.Add(time.Duration(test.uses) * 20 * time.Minute) // the cache forgets, too
			s.clock.Add(3 * time.Second)
			if got := b.signedIn(); got != test.signedIn {
				t.Errorf("%s: signed in %v, want %v", test.name, got, test.signedIn)
			}
			alter(t, db, "DELETE FROM sessions")
		}
		b := s.browser(t)
		b.signIn()
		for range 24 {
			alter(t, db, fmt.Sprintf("UPDATE sessions SET ends_at = %d, created_at = %[1]d", later))
			s.clock.Add(20*time.Minute - time.Second)
			if !b.signedIn() {
				t.Fatal("a session that is used has ended")
			}
		}
		s.clock.Add(time.Minute)
		if b.signedIn() {
			t.Error("a session lasts for longer than 8 hours")
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
		s := open(t, db)
		b := s.browser(t)
		b.signIn()
		old := fromBefore(t, db)
		s.clock.Add(3 * time.Second)
		if !b.signedIn() {
			t.Fatal("it has ended")
		}
		var mark string
		if err := db.QueryRow("SELECT seen_mark FROM sessions").Scan(&mark); err != nil || mark == "" {
			t.Errorf("its last use is not sealed: %q, %v", mark, err)
		}
		s.clock.Add(9 * time.Hour)
		alter(t, db, fmt.Sprintf("UPDATE sessions SET sealed = '%s', seen_mark = '', version = 1, seen_at = %d, ends_at = %[2]d", old, s.clock.Now().Add(time.Hour).UnixMicro()))
		if b.signedIn() {
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
	key, err := hkdf.Key(sha256.New, sealKey, nil, "switchboard session", 32)
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
		s := open(t, db, func(o *signin.Options) { o.PerPerson = 2 })
		var all []*browser
		for range 2 {
			b := s.browser(t)
			b.signIn()
			all = append(all, b)
			s.clock.Add(time.Second)
		}
		all[0].signedIn() // so that the second one is unused longest
		third := s.browser(t)
		third.signIn()
		for i, want := range []bool{true, false, true} {
			if got := append(all, third)[i].signedIn(); got != want {
				t.Errorf("session %d is live: %v, want %v", i+1, got, want)
			}
		}
		if told := s.endings(); strings.Count(told, "\n") != 0 || !strings.Contains(told, "a person may have 2 sessions (sessions.per_person)") {
			t.Errorf("told: %q", told)
		}
		third.signIn() // in the same browser: it takes the place of its own
		if told := s.endings(); strings.Count(told, "\n") != 0 || !all[0].signedIn() {
			t.Errorf("after a sign-in in place of one: %q", told)
		}
	})
}
