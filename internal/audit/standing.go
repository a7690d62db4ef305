package audit

import (
	"errors"
	"log/slog"
	"slices"
	"time"
)

// ErrBroken is the refusal to begin anything while the audit log is not what was signed.
var ErrBroken = errors.New("the record does not match its checkpoint, so nothing new is begun")

// Standing is whether the audit log is what was signed, as far as this process has found out.
type Standing struct {
	// Broken says that it is not. It stays so until the program starts anew.
	Broken bool
	// First is the lowest line known to differ, or the first that is missing; 1 where only the root differs. It is 0 where
	// nothing does.
	First int64
	// Why says in a person's words what differs.
	Why string
	// Unsigned says that the root itself is not the signed one, so that no proof that leads to it proves anything.
	Unsigned bool
	// Lines is how many were found to be what was signed, Checked when that was last; zero before the first check.
	Lines   int64
	Checked time.Time
	// Kept is since when a checkpoint is kept outside the database; zero where none is.
	Kept time.Time
}

// finding is what a check found to differ; the zero finding is nothing.
type finding struct {
	first int64
	why   string
	// unsigned says that the tree, and not only a line of it, differs.
	unsigned bool
	// vague says that it is not known which line differs: first is 1.
	vague bool
}

func (f finding) none() bool { return f.first == 0 }

// lower is the finding of the lower line, of those that name one.
func (f finding) lower(other finding) finding {
	least := f
	if f.none() || !other.none() && (f.vague && !other.vague || f.vague == other.vague && other.first < f.first) {
		least = other
	}
	least.unsigned = f.unsigned || other.unsigned
	return least
}

// Standing is how the audit log stands. It asks nothing of the database.
func (l *Log) Standing() Standing {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.standing
}

func (l *Log) broken() bool { return l.Standing().Broken }

// found keeps what differs, the lowest line of all that was found, and tells the log once a line.
func (l *Log) found(f finding) {
	if f.none() {
		return
	}
	l.mu.Lock()
	least := l.differs.lower(f)
	news := least.first != l.differs.first || least.why != l.differs.why
	l.differs = least
	l.standing.Broken, l.standing.First, l.standing.Why, l.standing.Unsigned = true, least.first, least.why, least.unsigned
	l.mu.Unlock()
	if news {
		l.log.Error("the record is not what was signed; nothing new is begun", "first", least.first, "why", least.why)
	}
}

// Refused tells that a witness has cosigned what the audit log does not extend; first is the lowest line that may differ, and 1
// where that cannot be told.
func (l *Log) Refused(first int64, why error) {
	l.found(finding{first: max(1, first), vague: first <= 1, unsigned: true, why: "A witness refuses the record: " + why.Error() + "."})
}

// begins says whether the line announces something that is only about to be done, or is itself what somebody does. What has
// happened is recorded in any case.
func begins(e Entry) bool {
	return e.Outcome == Pending || slices.Contains([]Action{Claim, ClaimEnd, Note, Acknowledged}, e.Action)
}

func orDiscard(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}
