// Package inventory reads connectors from Graph with a person's own token. It remembers what each session read last, so
// that an outage of Graph leaves that person what they had already seen, and compares what is read with what anybody saw
// last, so that changes made outside Switchboard come to light. How connectors were, hour by hour, is remembered for 400 days,
// without whose read it was.
package inventory

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/connector"
	"switchboard/internal/database"
	"switchboard/internal/live"
	"switchboard/internal/problem"
	"switchboard/internal/seal"
)

// Person is someone signed in, as reads need them: whose token Graph is asked with, and whose read it was. What one session
// read is shown to another only as Shared says.
type Person interface {
	graphclient.Tokens
	access.Identity
}

// Reading is one connector as it was read.
type Reading struct {
	Connector connector.Connector
	// At is when it was read.
	At time.Time
	// Failure says why Graph could not be read now; the connector is then what this session read at At.
	Failure *problem.Problem
	// Late says that nothing has failed: the answer is on its way still, or it was not Graph's fault that there is none.
	Late bool
}

// Stale says whether the values are old because Graph could not be read.
func (r Reading) Stale() bool { return r.Failure != nil }

// Listing is every connector of the tenant as they were read.
type Listing struct {
	Connectors []connector.Connector
	// Unreadable are the rows of Graph's list that are no connectors. Nothing is compared with them.
	Unreadable []connector.Unreadable
	// Said is how many connectors Graph says that there are, 0 where it does not say.
	Said int
	// Unlisted are connectors that were in a list which this session read before and are not in this one, without those that
	// Graph itself has said since not to know.
	Unlisted []connector.Connector
	// At is when they were read, Took how long that took.
	At    time.Time
	Took  time.Duration
	table *table // nil of a part
	newer []int  // the places of connectors that the session knows to be otherwise than the table has them
	// Partial says that these are the connectors of the first pages: the read takes longer than a page may wait, and goes on.
	Partial bool
	// Failure says why Graph could not be read now; the connectors are then what this session read at At.
	Failure *problem.Problem
	// Late says that nothing has failed: the answer is on its way still, or it was not Graph's fault that there is none.
	Late bool
}

// Stale says whether the values are old because Graph could not be read.
func (l Listing) Stale() bool { return l.Failure != nil }

// Options are what the room needs.
type Options struct {
	Graph *graphclient.Client
	// Patience is how long a person who has read the same before waits for Graph until they are shown that; 0 is 1.3 s.
	Patience time.Duration
	// PartAfter is how long somebody who has nothing from before waits until a list is shown as far as it was read; 0 is 4 s.
	PartAfter time.Duration

	// Database keeps what was seen last, by anybody on any instance, so that changes made outside Switchboard are noticed and
	// recorded in the audit log. Nil: what is read is compared with nothing.
	Database *database.DB
	AuditLog AuditLog
	// Seals mark what was seen last: nobody who writes to the database decides what was.
	Seals *seal.Keys
	// Pages are told of changes made outside Switchboard once they are recorded.
	Pages Teller
	// CompareWithin bounds what a page waits for the comparison; a database that is slower is left alone for a while. 0 is 1 s.
	CompareWithin time.Duration

	// Retirement judges how the connectors of a list are, for what is remembered of it.
	Retirement connector.Retirement

	// Build is the version of the program; the audit log keeps it.
	Build string
	Now   func() time.Time
	Log   *slog.Logger
}

// Teller tells open pages of an event, once the transaction is committed.
type Teller interface {
	Tell(context.Context, *sql.Tx, live.Event) error
}

// Inventory reads and remembers. It is safe for concurrent use.
type Inventory struct {
	Options
	inFlight  *inFlight
	memory    *memory
	spellings *spellings
	renamed   renamed
	watcher   *watcher // nil without a database
	after     sync.WaitGroup
}

// New is an inventory of what that Graph holds.
func New(o Options) *Inventory {
	o.Patience = cmp.Or(o.Patience, 1300*time.Millisecond)
	o.PartAfter = cmp.Or(o.PartAfter, 4*time.Second)
	o.CompareWithin = cmp.Or(o.CompareWithin, time.Second)
	i := &Inventory{
		Options: o, memory: newMemory(o.Now), spellings: &spellings{},
		inFlight: &inFlight{now: o.Now, patience: 2 * o.Patience, reads: map[string]*sharedRead{}},
	}
	if o.Database != nil {
		i.watcher = &watcher{Options: o, spellings: i.spellings, confirmed: map[sight]time.Time{}}
	}
	return i
}

