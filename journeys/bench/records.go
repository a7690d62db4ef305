package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/simulator"
)

const (
	// shortRecord is how many lines a record has that a long one is held against, shortHistory how many lines of one connector.
	shortRecord  = 10_000
	shortHistory = 10
	longHistory  = 10_000
	// mostExported bounds the lines that are exported and proved: the export is held in memory here.
	mostExported = 1_000_000
)

// long is what a long audit log costs.
func long(ctx context.Context, o options, t *table) error {
	short, err := openFilled(ctx, o, shortRecord, shortHistory)
	if err != nil {
		return err
	}
	defer short.close()
	long, err := openFilled(ctx, o, o.lines, longHistory)
	if err != nil {
		return err
	}
	defer long.close()
	shorts, err := signedIn(ctx, short, workers)
	if err != nil {
		return err
	}
	longs, err := signedIn(ctx, long, workers)
	if err != nil {
		return err
	}
	path := "/connectors/" + theConnector
	all, err := rounds(ctx, o.rounds, o.requests, workers, gets("long history", long.process, path, longs), gets("short history", short.process, path, shorts))
	if err != nil {
		return err
	}
	t.ratio(fmt.Sprintf("connector page, %d lines of history over %d, CPU", longHistory, shortHistory), 1.2, over(all, 0, 1, spent))
	all, err = rounds(ctx, o.rounds, o.requests, workers, gets("long record", long.process, "/audit", longs), gets("short record", short.process, "/audit", shorts))
	if err != nil {
		return err
	}
	t.ratio(fmt.Sprintf("`/audit`, %d lines over %d, CPU", o.lines+longHistory, shortRecord), 1.3, over(all, 0, 1, spent))
	if o.lines > mostExported {
		return nil
	}
	return files(ctx, o, t, long, longs[0])
}

// files are the exports and the proof of one.
func files(ctx context.Context, o options, t *table, s *site, who *browser) error {
	who.client.Timeout = 10 * time.Minute
	var whole string
	for _, one := range []struct {
		name, path string
		least      float64
	}{{"NDJSON", "/audit.ndjson", 300_000}, {"CSV", "/audit.csv", 150_000}} {
		var rates []float64
		for range o.rounds {
			before, err := s.spent()
			if err != nil {
				return err
			}
			got, err := who.send(ctx, http.MethodGet, one.path, nil)
			if err != nil || got.status != http.StatusOK {
				return errors.Join(err, fmt.Errorf("%s is answered %d", one.path, got.status))
			}
			after, err := s.spent()
			if err != nil {
				return err
			}
			rates = append(rates, float64(strings.Count(got.body, "\n"))/max(0.01, (after-before).Seconds()))
			if one.name == "NDJSON" {
				whole = got.body
			}
		}
		t.least("export as "+one.name+", rows a second of CPU", one.least, rates)
	}
	return verified(ctx, o, t, s, whole)
}

// verified is how fast an export is proved.
func verified(ctx context.Context, o options, t *table, s *site, record string) error {
	file := filepath.Join(s.folder, "record.ndjson")
	if err := os.WriteFile(file, []byte(record), 0o600); err != nil {
		return err
	}
	var rates []float64
	for range o.rounds {
		command := exec.CommandContext(ctx, mustAbs(o.binary), "verify", "-key", s.key, file)
		if out, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %.200s", err, out)
		}
		spent := command.ProcessState.UserTime() + command.ProcessState.SystemTime()
		rates = append(rates, float64(strings.Count(record, "\n"))/max(0.01, spent.Seconds()))
	}
	t.least("verify, rows a second of CPU", 1_500_000, rates)
	return nil
}

// openFilled is a site whose audit log has that many lines of all connectors, and that many of one.
func openFilled(ctx context.Context, o options, lines, history int) (*site, error) {
	s, err := open(ctx, o, 43, crowd(workers))
	if err != nil {
		return nil, err
	}
	s.stop()
	if err := fill(ctx, s.folder, lines, history); err != nil {
		return nil, errors.Join(err, s.tenant.Close())
	}
	again := exec.Command(s.command.Path)
	again.Dir, again.Env = s.folder, s.command.Env
	metrics := s.metrics
	if s.process, err = start(ctx, again, s.url, "/readyz"); err != nil {
		return nil, errors.Join(err, s.tenant.Close())
	}
	s.metrics = metrics
	return s, nil
}

// linesAtOnce are appended in one transaction.
const linesAtOnce = 1_000

// fill adds lines as the program adds them.
func fill(ctx context.Context, folder string, lines, history int) error {
	db, err := database.Open(ctx, "sqlite:"+filepath.Join(folder, "bench.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	key, err := os.ReadFile(filepath.Join(folder, "audit.key"))
	if err != nil {
		return err
	}
	log, err := audit.New(audit.Options{
		Database: db, SignerKey: strings.TrimSpace(string(key)), CheckpointFile: filepath.Join(folder, "audit.key.checkpoint"),
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	for at := 0; at < lines+history; at += linesAtOnce {
		err := db.Write(ctx, func(tx *sql.Tx) error {
			for number := at; number < min(at+linesAtOnce, lines+history); number++ {
				if _, err := log.Append(ctx, tx, lineAt(number, number >= lines)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lineAt is a change made elsewhere, of one connector or of any.
func lineAt(number int, one bool) audit.Entry {
	id := simulator.ID("hosted-na")
	if one {
		id = theConnector
	}
	stored := connector.Of(fmt.Sprint("v", number+1))
	return audit.Entry{
		ID: uuid.NewString(), Action: audit.SignIn, Connector: id, Actor: access.Actor{TID: "t", OID: "o", Name: "Somebody"},
		Fields: []connector.FieldChange{{Name: connector.Version, Before: connector.Of(fmt.Sprint("v", number)), Requested: stored, Stored: &stored}},
	}
}
