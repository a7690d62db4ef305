package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// settled waits until nothing is in doubt any more, proves the record, and returns what is missing or wrong in it.
func (w *world) settled(ctx context.Context) (broken []string, err error) {
	var r record
	for end := time.Now().Add(3*settle + time.Minute); ; {
		if r, err = w.record(ctx); err != nil {
			return nil, err
		}
		if len(r.open()) == 0 || time.Now().After(end) {
			break
		}
		if _, err := w.people[0].send(ctx, http.MethodGet, "/changes", nil); err != nil {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(2 * time.Second):
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Printf("%d changes were sent, %d intents are in the record, %d still in doubt\n", len(w.sent), len(r.intents), len(r.open()))
	for id := range w.sent {
		if r.intents[id] != 1 {
			broken = append(broken, fmt.Sprintf("change %s was sent and has %d intents in the record", id, r.intents[id]))
		}
	}
	if open := r.open(); len(open) > 0 {
		broken = append(broken, fmt.Sprintf("%d changes are still without an outcome", len(open)))
	}
	if output, err := exec.Command(w.program.command.Path, "verify", "-key", w.verifier, r.file).CombinedOutput(); err != nil {
		broken = append(broken, "the record does not verify: "+string(output))
	}
	return broken, nil
}

// record is an export, counted.
type record struct {
	file          string
	intents, ends map[string]int
}

// open are the changes without an outcome.
func (r record) open() (ids []string) {
	for id := range r.intents {
		if r.ends[id] == 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

func (w *world) record(ctx context.Context) (record, error) {
	r := record{file: filepath.Join(w.folder, "audit.ndjson"), intents: map[string]int{}, ends: map[string]int{}}
	exported, err := w.auditor.send(ctx, http.MethodGet, "/audit.ndjson", nil)
	if err == nil && exported.status != http.StatusOK {
		err = fmt.Errorf("the export is answered %d", exported.status)
	}
	if err != nil {
		return r, err
	}
	for line := range strings.Lines(exported.body) {
		var entry struct{ ID, Outcome string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			return r, errors.New("the export holds a line that is no JSON")
		}
		switch entry.Outcome {
		case "", "in_doubt":
		case "pending":
			r.intents[entry.ID]++
		default:
			r.ends[entry.ID]++
		}
	}
	return r, os.WriteFile(r.file, []byte(exported.body), 0o600)
}
