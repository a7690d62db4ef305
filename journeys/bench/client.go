package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"switchboard/graphclient"
	"switchboard/graphclient/write"
	"switchboard/internal/connector"
)

// bearer is a person to whom any token is as good.
type bearer struct{}

func (bearer) Whose() string                                            { return "somebody" }
func (bearer) Token(context.Context, graphclient.Scope) (string, error) { return "token", nil }
func (bearer) Renew(context.Context, graphclient.Scope, string, string) (string, error) {
	return "", errors.New("there is no other token")
}

// client holds our way to Graph against one written by hand with net/http and encoding/json, both in this process. What answers is
// another, and is not counted.
func client(ctx context.Context, o options, t *table) error {
	floor, err := startFloor(ctx, "")
	if err != nil {
		return err
	}
	defer floor.stop()
	base, err := url.Parse(floor.url + stubPath)
	if err != nil {
		return err
	}
	ours := graphclient.New(graphclient.Options{BaseURL: base, Log: slog.New(slog.DiscardHandler)})
	defer ours.Close()
	hand := byHand{&http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}, base.String() + "/deviceManagement/exchangeConnectors/" + theConnector}
	version := []connector.FieldChange{{Name: connector.Version, Requested: connector.Of("2026.10.4")}}
	for _, one := range []struct {
		method       string
		mine, theirs func() error
	}{
		{"GET", func() error { _, err := ours.For(bearer{}).Get(ctx, theConnector); return err }, func() error { return hand.send(ctx, http.MethodGet, nil) }},
		{
			"PATCH",
			func() error {
				_, err := write.For(ours, bearer{}).Patch(ctx, theConnector, version, "a5d1c9be-0000-4000-8000-000000000001")
				return err
			},
			func() error { return hand.send(ctx, http.MethodPatch, map[string]any{"version": "2026.10.4"}) },
		},
	} {
		ratios, err := overHand(o, one.mine, one.theirs)
		if err != nil {
			return err
		}
		t.ratio("the client’s "+one.method+", CPU over one written by hand", 1, ratios)
	}
	return nil
}

// overHand are the ratios of what our calls take to what those by hand do, round by round.
func overHand(o options, ours, byHand func() error) (ratios []float64, err error) {
	for range o.rounds {
		mine, err := spentOn(o.requests*5, ours)
		if err != nil {
			return nil, err
		}
		theirs, err := spentOn(o.requests*5, byHand)
		if err != nil {
			return nil, err
		}
		ratios = append(ratios, mine/theirs)
	}
	return ratios, nil
}

// spentOn is the processor time that so many calls take of this process.
func spentOn(calls int, call func() error) (float64, error) {
	before := usage()
	for range calls {
		if err := call(); err != nil {
			return 0, err
		}
	}
	return float64(usage() - before), nil
}

func usage() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used) // which does not fail for oneself
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// byHand is the least that a program of its own would write.
type byHand struct {
	client  *http.Client
	address string
}

// send sends the values as JSON, nil for none, and reads the connector that is answered.
func (h byHand) send(ctx context.Context, method string, values map[string]any) error {
	var body io.Reader
	if values != nil {
		text, err := json.Marshal(values)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, h.address, body)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer token")
	if values != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := h.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	read := map[string]any{}
	if err := json.Unmarshal(text, &read); err != nil || answer.StatusCode != http.StatusOK {
		return errors.Join(err, fmt.Errorf("status %d", answer.StatusCode))
	}
	return nil
}
