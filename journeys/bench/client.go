package main

import (
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
)

// bearer is a person to whom any token is as good.
type bearer struct{}

func (bearer) Whose() string                                            { return "somebody" }
func (bearer) Token(context.Context, graphclient.Scope) (string, error) { return "token", nil }
func (bearer) Renew(context.Context, graphclient.Scope, string, string) (string, error) {
	return "", errors.New("there is no other token")
}

// client holds our way to Graph against a GET written by hand with net/http and encoding/json, both in this process. A PATCH goes the
// same way, and only the room of changes may send one.
func client(ctx context.Context, o options, t *table) error {
	upstream, stop, err := stub()
	if err != nil {
		return err
	}
	defer stop()
	base, err := url.Parse(upstream)
	if err != nil {
		return err
	}
	ours := graphclient.New(graphclient.Options{BaseURL: base, Log: slog.New(slog.DiscardHandler)})
	defer ours.Close()
	byHand := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
	var ratios []float64
	for range o.rounds {
		mine, err := spentOn(o.requests*5, func() error { _, err := ours.For(bearer{}).Get(ctx, theConnector); return err })
		if err != nil {
			return err
		}
		theirs, err := spentOn(o.requests*5, func() error { return getByHand(ctx, byHand, upstream) })
		if err != nil {
			return err
		}
		ratios = append(ratios, mine/theirs)
	}
	t.ratio("the client’s GET, CPU over one written by hand (the stub’s own in both)", 1, ratios)
	return nil
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

func getByHand(ctx context.Context, client *http.Client, upstream string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, upstream, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer token")
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	values := map[string]any{}
	if err := json.Unmarshal(text, &values); err != nil || answer.StatusCode != http.StatusOK {
		return errors.Join(err, fmt.Errorf("status %d", answer.StatusCode))
	}
	return nil
}
