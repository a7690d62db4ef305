package audit

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// Start checks, before anything is served, that the database is the owner's, and the whole audit log, or of a long one its
// latest part. An audit log that is not what was signed is no error: Standing tells of it, and nothing new is begun. The error
// wraps ErrOwner where the database is another's, and ErrNewer where a newer program wrote the audit log.
func (l *Log) Start(ctx context.Context, o Owner) error {
	read, err := readOutside(l.file)
	if err != nil && !errors.As(err, new(unlike)) {
		return err
	}
	if read != nil && read.head.origin != l.signer.Name() {
		return l.refuse(o, fmt.Sprintf("nothing that %s knows, which keeps the checkpoint of the record %s", l.file, read.head.origin))
	}
	if err := l.claim(ctx, o); err != nil {
		return err
	}
	if l.archived, err = l.archivedUpTo(ctx); err != nil {
		return err
	}
	l.warn(read, err != nil)
	if err := l.takeDeskSince(ctx, l.db, read); err != nil {
		return err
	}
	l.takeSightings(read)
	unextended := l.extendsWitnessed(ctx)
	err = l.look(ctx, true, func(x *examination) (finding, error) { return x.aside(max(x.gone(), x.size-checkedWhole), x.size) })
	if err != nil || l.broken() {
		return err
	}
	if unextended != nil {
		return unextended
	}
	_, err = l.Checkpoint(ctx)
	return err
}

// extendsWitnessed holds the audit log against what witnesses cosigned, before anything of it is signed or kept: where the
// checkpoint's file is lost, that alone knows what the audit log was. The error is the database's.
func (l *Log) extendsWitnessed(ctx context.Context) error {
	if l.witnesses == nil {
		return nil
	}
	first, err := l.witnesses.Extended(ctx)
	if first == 0 {
		return err
	}
	l.Refused(first, err)
	return nil
}

// warn tells what the audit log is not held against, or only with a reservation.
func (l *Log) warn(read *outside, unreadable bool) {
	switch {
	case l.file == "" || unreadable:
	case read == nil:
		l.log.Warn("no checkpoint is kept outside the database yet, so the record is taken as it is", "checkpoint_file", l.file)
	case read.Key != l.verifier:
		l.log.Warn("the checkpoint kept outside the database is signed by another key of this record; it is compared all the same",
			"checkpoint_file", l.file, "key", read.Key)
	}
}

// archivedField is the field of a line accepted that tells up to which line the beginning was archived.
const archivedField = "archived"

// archivedUpTo is the last line that an accepted beginning took away.
func (l *Log) archivedUpTo(ctx context.Context) (upTo int64, err error) {
	accepted, err := l.list(ctx, "WHERE action = $1 ORDER BY seq", Accepted)
	for _, entry := range accepted {
		for _, field := range entry.Fields {
			if n, err := strconv.ParseInt(field.Requested.Text(), 10, 64); field.Name == archivedField && err == nil {
				upTo = max(upTo, n)
			}
		}
	}
	return upTo, err
}

// Archived is the number of the last line whose leaving was accepted; 0 for none.
func (l *Log) Archived() int64 { return l.gone() }