// List reads every connector. Where Graph fails, or takes long, it is what this session read last, else as much as was read by
// then, else an error: never an empty list for want of an answer. A read that takes long goes on.
func (i *Inventory) List(ctx context.Context, p Person) (Listing, error) {
	session := p.SessionHash()
	_, remembered := i.memory.listing(session)
	wish := wish{key: listKey(session), wait: i.patience(remembered), within: listWithin}
	if !remembered {
		wish.part = i.PartAfter
	}
	listing, err := i.readList(ctx, p, wish)
	if err == nil {
		return listing, nil
	}
	failure := graphclient.Explain(err)
	last, remembered := i.memory.listing(session)
	if failure.Kind() != problem.Unavailable || !remembered {
		return Listing{}, failure
	}
	last.Failure, last.Late = &failure, isLate(err)
	return last, nil
}

// Whole is every connector as Graph has it now, for who cannot say later that the list was old or lacked something. It waits as
// long as an answer of ours may take.
func (i *Inventory) Whole(ctx context.Context, p Person) (Listing, error) {
	listing, err := i.readList(ctx, p, wish{key: listKey(p.SessionHash()), wait: wholeWithin, within: listWithin})
	if err != nil {
		return Listing{}, graphclient.Explain(err)
	}
	if sent := len(listing.Connectors) + len(listing.Unreadable); listing.Said > sent {
		return Listing{}, problem.New(problem.Unavailable, "Graph’s list is not whole.").
			Saying(fmt.Sprintf("Graph says that there are %d connectors, and sent %d.", listing.Said, sent)).
			Advising("Try again in a moment. The page of the list shows what Graph sent.").After(retrySoon)
	}
	return listing, nil
}

// readList asks Graph for the list.
func (i *Inventory) readList(ctx context.Context, p Person, wish wish) (Listing, error) {
	session := p.SessionHash()
	read, err := i.share(ctx, wish, func(ctx context.Context, tell teller) (any, error) {
		start := i.Now()
		reader := i.Graph.For(p).OnRetry(tell.failed).OnPage(func(part graphclient.Listed) {
			tell.part(Listing{
				Connectors: part.Connectors, Unreadable: part.Unreadable, Said: part.Count, At: start, Partial: true,
			}, len(part.Connectors))
		})
		all, err := reader.List(ctx)
		if err != nil {
			return nil, err
		}
		listing := i.memory.keepListing(session, Listing{
			Connectors: i.memory.shared(i.spelt(ctx, all.Connectors)), Unreadable: all.Unreadable, Said: all.Count,
			At: start, Took: i.Now().Sub(start),
		})
		i.watcher.count(ctx, listing)
		i.watcher.saw(ctx, p, listed, start, listing.Connectors...)
		return listing, nil
	})
	if err != nil {
		return Listing{}, err
	}
	return read.(Listing), nil
}

// Recent is the listing that this session read less than maxAge ago, for sorting, filtering and paging without asking
// Graph again. Its age counts from the end of the read, which may take longer than maxAge.
func (i *Inventory) Recent(p Person, maxAge time.Duration) (Listing, bool) {
	last, remembered := i.memory.listing(p.SessionHash())
	if !remembered || i.Now().Sub(last.At.Add(last.Took)) >= maxAge {
		return Listing{}, false
	}
	return last, true
}

// Get reads one connector. Where Graph fails, or takes long, it is what this session read last, else an error. A read that
// takes long goes on.
func (i *Inventory) Get(ctx context.Context, p Person, id string) (Reading, error) {
	session := p.SessionHash()
	_, remembered := i.memory.reading(session, id)
	wish := wish{key: getKey(session, id), wait: i.patience(remembered), within: readWithin}
	read, err := i.share(ctx, wish, func(ctx context.Context, tell teller) (any, error) {
		at := i.Now()
		one, err := i.Graph.For(p).OnRetry(tell.failed).Get(ctx, id)
		if err != nil {
			return nil, err
		}
		reading := Reading{Connector: i.memory.shared(i.spelt(ctx, []connector.Connector{one}))[0], At: at}
		i.memory.keep(session, reading)
		i.watcher.saw(ctx, p, single, at, reading.Connector)
		return reading, nil
	})
	if err == nil {
		return read.(Reading), nil
	}
	failure := graphclient.Explain(err)
	if failure.Kind() == problem.NotFound {
		i.memory.gone(session, id)
	}
	last, remembered := i.memory.reading(session, id)
	if failure.Kind() != problem.Unavailable || !remembered {
		return Reading{}, failure
	}
	last.Failure, last.Late = &failure, isLate(err)
	return last, nil
}

