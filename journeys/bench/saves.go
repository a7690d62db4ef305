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

	"switchboard/journeys/forms"
)

// saves are changes from the form to the answer, held against two durable appends with a read and a PATCH.
func saves(ctx context.Context, o options, t *table) error {
	s, err := open(ctx, o, 43, crowd(workers), o.databaseSetting()...)
	if err != nil {
		return err
	}
	defer s.close()
	floor, stop, err := floorOnStub(ctx)
	if err != nil {
		return err
	}
	defer stop()
	people, err := signedIn(ctx, s, workers)
	if err != nil {
		return err
	}
	ready, err := preparedSaves(ctx, s, people)
	if err != nil {
		return err
	}
	anybody := browsersOf(floor)
	floored := target{"save's floor", floor, func(ctx context.Context, worker, _ int) error {
		_, err := anybody[worker].send(ctx, http.MethodPost, "/save", url.Values{})
		return err
	}}
	all, err := rounds(ctx, o.rounds, max(workers, o.requests/4), workers, ready, floored)
	if err != nil {
		return err
	}
	t.ratio("save, CPU over its floor (GET, append + fdatasync, PATCH, append + fdatasync)", 4, over(all, 0, 1, spent))
	t.least("save, rate over its floor’s", 0.4, over(all, 1, 0, func(u used) float64 { return u.middle }))
	if o.database == "" {
		return commits(ctx, t, s, people[0])
	}
	return nil
}

// preparedSaves are saves by several people of a connector each. A form is opened once: what is sent again is the form with another
// one-time id, as its page gave it.
func preparedSaves(ctx context.Context, s *site, people []*browser) (target, error) {
	listed := s.tenant.Graph.Connectors()
	ready := make([]url.Values, len(people))
	for i, one := range people {
		opened, err := one.get(ctx, "/connectors/"+listed[i].ID+"/edit")
		if err != nil {
			return target{}, err
		}
		ready[i] = formOf(opened.body, listed[i].ID)
	}
	return target{"save", s.process, func(ctx context.Context, worker, number int) error {
		form := ready[worker]
		form.Set("version", fmt.Sprintf("v%d.%d", worker, number))
		path := "/connectors/" + listed[worker].ID
		people[worker].header.Set("HX-Request", "true") // the answer is the fragment, which holds no form
		answer, err := people[worker].send(ctx, http.MethodPost, path, form)
		people[worker].header.Del("HX-Request")
		if err == nil && answer.status != http.StatusOK {
			err = fmt.Errorf("a save is answered %d", answer.status)
		}
		if err != nil {
			return err
		}
		opened, err := people[worker].get(ctx, path+"/edit")
		ready[worker] = formOf(opened.body, listed[worker].ID)
		return err
	}}, nil
}

func formOf(page, id string) url.Values {
	form, _ := forms.Of(page, "/connectors/"+id)
	return form
}

// commits counts what SQLite made durable for some saves: frames of its log that end a transaction.
func commits(ctx context.Context, t *table, s *site, who *browser) error {
	const saved = 10
	id := s.tenant.Graph.Connectors()[0].ID
	before, err := committed(s)
	for err == nil && before > 30 { // SQLite begins its log anew at 1,000 pages
		if _, err = who.save(ctx, id, fmt.Sprint("d", before)); err == nil {
			before, err = committed(s)
		}
	}
	if err != nil {
		return err
	}
	for number := range saved {
		if answer, err := who.save(ctx, id, fmt.Sprint("c", number)); err != nil || answer.status != http.StatusSeeOther {
			return errors.Join(err, fmt.Errorf("a save is answered %d", answer.status))
		}
	}
	after, err := committed(s)
	if err != nil {
		return err
	}
	t.number("save, durable commits in all (two stand before the answer, what others are to know of it after)", "", 3.2, float64(after-before)/saved)
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
