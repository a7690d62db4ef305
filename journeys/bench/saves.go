package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"switchboard/journeys/forms"
	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// savers save at once, each a connector of their own.
const savers = 16

// saves are changes from the form that is sent to the answer that redraws the object, held against two durable appends with a read and
// a PATCH. Both sides ask one Graph.
func saves(ctx context.Context, o options, t *table) error {
	most := max(o.requests, savers)
	listed := simulator.Many(time.Now(), most)
	kept := newKeeper(listed)
	upstream, stop, err := serve(kept)
	if err != nil {
		return err
	}
	defer stop()
	s, err := open(ctx, o, most, crowd(savers), append(o.databaseSetting(), "GRAPH_BASE_URL="+upstream)...)
	if err != nil {
		return err
	}
	defer s.close()
	floor, err := startFloor(ctx, upstream)
	if err != nil {
		return err
	}
	defer floor.stop()
	people, err := signedIn(ctx, s, savers)
	if err != nil {
		return err
	}
	ours := &saving{people: people, listed: listed}
	all, err := rounds(ctx, o.rounds, most, savers, ours.target(s), ours.floor(floor))
	if err != nil {
		return err
	}
	if sent, saved := kept.changed(), 2*ours.sent; sent != saved { // the floor's are as many
		return fmt.Errorf("%d saves made %d changes", saved, sent)
	}
	t.ratio("save, CPU over its floor (GET, append + fdatasync, PATCH, append + fdatasync)", 4, over(all, 0, 1, spent))
	t.least("save, rate over its floor’s", 0.4, over(all, 0, 1, func(u used) float64 { return u.rate }))
	if o.database == "" {
		return commits(ctx, t, s, people[0])
	}
	return nil
}

// saving are saves of connectors that all have a form open before any is sent.
type saving struct {
	people []*browser
	listed []graph.Connector
	ready  []url.Values // by the number of the request
	round  int
	sent   int
	size   int // of an answer
}

func (v *saving) target(s *site) target {
	return target{name: "save", process: s.process, prepare: v.open, ask: v.save}
}

// open opens the forms of a round, one of each connector. Nothing else is measured meanwhile.
func (v *saving) open(ctx context.Context, requests int) error {
	v.round++
	v.sent += requests
	v.ready = make([]url.Values, requests)
	for number := range v.ready {
		path := "/connectors/" + v.listed[number].ID
		opened, err := v.people[number%savers].get(ctx, path+"/edit")
		if err != nil {
			return err
		}
		form, there := forms.Of(opened.body, path)
		if !there {
			return fmt.Errorf("%s/edit has no form", path)
		}
		form.Set("version", v.version(number))
		v.ready[number] = form
	}
	return nil
}

func (v *saving) version(number int) string { return fmt.Sprintf("v%d.%d", v.round, number) }

// save sends a form as htmx does, and looks at the fragment that comes: the object with what was typed, and that it was applied.
func (v *saving) save(ctx context.Context, worker, number int) error {
	answer, err := v.people[worker].sendAs(ctx, http.MethodPost, "/connectors/"+v.listed[number].ID, v.ready[number], http.Header{"HX-Request": {"true"}})
	if err != nil {
		return err
	}
	if answer.status != http.StatusOK || !strings.Contains(answer.body, `data-outcome="applied"`) || !strings.Contains(answer.body, v.version(number)) {
		return fmt.Errorf("a save is answered %d: %.200s", answer.status, answer.body)
	}
	if number == 0 {
		v.size = len(answer.body)
	}
	return nil
}

// floor is the same with nothing of ours: its answer is as long as that to the last save.
func (v *saving) floor(p *process) target {
	anybody := make([]*browser, savers)
	for i := range anybody {
		anybody[i] = newBrowser(p.url)
	}
	return target{name: "save's floor", process: p, ask: func(ctx context.Context, worker, number int) error {
		form := url.Values{"connector": {v.listed[number].ID}, "version": {v.version(number)}, "bytes": {strconv.Itoa(v.size)}}
		answer, err := anybody[worker].send(ctx, http.MethodPost, "/save", form)
		if err == nil && (answer.status != http.StatusOK || len(answer.body) != v.size) {
			err = fmt.Errorf("the floor of a save answers %d", answer.status)
		}
		return err
	}}
}

// commits counts what SQLite made durable for some saves: frames of its log that end a transaction. A save during which SQLite begins
// its log anew, which it does at 1,000 pages, does not count.
func commits(ctx context.Context, t *table, s *site, who *browser) error {
	const saves = 10
	id := s.tenant.Graph.Connectors()[0].ID
	all, counted := 0, 0
	for number := 0; counted < saves; number++ {
		before, err := committed(s)
		if err != nil {
			return err
		}
		answer, err := who.save(ctx, id, fmt.Sprint("c", number))
		if err != nil || answer.status != http.StatusSeeOther {
			return errors.Join(err, fmt.Errorf("a save is answered %d", answer.status))
		}
		time.Sleep(100 * time.Millisecond) // what may come after the answer counts, too
		after, err := committed(s)
		if err != nil {
			return err
		}
		if after >= before {
			all, counted = all+after-before, counted+1
		}
	}
	t.number("save, durable commits in all, SQLite", "", 2, float64(all)/saves)
	return nil
}

// committed is how many transactions stand in SQLite's log. https://sqlite.org/fileformat2.html#walformat
func committed(s *site) (count int, err error) {
	log, err := os.ReadFile(filepath.Join(s.folder, "bench.db-wal"))
	if err != nil || len(log) < 32 {
		return 0, errors.Join(err, errors.New("SQLite's log is empty"))
	}
	const header, frame = 32, 24
	size := int(binary.BigEndian.Uint32(log[8:]))
	for at := header; at+frame <= len(log); at += frame + size {
		if string(log[at+8:at+16]) == string(log[16:24]) && binary.BigEndian.Uint32(log[at+4:]) != 0 {
			count++
		}
	}
	return count, nil
}
