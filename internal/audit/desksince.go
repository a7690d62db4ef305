package audit

import (
	"context"
	"fmt"
)

// Changes made elsewhere that were recorded before there was a desk count as settled. Up to which line that is, is a number in the
// database that follows from no line; so it is kept outside with the checkpoint, and held against that.

const deskSince = "SELECT seq FROM desk_since"

// takeDeskSince has the process know the number: as it is outside, or as the database has it where it is not kept there yet.
func (l *Log) takeDeskSince(ctx context.Context, q querier, read *outside) error {
	found, err := numbersOf(ctx, q, deskSince)
	if err != nil {
		return err
	}
	if read != nil && read.Desk != nil {
		found = []int64{*read.Desk}
	}
	if len(found) > 0 {
		l.mu.Lock()
		l.deskSince = &found[0]
		l.mu.Unlock()
	}
	return nil
}

// desk holds the number in the database against the one that is known.
func (x *examination) desk() (finding, error) {
	x.mu.Lock()
	known := x.deskSince
	x.mu.Unlock()
	if x.kept != nil && x.kept.Desk != nil {
		known = x.kept.Desk
	}
	if known == nil {
		return finding{}, nil
	}
	found, err := numbersOf(x.ctx, x.q, deskSince)
	if err != nil || len(found) == 1 && found[0] == *known {
		return finding{}, err
	}
	first := min(*known, append(found, 0)[0], x.size-1) + 1
	return finding{first: max(1, first), why: fmt.Sprintf("From which line on changes made elsewhere wait was changed past Switchboard: it was %d.", *known)}, nil
}
