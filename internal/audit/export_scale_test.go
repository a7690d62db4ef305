package audit

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"switchboard/internal/access"
	"switchboard/internal/database/databasetest"
)

// BenchmarkExport is what a row costs: go test ./internal/audit -run ^$ -bench Export -lines 100000
func BenchmarkExport(b *testing.B) {
	for _, kind := range databasetest.Kinds() {
		b.Run(kind, func(b *testing.B) {
			db := databasetest.Open(b, databasetest.URL(b, kind))
			signer, _, err := note.GenerateKey(rand.Reader, "test")
			if err != nil {
				b.Fatal(err)
			}
			log, err := New(Options{Database: db, SignerKey: signer})
			if err != nil {
				b.Fatal(err)
			}
			fill(b, db, *benchLines)
			by := Exporter{Actor: access.Actor{Roles: []access.Role{access.Auditor}}}
			for name, export := range map[string]func(context.Context, io.Writer, Exporter, Filter) error{"NDJSON": log.WriteNDJSON, "CSV": log.WriteCSV} {
				for what, filter := range map[string]Filter{"all": {}, "edits": {Action: Edit}} {
					b.Run(name+" of "+what, func(b *testing.B) {
						lines := &lineCount{}
						for b.Loop() {
							if err := export(context.Background(), lines, by, filter); err != nil {
								b.Fatal(err)
							}
						}
						b.ReportMetric(float64(lines.count)/b.Elapsed().Seconds(), "lines/s")
					})
				}
			}
			if standing := log.Standing(); standing.Broken {
				b.Fatal(standing.Why)
			}
		})
	}
}

// lineCount counts the lines that are written to it.
type lineCount struct{ count int }

func (l *lineCount) Write(p []byte) (int, error) {
	l.count += bytes.Count(p, []byte("\n"))
	return len(p), nil
}
