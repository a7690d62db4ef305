package signin

import (
	"cmp"
	"math/rand/v2"
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

	mu    sync.Mutex
	given [pieceCount]int // when this instance last gave each of them out, counted
	count int
}

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
	p := &pieces{cookies: c, now: now}
	for i, piece := range rand.Perm(pieceCount) { // so that two instances do not begin with the same ones
		p.given[piece] = i - pieceCount
	}
	return p
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
// cookies, get places of their own.
func (p *pieces) place(r *http.Request, size int) int {
	var used [pieceCount]int64
	for _, one := range p.in(r) {
		for i := range one.size {
			used[(one.first+i)%pieceCount] = one.at.UnixMilli()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	type room struct {
		first int
		used  int64
		given int
	}
	rooms, free := make([]room, pieceCount), 0
	for first := range rooms {
		one := room{first: first, given: -pieceCount}
		for i := range size {
			piece := (first + i) % pieceCount
			one.used, one.given = max(one.used, used[piece]), max(one.given, p.given[piece])
		}
		if rooms[first] = one; one.used == 0 {
			free++
		}
	}
	slices.SortStableFunc(rooms, func(a, b room) int { return cmp.Compare(a.used, b.used) })
	chosen := slices.MinFunc(rooms[:max(free, pieceCount/2)], func(a, b room) int { return cmp.Compare(a.given, b.given) })
	for i := range size {
		p.count++
		p.given[(chosen.first+i)%pieceCount] = p.count
	}
	return chosen.first
}