// Last is what this session read last of one connector, without asking Graph.
func (i *Inventory) Last(p Person, id string) (Reading, bool) {
	return i.memory.reading(p.SessionHash(), id)
}

// Saw remembers an object that Graph returned to a write of this session. A read that was on its way before the write is not shared with
// anybody who asks from now on.
func (i *Inventory) Saw(p Person, one connector.Connector) {
	session, ctx := p.SessionHash(), context.Background()
	one = i.spelt(ctx, []connector.Connector{one})[0]
	i.inFlight.forget(listKey(session))
	i.inFlight.forget(getKey(session, one.ID()))
	i.memory.keep(session, Reading{Connector: one, At: i.Now()})
}

// Answered keeps for others what Graph returned to a write, and what of it that write is known to have set, in the transaction that
// records the write: from then on a read that shows something else is noticed. Where it is not kept then, AnsweredLater does so. On
// PostgreSQL it never is: others may have locked the row, and no outcome waits for that.
func (i *Inventory) Answered(ctx context.Context, tx *sql.Tx, p Person, one connector.Connector, applied []connector.FieldChange) (kept bool, err error) {
	if i.watcher == nil || !i.Database.Local() {
		return false, nil
	}
	return i.watcher.answered(ctx, tx, p, i.Now(), one, applied)
}

// AnsweredLater is Answered after the answer: nobody waits for that commit, and should a read come first, the audit log's lines explain
// what it shows.
func (i *Inventory) AnsweredLater(p Person, one connector.Connector, applied []connector.FieldChange) {
	ctx, at := context.Background(), i.Now()
	one = i.spelt(ctx, []connector.Connector{one})[0]
	i.after.Go(func() { i.watcher.answeredLater(ctx, p, at, one, applied) })
}

// Wait waits until what writes returned is kept.
func (i *Inventory) Wait() { i.after.Wait() }

func listKey(session string) string    { return session + " list" }
func getKey(session, id string) string { return session + " get " + connector.Key(id) }

// Forget drops what a session read; a session that has ended leaves nothing behind.
func (i *Inventory) Forget(session string) { i.memory.forget(session) }

// errLate is the failure of a read that is on its way still.
var errLate = errors.New("no answer of Graph's yet")

// isLate says whether a read without an answer may still get one, or was kept back by us, so that Graph has not failed.
func isLate(err error) bool {
	var failed *graphclient.Error
	return errors.Is(err, errLate) || errors.As(err, &failed) && failed.Busy()
}

// wish is what a request wants to read.
type wish struct {
	key string
	// wait is how long the request waits for it, within what the read itself is bounded.
	wait, within time.Duration
	// part is how long after the read began a part of it will do; 0: never.
	part time.Duration
}

// patience is how long a request waits for a read. One that has values from before gives up soon.
func (i *Inventory) patience(remembered bool) time.Duration {
	if remembered {
		return i.Patience
	}
	return readWithin
}

// partAgain is how soon a request looks again for the first part of a read.
const partAgain = 200 * time.Millisecond

// share lets requests of one session that ask for the same at the same time wait for one answer. The read goes on if
// one of them gives up. A try that has failed by the time that a request gives up is its failure.
func (i *Inventory) share(ctx context.Context, wish wish, read reader) (any, error) {
	one := i.inFlight.join(ctx, wish.key, wish.within, read)
	timer := time.NewTimer(wish.wait)
	defer timer.Stop()
	part := time.NewTimer(one.until(wish.part))
	defer part.Stop()
	if wish.part == 0 {
		part.Stop()
	}
	defer database.Anew(ctx) // what was committed before Graph answered is to stand beside the answer
	for {
		select {
		case <-one.done:
			return one.answer, one.err
		case <-part.C:
			if read := i.inFlight.soFar(one); read != nil {
				return read, nil
			}
			part.Reset(partAgain)
		case <-timer.C:
			if failure := i.inFlight.failure(one); failure != nil {
				return nil, failure
			}
			return nil, problem.New(problem.Unavailable, "Graph takes longer than usual to answer.").Advising("Try again soon.").After(retrySoon).Because(errLate)
		case <-ctx.Done():
			return nil, problem.New(problem.Unavailable, "The request was given up before Graph answered.").Advising("Try again.").Because(ctx.Err())
		}
	}
}

// wholeWithin is how long a request waits that wants the whole list or nothing: less than the time in which it must be answered.
const wholeWithin = time.Minute

// retrySoon is when a read that takes long is worth another look.
const retrySoon = 5 * time.Second
