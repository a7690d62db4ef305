package audit

import (
	"errors"
	"fmt"
	"time"
)

// hold keeps a checkpoint of committed lines that was found to be right: outside the database first, then in memory. Each new
// checkpoint passes here, once or more often, a larger one after a smaller one.
func (l *Log) hold(signed string, head checkpoint) error {
	now := l.now().UTC().Truncate(time.Second)
	l.mu.Lock()
	next := &outside{Checkpoint: signed, Key: l.verifier, Since: now, At: now, Desk: l.deskSince, Sightings: l.sightings, head: head}
	l.mu.Unlock()
	if l.file != "" {
		written, err := writeOutside(l.file, *next, false)
		if err != nil {
			return err
		}
		next = written
	}
	l.remember(next)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.standing.Lines, l.standing.Checked = max(l.standing.Lines, head.size), now
	return nil
}

func (l *Log) remember(o *outside) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.outside == nil || o.head.size >= l.outside.head.size {
		l.outside = o
	}
	if l.file != "" {
		l.standing.Kept = l.outside.Since
	}
}

// kept is the checkpoint outside as this process knows it.
func (l *Log) kept() *outside {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.outside
}

// recall is the checkpoint from outside: the file's, or the one that this process knows, if that is larger. What the file
// holds otherwise breaks the audit log.
func (l *Log) recall() (*outside, error) {
	known := l.kept()
	read, err := l.readFile()
	var other unlike
	switch {
	case errors.As(err, &other):
		l.found(finding{first: 1, vague: true, unsigned: true, why: other.what + "."})
		return known, nil
	case err != nil:
		return nil, err
	case read == nil || read.head.size < known.size():
		return known, nil
	case read.head.origin != l.signer.Name():
		l.found(finding{first: 1, vague: true, unsigned: true, why: fmt.Sprintf("The checkpoint kept outside the database is one of another audit log, %s.", read.head.origin)})
		return known, nil
	}
	l.remember(read)
	return read, nil
}
