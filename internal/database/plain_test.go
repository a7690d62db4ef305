package database_test

import (
	"strings"
	"testing"

	"switchboard/internal/database"
)

// TestServersWithoutTLS: those of another machine that may be spoken to in plain text.
func TestServersWithoutTLS(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"postgres://me:s3cret@db.example/x":                                "db.example",
		"postgres://me:s3cret@db.example/x?sslmode=disable":                "db.example",
		"postgres://me:s3cret@db.example/x?sslmode=allow":                  "db.example",
		"postgres://me:s3cret@db.example/x?sslmode=prefer":                 "db.example",
		"postgres://me:s3cret@db.example/x?sslmode=require":                "",
		"postgres://me:s3cret@db.example/x?sslmode=verify-full":            "",
		"postgres://me:s3cret@127.0.0.1,db.example:5433/x?sslmode=disable": "db.example",
		"postgres://me:s3cret@a.example,b.example/x?sslmode=prefer":        "a.example b.example",
		"postgres:///x?host=db.example":                                    "db.example",
		"postgres://me@127.0.0.9/x?sslmode=disable":                        "",
		"postgres://me@[::1]/x?sslmode=disable":                            "",
		"postgres://me@[::ffff:127.0.0.1]/x?sslmode=disable":               "",
		"postgres://me@localhost/x?sslmode=disable":                        "",
		"postgres:///x?host=/var/run/postgresql":                           "",
		"sqlite:switchboard.db":                                            "",
	} {
		if got := strings.Join(database.Plain(url), " "); got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}
