package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"switchboard/internal/config"
	"switchboard/internal/database/databasetest"
)

// TestCheckChangesNothing asks before anything was ever served: no file, no table and no key of the demo comes to be.
func TestCheckChangesNothing(t *testing.T) {
	for kind, want := range map[string]string{
		databasetest.SQLiteKind:   "database       ok: there is no file yet; serving makes it",
		databasetest.PostgresKind: "migrations pending, which serving applies",
	} {
		t.Run(kind, func(t *testing.T) {
			url, folder := databasetest.Empty(t, kind), t.TempDir()
			t.Chdir(folder) // where a demo on PostgreSQL keeps its keys
			if kind == databasetest.SQLiteKind {
				url = "sqlite:switchboard.db"
			}
			environ := []string{"SWITCHBOARD_DATABASE_URL=" + url}
			var said strings.Builder
			if code := run([]string{"check"}, environ, &said, &said); code != clean || !strings.Contains(said.String(), want) {
				t.Errorf("exit code %d, want %q in:\n%s", code, want, said.String())
			}
			run([]string{"healthcheck"}, append(environ, "SWITCHBOARD_LISTEN=127.0.0.1:1"), io.Discard, io.Discard)
			if files, err := os.ReadDir(folder); err != nil || len(files) != 0 {
				t.Errorf("left behind: %v, %v", files, err)
			}
			if kind == databasetest.PostgresKind { // and the tables are still to be made
				said.Reset()
				run([]string{"check"}, environ, &said, &said)
				if !strings.Contains(said.String(), want) {
					t.Errorf("the second time:\n%s", said.String())
				}
			}
		})
	}
}

func TestCheckTellsHowFarTheTablesAre(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url := databasetest.URL(t, kind)
			db := databasetest.Open(t, url)
			for _, step := range []struct{ statement, says string }{
				{"SELECT 1", "database       ok: its tables are up to date\n"},
				{"INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)", "database       ok: newer than this version by 1 migration;"},
				{"DELETE FROM goose_db_version WHERE version_id = 11", "database       ok: 1 migration pending, which serving applies\n"},
			} {
				if _, err := db.ExecContext(context.Background(), step.statement); err != nil {
					t.Fatal(err)
				}
				var said strings.Builder
				code := run([]string{"check"}, []string{"SWITCHBOARD_DATABASE_URL=" + url}, &said, &said)
				if code != clean || !strings.Contains(said.String(), step.says) {
					t.Errorf("exit code %d, want %q in:\n%s", code, step.says, said.String())
				}
			}
		})
	}
}

func TestCheckSaysThatTheFolderIsMissing(t *testing.T) {
	t.Parallel()
	var said strings.Builder
	code := run([]string{"check"}, []string{"SWITCHBOARD_DATABASE_URL=sqlite:/no/such/folder/x.db"}, &said, &said)
	if code != failed || !strings.Contains(said.String(), "database       FAILED: the folder /no/such/folder of the database file must exist") {
		t.Errorf("exit code %d:\n%s", code, said.String())
	}
}

// TestCheckTellsAProxyFromGraph: a proxy that wants a sign-in answers 401, too.
func TestCheckTellsAProxyFromGraph(t *testing.T) {
	t.Parallel()
	for body, graphs := range map[string]bool{
		`{"error":{"code":"InvalidAuthenticationToken","message":"Access token is empty."}}`:            true,
		"\ufeff" + `{"error":{"code":"InvalidAuthenticationToken","message":"Access token is empty."}}`: true,
		`<h1>Sign in to the proxy</h1>`: false,
		`{"error":"unauthorized"}`:      false,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, body)
		}))
		defer server.Close()
		base, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		var settings config.Config
		settings.Graph.BaseURL = base
		if err := checkGraph(settings); (err == nil) != graphs {
			t.Errorf("%s: %v", body, err)
		}
	}
}
