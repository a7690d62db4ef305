package signin

import (
	"cmp"
	"hash/maphash"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"switchboard/internal/session"
)

const (
	// An answer cannot see what another one puts into the same browser at the same time. So the room is bounded by the
	// names that there are, and not by counting: 30 cookies of at most 197 bytes, names and separators included, are less
	// than 6 KiB. Many proxies refuse a header of more than 8 KiB, and then the whole site.
	pieceCount = 30
	pieceSize  = 160 // bytes of a cookie's value: enough for a page's address of about 65
	// keptLife is how long a page is remembered until /login, and from there a sign-in until its callback.
	keptLife = 10 * time.Minute
)

// pieces are the cookies in which a browser keeps its sign-ins under way. A text that is too long for one of them takes
// several neighbours. It is safe for concurrent use.
type pieces struct {
	cookies session.Cookies
	now     func() time.Time

	seed     maphash.Seed
	mu       sync.Mutex
	given    [pieceCount]int // when this instance last gave each of them out, counted
	count    int
	bursts   map[uint64]*burst // by browser
	from, to int               // its share of them
}

// burst is what this instance gave one browser at once.
type burst struct {
	began time.Time
	given [pieceCount]bool
}

const (
	// atOnce is how long a browser may take over the tabs that it opens at once: their requests bring the same cookies.
	atOnce     = 2 * time.Second
	mostBursts = 10_000
)

// cookie is the name of the cookie of a piece.
func (p *pieces) cookie(number int) string {
	return p.cookies.Name("sign-in-" + strconv.FormatInt(int64(number), 36))
}

// kept is a text in a browser's pieces.
type kept struct {
	first, size int
	stamp       string // when it was put there, in milliseconds, as it stands in the text
	at          time.Time
	sealed      string
}

func newPieces(c session.Cookies, now func() time.Time) *pieces {
	p := &pieces{cookies: c, now: now, seed: maphash.MakeSeed(), bursts: map[uint64]*burst{}, to: pieceCount}
	first := rand.IntN(pieceCount) // so that two instances do not begin with the same ones
	for i := range pieceCount {    // one beside the other: gaps between texts of several pieces would be of no use
		p.given[(first+i)%pieceCount] = i - pieceCount
	}
	return p
}

// share has this instance prefer its part of the pieces: of count instances as many come before it. It forgets bursts that
// are over.
func (p *pieces) share(count, before int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.DeleteFunc(p.bursts, func(_ uint64, one *burst) bool { return p.now().Sub(one.began) >= atOnce })
	p.from, p.to = before*pieceCount/count, (before+1)*pieceCount/count
}

// stamp is the present time as a text carries it: later than all that the request's browser holds.
func (p *pieces) stamp(r *http.Request) string {
	now := p.now().UnixMilli()
	for _, one := range p.in(r) {
		now = max(now, one.at.UnixMilli()+1)
	}
	return strconv.FormatInt(now, 36)
}

// in are the texts in the request's browser that are not over.
func (p *pieces) in(r *http.Request) (found []kept) {
	var values [pieceCount]string
	for i := range values {
		values[i] = p.cookies.Value(r, p.cookie(i))
	}
	for i, value := range values {
		head, _, begins := strings.Cut(value, ".")
		if !begins || len(head) < 2 {
			continue
		}
		one := kept{first: i, size: int(head[0] - '0'), stamp: head[1:]}
		ms, err := strconv.ParseInt(one.stamp, 36, 64)
		one.at = time.UnixMilli(ms)
		if err != nil || one.size < 1 || one.size > 9 || p.now().Sub(one.at) > keptLife {
			continue
		}
		for j := range one.size {
			one.sealed += values[(i+j)%pieceCount]
		}
		one.sealed = one.sealed[len(head)+1:]
		found = append(found, one)
	}
	return found
}

