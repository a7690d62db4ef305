package auditlog

import (
	"slices"
	"strings"
	"time"

	"switchboard/views/components"
)

// Chain is the tree over the audit log, as it stands.
type Chain struct {
	Size      int64
	Root, Key string
	// Checked counts the lines that this page shows and that were proven to be in the tree; Altered are the numbers of
	// those that are not. Failed says that they could not be checked.
	Checked int
	Altered []int64
	Failed  bool
	// Witnesses cosign it, in the configuration's order.
	Witnesses []Witness
	// Broken says that the audit log is not what was signed: First is the lowest line known to differ, Why says how, and
	// Unsigned that the root itself differs.
	Broken   bool
	First    int64
	Why      string
	Unsigned bool
	// Kept is since when a checkpoint is kept outside the database; zero where none is.
	Kept time.Time
}

// intact says whether all that was checked is as it was recorded.
func (c Chain) intact() bool { return !c.Failed && !c.differs() }

// differs says that something was found that is not as it was recorded.
func (c Chain) differs() bool { return c.Broken || c.refused() || len(c.Altered) > 0 }

// state is the chain's in a word.
func (c Chain) state() string {
	switch {
	case c.differs():
		return "broken"
	case c.Failed:
		return "unchecked"
	}
	return "verified"
}

// first is the lowest line that is known to differ, or may.
func (c Chain) first() int64 {
	all := slices.Clone(c.Altered)
	if c.Broken {
		all = append(all, c.First)
	}
	for _, witness := range c.Witnesses {
		if witness.broken() {
			all = append(all, witness.First)
		}
	}
	return slices.Min(all)
}

// broken names the first line that is not as it was recorded.
func (c Chain) broken() string {
	return "The log does not match its checkpoint at line " + components.Number(c.first()) + "."
}

// kept says since when a checkpoint is kept outside the database.
func (c Chain) kept() string {
	if c.Kept.IsZero() {
		return "Not yet"
	}
	return "Since " + c.Kept.UTC().Format("2 Jan 2006, 15:04 UTC")
}

// keyName is the part of the public key that people compare: its name and its hash.
func (c Chain) keyName() string {
	parts := strings.SplitN(c.Key, "+", 3)
	return strings.Join(parts[:min(2, len(parts))], "+")
}

// root is enough of the root to compare at a glance.
func (c Chain) root() string { return short(c.Root) }

// short keeps the beginning and the end of a hash.
func short(hash string) string {
	if len(hash) < 16 {
		return hash
	}
	return hash[:4] + "…" + hash[len(hash)-4:]
}
