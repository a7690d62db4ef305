package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"

	"switchboard/simulator/faults"
	"switchboard/simulator/graph"
)

// weather are the faults that strike, each for a while. What hangs does so until the caller gives up.
var weather = []faults.Fault{
	faults.Reset(), faults.LoseAnswer(), faults.Truncate(), faults.NoContent(), faults.Garbage(), faults.Cut(), faults.UTF16(),
	faults.Huge(100 << 20), faults.GzipBomb(100 << 20), faults.Deep(10_000), faults.Twice("serverName"), faults.WrongType("version"),
	faults.Answer(graph.Throttled), faults.Answer(graph.ThrottledBare), faults.Answer(graph.Throttled.With("3600")),
	faults.Answer(graph.Internal), faults.Answer(graph.Unavailable), faults.Answer(graph.ServiceTimeout), faults.Answer(graph.GatewayTimeout),
	faults.Answer(graph.BadGateway), faults.Answer(graph.Proxy(302)), faults.Answer(graph.Proxy(403)), faults.Answer(graph.Conflict),
	faults.Answer(graph.RoleForbids), faults.Applied(504, "application/json", "{}"), faults.Status(200, "text/html", "<h1>Sign in</h1>"),
	faults.Delay(2 * time.Second), faults.Delay(20 * time.Second), faults.Dribble(time.Second),
	faults.Silent(func(*http.Request) {}), faults.Hang(5, func(*http.Request) {}),
}

const (
	strikesEvery = 300 * time.Millisecond
	mostLasts    = 12 * time.Second
)

// storm sets faults until the context ends, on connectors with odd numbers alone, and returns how many. Each lasts for a
// while and strikes reads or changes of one connector.
func (w *world) storm(ctx context.Context) (struck int) {
	every := time.NewTicker(strikesEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return struck
		case <-every.C:
		}
		one := graph.Collection + "/" + idOf(1+2*rand.IntN(connectors/2))
		key := []string{"GET " + one, "PATCH " + one}[rand.IntN(2)]
		fault := w.counted(weather[rand.IntN(len(weather))])
		if key[0] == 'P' {
			fault = w.watched(fault)
		}
		w.tenant.Faults.Always(key, fault)
		struck++
		time.AfterFunc(rand.N(mostLasts), func() { w.tenant.Faults.Clear(key) })
	}
}

func (w *world) counted(fault faults.Fault) faults.Fault {
	return func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		w.met.Add(1)
		fault(rw, r, next)
	}
}
