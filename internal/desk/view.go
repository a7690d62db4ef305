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

// View is what lies there, as the lines of the audit log tell it up to one of them. It is never changed.
type View struct {
	// since is the line after which changes made elsewhere wait to be settled, seen the last line that was read.
	since, seen int64
	// waiting are the lines of changes made elsewhere that nobody has settled, the newest first.
	waiting []int64
	// claims are by the keys of their connectors, those that have run out among them.
	claims map[string]Claim
}

// with is the view after further lines, the oldest first, of a record that ends with line size.
func (v *View) with(lines []audit.Entry, size int64, expire time.Duration) *View {
	next := &View{since: v.since, seen: size, waiting: slices.Clone(v.waiting), claims: maps.Clone(v.claims)}
	if next.claims == nil {
		next.claims = map[string]Claim{}
	}
	for _, line := range lines {
		switch {
		case line.Action == audit.Observed && line.Seq > v.since:
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
func (v *View) Claim(connectorID string, now time.Time) (claim Claim, ok bool) {
	claim, ok = v.claims[connector.Key(connectorID)]
	return claim, ok && now.Before(claim.Until)
}

// Claims are all that hold at that time, the newest first.
func (v *View) Claims(now time.Time) []Claim {
	claims := slices.Collect(maps.Values(v.claims))
	claims = slices.DeleteFunc(claims, func(claim Claim) bool { return !now.Before(claim.Until) })
	slices.SortFunc(claims, func(a, b Claim) int { return int(b.Seq - a.Seq) })
	return claims
}

// Waiting is how many changes made elsewhere nobody has settled.
func (v *View) Waiting() int { return len(v.waiting) }

// Waits says whether the change made elsewhere of that line is one of them.
func (v *View) Waits(seq int64) bool {
	_, found := slices.BinarySearchFunc(v.waiting, seq, func(one, wanted int64) int { return int(wanted - one) })
	return found
}
