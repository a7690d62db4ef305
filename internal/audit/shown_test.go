package audit_test

import (
	"bytes"
	"context"
	"testing"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
	"switchboard/internal/database/databasetest"
)

// looks are what shows lines.
var looks = map[string]func(*audit.Log, context.Context, audit.Filter) error{
	"a page": func(log *audit.Log, ctx context.Context, f audit.Filter) error {
		_, err := log.Query(ctx, f, 0, 50)
		return err
	},
	"NDJSON": func(log *audit.Log, ctx context.Context, f audit.Filter) error {
		return log.WriteNDJSON(ctx, new(bytes.Buffer), auditor(), f)
	},
	"CSV": func(log *audit.Log, ctx context.Context, f audit.Filter) error {
		return log.WriteCSV(ctx, new(bytes.Buffer), auditor(), f)
	},
}

// TestAForgedColumnIsNoticed by what it has a page or an export show, whichever way the line is read: alone, or joined to others.
func TestAForgedColumnIsNoticed(t *testing.T) {
	t.Parallel()
	forged := map[string]audit.Filter{
		"connector = 'c2'":                    {Connector: "c2"},
		"connector = 'c\n2'":                  {Connectors: []string{"c\n2", "c3"}},
		"outcome = 'rejected'":                {Outcome: audit.Rejected},
		"action = 'denied'":                   {Kind: audit.People},
		"oid = 'ff\x1fff'":                    {Person: "ff\x1fff"},
		"recorded_at = recorded_at - 1000000": {To: noon},
		"settled = 2":                         {},
	}
	for _, kind := range databasetest.Kinds() {
		guard := guards(t, kind)
		for set, filter := range forged {
			t.Run(kind+"/"+set, func(t *testing.T) {
				t.Parallel()
				for look, at := range looks {
					g := guard(t)
					g.forge("UPDATE audit_entries SET " + set + " WHERE seq = 6")
					if err := at(g.log, t.Context(), filter); err != nil {
						t.Errorf("%s: %v", look, err)
					}
					g.names(look, g.log, 6)
				}
			})
		}
	}
}

// TestAForgedStoredValueIsNoticed: whether it was known is a column beside the line, in which null stands for both.
func TestAForgedStoredValueIsNoticed(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		guard := guards(t, kind)
		for look, at := range looks {
			t.Run(kind+"/"+look, func(t *testing.T) {
				t.Parallel()
				g := guard(t)
				line, stored := edit(audit.Applied), connector.Of("15.2")
				line.Fields[0].Stored = &stored
				seq := noted(t, g.log, line).Seq
				if err := at(g.log, t.Context(), audit.Filter{}); err != nil || g.log.Standing().Broken {
					t.Fatalf("before: %v, %+v", err, g.log.Standing())
				}
				g.forge("UPDATE audit_entries SET settled = 0 WHERE seq = 11")
				if err := at(g.log, t.Context(), audit.Filter{}); err != nil {
					t.Fatal(err)
				}
				g.names(look, g.log, seq)
			})
		}
	}
}

// TestAHistoryNoticesWhoseLinesItTells, which another connector's column has brought there.
func TestAHistoryNoticesWhoseLinesItTells(t *testing.T) {
	t.Parallel()
	for _, kind := range databasetest.Kinds() {
		g := guards(t, kind)(t)
		g.forge("UPDATE audit_entries SET connector = 'c2' WHERE seq = 6")
		if told, err := g.log.History(t.Context(), "c2", 10); err != nil || len(told) != 1 {
			t.Fatalf("%d lines, %v", len(told), err)
		}
		g.names("a history on "+kind, g.log, 6)
	}
}
