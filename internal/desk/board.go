package desk

import (
	"maps"
	"slices"
	"time"

	"switchboard/internal/access"
	"switchboard/internal/audit"
	"switchboard/internal/connector"
)

// Claim is that somebody is on it.
type Claim struct {
	// Seq is the number of its line.
	Seq       int64
	Connector string
	By        access.Actor
	// Sentence and Ticket are what they said of it; both may be empty.
	Sentence, Ticket string
	// At is when they said so, Until when it ends by itself.
	At, Until time.Time
}

// Board is what lies there, as the lines of the audit log tell it up to one of them. It is never changed.
type Board struct {
	// since is the line after which changes made elsewhere wait to be settled, seen the last line that was read.
	since, seen int64
	// waiting are the lines of changes made elsewhere that nobody has settled, the newest first.
	waiting []int64
	// claims are by the keys of their connectors, those that have run out among them.
	claims map[string]Claim
}

// with is the board after further lines, the oldest first, of a record that ends with line size.
func (b *Board) with(lines []audit.Entry, size int64, expire time.Duration) *Board {
	next := &Board{since: b.since, seen: size, waiting: slices.Clone(b.waiting), claims: maps.Clone(b.claims)}
	if next.claims == nil {
		next.claims = map[string]Claim{}
	}
	for _, line := range lines {
		switch {
		case line.Action == audit.Observed && line.Seq > b.since:
			next.waiting = slices.Insert(next.waiting, 0, line.Seq)
		case line.Action == audit.Claim:
			next.claims[connector.Key(line.Connector)] = claimOf(line, expire)
		case line.Action == audit.ClaimEnd:
			delete(next.claims, connector.Key(line.Connector))
		case Settles(line):
			next.waiting = slices.DeleteFunc(next.waiting, func(seq int64) bool { return seq == line.Observed })
		}
	}
	return next
}

func claimOf(line audit.Entry, expire time.Duration) Claim {
	return Claim{
		Seq: line.Seq, Connector: line.Connector, By: line.Actor, Sentence: line.Reason, Ticket: line.Ticket,
		At: line.Time, Until: line.Time.Add(expire),
	}
}

// Settles says whether the line settles the change made elsewhere that it names: by a word, or by putting everything back.
func Settles(line audit.Entry) bool {
	stored := line.Outcome == audit.Applied || line.Outcome == audit.AppliedObserved
	return line.Observed != 0 && (line.Action == audit.Acknowledged || stored)
}

// Claim is who is on the connector at that time; ok is false where nobody is.
func (b *Board) Claim(connectorID string, now time.Time) (claim Claim, ok bool) {
	claim, ok = b.claims[connector.Key(connectorID)]
	return claim, ok && now.Before(claim.Until)
}

// Claims are all that hold at that time, the newest first.
func (b *Board) Claims(now time.Time) []Claim {
	claims := slices.Collect(maps.Values(b.claims))
	claims = slices.DeleteFunc(claims, func(claim Claim) bool { return !now.Before(claim.Until) })
	slices.SortFunc(claims, func(a, b Claim) int { return int(b.Seq - a.Seq) })
	return claims
}

// Waiting is how many changes made elsewhere nobody has settled.
func (b *Board) Waiting() int { return len(b.waiting) }

// Waits says whether the change made elsewhere of that line is one of them.
func (b *Board) Waits(seq int64) bool {
	_, found := slices.BinarySearchFunc(b.waiting, seq, func(one, wanted int64) int { return int(wanted - one) })
	return found
}
