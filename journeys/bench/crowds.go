package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/html"

	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// atOnce is how many people open a page at the same moment.
const atOnce = 140

// crowds are people at once, and people in mind.
func crowds(ctx context.Context, o options, t *table) error {
	s, err := open(ctx, o, 43, crowd(max(atOnce, o.people)))
	if err != nil {
		return err
	}
	defer s.close()
	people, err := signedIn(ctx, s, max(atOnce, o.people))
	if err != nil {
		return err
	}
	s.tenant.Faults.Always("GET "+graph.Collection+"/"+theConnector, faults.Delay(300*time.Millisecond))
	served, busy, other := together(ctx, people[:atOnce], "/connectors/"+theConnector)
	t.word(fmt.Sprintf("%d people at once, Graph at 300 ms", atOnce), "all served, or told that Switchboard is busy",
		fmt.Sprintf("%d served, %d told that it is busy, %d told otherwise", served, busy, other), other == 0)
	s.tenant.Faults.Clear()
	for _, one := range people[:o.people] {
		for _, path := range []string{"/", "/connectors", "/connectors/" + theConnector} {
			if _, err := one.get(ctx, path); err != nil {
				return err
			}
		}
	}
	held, err := s.resident()
	t.number(fmt.Sprintf("memory, %d people with three pages each", o.people), "MB", 60, held)
	return err
}

// together has everybody ask at once.
func together(ctx context.Context, people []*browser, path string) (served, busy, other int) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, one := range people {
		all.Go(func() {
			got, err := one.send(ctx, http.MethodGet, path, nil)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && got.status == http.StatusOK && !strings.Contains(got.body, "Graph is not answering"):
				served++
			case err == nil && strings.Contains(got.body, "Switchboard is busy"):
				busy++
			default:
				other++
			}
		})
	}
	all.Wait()
	return served, busy, other
}

// doubt is what changes in doubt elsewhere cost a connector's page.
func doubt(ctx context.Context, o options, t *table) error {
	quiet, err := open(ctx, o, 243, crowd(workers))
	if err != nil {
		return err
	}
	defer quiet.close()
	troubled, err := open(ctx, o, 243, crowd(workers))
	if err != nil {
		return err
	}
	defer troubled.close()
	calm, err := signedIn(ctx, quiet, workers)
	if err != nil {
		return err
	}
	people, err := signedIn(ctx, troubled, workers)
	if err != nil {
		return err
	}
	const lost = 200
	troubled.tenant.Faults.Always("PATCH "+graph.Collection+"/*", faults.Reset())
	for _, one := range troubled.tenant.Graph.Connectors()[43:] {
		if answer, err := people[0].save(ctx, one.ID, "lost"); err != nil || answer.status != http.StatusAccepted {
			return errors.Join(err, fmt.Errorf("a save that is lost is answered %d", answer.status))
		}
	}
	path := "/connectors/" + theConnector
	before := troubled.calls()
	all, err := rounds(ctx, o.rounds, o.requests, workers, gets("in doubt elsewhere", troubled.process, path, people), gets("nothing in doubt", quiet.process, path, calm))
	if err != nil {
		return err
	}
	t.ratio(fmt.Sprintf("connector page, %d changes in doubt elsewhere over none, CPU", lost), 1.1, over(all, 0, 1, spent))
	views := float64(o.rounds*o.requests + o.requests/4 + workers)
	extra := float64(troubled.calls()-before)/views - 1
	t.word("requests to Graph a view beside the page's own (the timer's among them)", "≤ 0.2", fmt.Sprintf("%.2f", extra), extra <= 0.2)
	return nil
}

// firstPage is what a browser that has nothing fetches for the overview.
func firstPage(ctx context.Context, o options, t *table) error {
	s, err := open(ctx, o, 43, crowd(1))
	if err != nil {
		return err
	}
	defer s.close()
	who, err := arrive(ctx, s.url, "/login", "p0000")
	if err != nil {
		return err
	}
	who.header.Set("Accept-Encoding", "br, gzip")
	sizes := map[string]int{}
	for _, path := range []string{"/", "/connectors", "/connectors/" + theConnector, "/connectors/" + theConnector + "/edit", "/audit"} {
		got, err := who.get(ctx, path)
		if err != nil {
			return err
		}
		sizes[path] = len(got.body)
		plain, fonts, err := assets(ctx, who, got.body)
		if err != nil {
			return err
		}
		if path == "/" {
			t.number("first page, bytes as sent with fonts", "KB", 45, float64(len(got.body)+plain+fonts)/1000)
			t.number("first page, bytes as sent without fonts", "KB", 22, float64(len(got.body)+plain)/1000)
		}
		t.number("`"+strings.ReplaceAll(path, theConnector, "{id}")+"` with all that it needs", "KB", 60, float64(len(got.body)+plain+fonts)/1000)
	}
	return nil
}

// assets are the bytes of what a page names, and of those the fonts.
func assets(ctx context.Context, who *browser, body string) (plain, fonts int, err error) {
	unpacked, err := gzip.NewReader(strings.NewReader(body))
	if err == nil {
		all, err := io.ReadAll(unpacked)
		if err != nil {
			return 0, 0, err
		}
		body = string(all)
	}
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return 0, 0, err
	}
	seen := map[string]bool{}
	for node := range root.Descendants() {
		for _, a := range node.Attr {
			if (a.Key != "href" && a.Key != "src") || !strings.HasPrefix(a.Val, "/static/") || seen[a.Val] {
				continue
			}
			seen[a.Val] = true
			got, err := who.get(ctx, a.Val)
			if err != nil {
				return 0, 0, err
			}
			if strings.HasSuffix(a.Val, ".woff2") {
				fonts += len(got.body)
			} else {
				plain += len(got.body)
			}
		}
	}
	return plain, fonts, nil
}