// put keeps a text of that stamp in the browser: in place of another one if it is given and has the room.
func (p *pieces) put(w http.ResponseWriter, r *http.Request, stamp, sealed string, instead *kept) {
	size := piecesFor(stamp, sealed)
	text := strconv.Itoa(size) + stamp + "." + sealed
	first := 0
	if instead != nil && size <= instead.size {
		first = instead.first
	} else {
		first = p.place(r, size)
	}
	if instead != nil {
		p.drop(w, *instead, first, size)
	}
	for i, part := range slices.Collect(slices.Chunk([]byte(text), pieceSize)) {
		p.cookies.Set(w, p.cookie((first+i)%pieceCount), string(part), int(keptLife/time.Second))
	}
}

func piecesFor(stamp, sealed string) int {
	return (1 + len(stamp) + 1 + len(sealed) + pieceSize - 1) / pieceSize
}

// drop takes a text out of the browser, but for the pieces that another one of that size is put into.
func (p *pieces) drop(w http.ResponseWriter, one kept, first, size int) {
	for i := range one.size {
		if piece := (one.first + i) % pieceCount; (piece-first+pieceCount)%pieceCount >= size {
			p.cookies.Expire(w, p.cookie(piece))
		}
	}
}

// place finds room for a text: where there is none, one of the older half gives way. Of what the browser leaves to choose
// from it takes what this instance has not given out for longest, so that requests that come at once, and bring the same
// cookies, get places of their own, whatever other browsers are given meanwhile; and from its own share, so that they do at
// several instances, too, as long as that has some.
func (p *pieces) place(r *http.Request, size int) int {
	var used [pieceCount]int64
	for _, one := range p.in(r) {
		for i := range one.size {
			used[(one.first+i)%pieceCount] = one.at.UnixMilli()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	rooms, free, now := make([]room, pieceCount), 0, p.burstOf(r)
	for first := range rooms {
		rooms[first] = p.roomAt(first, size, used, now)
		if rooms[first].used == 0 {
			free++
		}
	}
	slices.SortStableFunc(rooms, func(a, b room) int { return cmp.Compare(a.used, b.used) })
	chosen := slices.MinFunc(rooms[:max(free, pieceCount/2)], func(a, b room) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.given, b.given))
	})
	for i := range size {
		p.count++
		p.given[(chosen.first+i)%pieceCount], now.given[(chosen.first+i)%pieceCount] = p.count, true
	}
	return chosen.first
}

// room is a place for a text.
type room struct {
	first int
	used  int64 // when the browser got what lies there, 0 for nothing
	given int   // when it was last given out
	rank  int   // the lowest is chosen
}

// burstOf is what the request's browser was given just now. Nobody who sends no cookie is known: who comes from the same place
// with the same program counts as one, which does no harm. The caller holds the lock.
func (p *pieces) burstOf(r *http.Request) *burst {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	browser := maphash.String(p.seed, strings.Join([]string{host, r.Header.Get("X-Forwarded-For"), r.UserAgent()}, "\n"))
	one, now := p.bursts[browser], p.now()
	if one != nil && now.Sub(one.began) < atOnce {
		return one
	}
	if len(p.bursts) >= mostBursts {
		clear(p.bursts)
	}
	one = &burst{began: now}
	p.bursts[browser] = one
	return one
}

// The ranks of rooms: those that the browser was just given are the last, whosever they are.
const (
	ownRoom = iota
	othersRoom
	justGiven
)

// roomAt is the room of that size that begins with a piece; used is when the browser got what lies in each. The caller holds
// the lock.
func (p *pieces) roomAt(first, size int, used [pieceCount]int64, now *burst) room {
	one := room{first: first, given: -pieceCount}
	for i := range size {
		piece := (first + i) % pieceCount
		one.used, one.given = max(one.used, used[piece]), max(one.given, p.given[piece])
		if piece < p.from || piece >= p.to {
			one.rank = max(one.rank, othersRoom)
		}
		if now.given[piece] {
			one.rank = justGiven
		}
	}
	return one
}
