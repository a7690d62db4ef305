package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// VerifyOptions are what somebody holds against an exported audit log from outside of it.
type VerifyOptions struct {
	// Key is the public key that the checkpoint must be signed by, as note.GenerateKey writes it; several, as after a
	// rotation, are separated by commas. Without one the file's own key is used, which proves nothing about who wrote it.
	Key string
	// Checkpoint is an older checkpoint that somebody kept: the signed note, or an export that ends with it.
	Checkpoint string
	// Witnesses are the public keys of witnesses, as they print them, each of which must have cosigned the audit log.
	Witnesses []string
}

// Report is what a verification found.
type Report struct {
	// Lines are how many lines were checked, of the Size that the checkpoint counts.
	Lines, Size int64
	// Origin is the checkpoint's, Root its root in base64.
	Origin, Root string
	// Key is the public key that the checkpoint is signed by; Proven says that it came from outside the file.
	Key    string
	Proven bool
	// Older is the size of the older checkpoint that the audit log contains; 0 where none was given.
	Older int64
	// Witnessed is what the witnesses demanded have cosigned. UnprovenWitness says that the audit log holds a cosigned
	// checkpoint, and that no witness was demanded.
	Witnessed       []Witnessing
	UnprovenWitness bool
}

// String is the report in a person's words.
func (r Report) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "record      %s\n", r.Origin)
	if r.Lines == r.Size {
		fmt.Fprintf(&text, "lines       %d, the whole record up to its checkpoint\n", r.Lines)
	} else {
		fmt.Fprintf(&text, "lines       %d of %d, each proven to be in the record\n", r.Lines, r.Size)
	}
	fmt.Fprintf(&text, "root        %s\n", r.Root)
	if r.Older > 0 {
		fmt.Fprintf(&text, "older       the checkpoint kept at line %d is a part of this record\n", r.Older)
	}
	fmt.Fprintf(&text, "key         %s\n", r.Key)
	if r.Proven {
		text.WriteString("signature   good, by the key given\n")
	} else {
		text.WriteString("signature   good, but unproven: the key comes from this file. Compare it with the one that the operators published, or pass it with -key.\n")
	}
	for _, by := range r.Witnessed {
		fmt.Fprintf(&text, "witnessed   up to line %d by %s, at %s by its clock: nobody has rewritten these lines since\n", by.Line, by.Name, by.At.Format(time.RFC3339))
	}
	if r.UnprovenWitness {
		text.WriteString("witnessed   unproven: pass the public key of the witness with -witness\n")
	}
	if r.Older == 0 {
		text.WriteString("not shown   that nothing was rolled back since an earlier export: pass an older checkpoint with -checkpoint\n")
	}
	return text.String()
}

// Verify checks an exported audit log offline, in constant memory: each line, their order, that none is missing, the root
// of the tree, the signature and, where given, the older checkpoint. The error says what is wrong and where first; the
// report then holds what was found out until there. What witnesses cosigned is checked where r can seek.
func Verify(r io.Reader, o VerifyOptions) (Report, error) {
	older, err := parseOlder(o.Checkpoint)
	if err != nil {
		return Report{}, err
	}
	whole := wholeRecord{older: older}
	if file, ok := r.(io.ReadSeeker); ok {
		if whole.witnessed, err = ahead(file); err != nil {
			return Report{}, err
		}
	} else if len(o.Witnesses) > 0 {
		return Report{}, errors.New("what witnesses cosigned can be checked in a file, and not in a pipe")
	}
	last, err := scan(r, whole.visit)
	if err != nil {
		return Report{Lines: whole.lines}, err
	}
	head, report, err := opened(last, o, older)
	report.Lines = whole.lines
	if err != nil {
		return report, err
	}
	if err := whole.check(head); err != nil {
		return report, err
	}
	cosigned, err := parseWitnessed(last.Witnessed)
	if err == nil {
		err = cosigned.judge(head, o.Witnesses, &report)
	}
	switch {
	case err != nil:
		return report, err
	case whole.witnessed == cosigned:
		return report, cosigned.check(whole.witnessedRoot)
	case len(o.Witnesses) > 0:
		return report, errors.New("the file was changed while it was read")
	}
	return report, nil // r cannot seek
}

// wholeRecord rebuilds the tree of an audit log from its lines.
type wholeRecord struct {
	lines     int64
	tree      compact
	older     kept
	olderRoot tlog.Hash
	// witnessed is what witnesses cosigned, and the root of that many lines.
	witnessed     witnessed
	witnessedRoot tlog.Hash
	// gap names the first lines that are missing.
	gap string
}

func (w *wholeRecord) visit(line scanned) error {
	w.lines++
	if w.gap == "" && line.seq != line.place {
		w.gap = fmt.Sprintf("line %d of the file has seq %d, so it lacks %d before it", line.place, line.seq, line.seq-line.place)
	}
	w.tree.push(line.leaf)
	if w.tree.size == uint64(w.older.head.size) {
		w.olderRoot = w.tree.root()
	}
	if w.tree.size == uint64(w.witnessed.head.size) {
		w.witnessedRoot = w.tree.root()
	}
	return nil
}

func (w *wholeRecord) check(head checkpoint) error {
	switch {
	case w.gap != "":
		return fmt.Errorf("this is not a whole record: %s. Each line fits its own hash, but nothing here proves that it is in the record; an evidence pack does", w.gap)
	case w.lines < head.size && w.older.head.size > w.lines, w.older.head.size > head.size:
		return rolledBack(w.older.head, min(w.lines, head.size))
	case w.lines < head.size:
		return fmt.Errorf("this is not a whole record: it ends with seq %d, and its checkpoint counts %d lines", w.lines, head.size)
	case w.lines > head.size:
		return fmt.Errorf("line %d is one too many: the checkpoint counts %d lines", head.size+1, head.size)
	case w.tree.root() != head.root:
		return fmt.Errorf("the lines are not those that the checkpoint was signed for: their root is %s, the checkpoint's is %s. A line was changed together with its hash; only the true record can show which", w.tree.root(), head.root)
	case w.older.given() && w.older.head.size > 0 && w.olderRoot != w.older.head.root:
		return forked(w.older.head)
	}
	return nil
}

func rolledBack(older checkpoint, lines int64) error {
	return fmt.Errorf("the record was rolled back or cut off: the checkpoint that was kept counts %d lines, this record has %d", older.size, lines)
}

func forked(older checkpoint) error {
	return fmt.Errorf("the record is a fork: its first %d lines are not those of the checkpoint that was kept, so they were rewritten after it", older.size)
}

// kept is an older checkpoint before its signature is checked.
type kept struct {
	note string
	head checkpoint
}

func (k kept) given() bool { return k.note != "" }

// parseOlder finds the checkpoint in what somebody kept.
func parseOlder(content string) (kept, error) {
	if strings.TrimSpace(content) == "" {
		return kept{}, nil
	}
	signed := content
	var file outside
	if json.Unmarshal([]byte(content), &file) == nil && file.Checkpoint != "" { // what audit.checkpoint_file keeps
		signed = file.Checkpoint
	} else if strings.HasPrefix(strings.TrimSpace(content), "{") {
		last, err := scan(strings.NewReader(content), func(scanned) error { return nil })
		if err != nil {
			return kept{}, fmt.Errorf("the older checkpoint: %w", err)
		}
		signed = last.Checkpoint
	}
	text, signatures, found := strings.Cut(signed, "\n\n")
	if !found {
		return kept{}, errors.New("the older checkpoint is not a signed note")
	}
	if signatures, _, found := strings.Cut(signatures, "\n\n"); found { // what a witness cosigned stands below it
		signed = text + "\n\n" + signatures + "\n"
	}
	head, err := parseCheckpoint(text + "\n")
	if err != nil {
		return kept{}, fmt.Errorf("the older checkpoint is not one: %w", err)
	}
	return kept{signed, head}, nil
}

// opened checks the signatures of the audit log's checkpoint and of the older one.
func opened(last lastLine, o VerifyOptions, older kept) (checkpoint, Report, error) {
	report := Report{Key: last.Key, Proven: o.Key != ""}
	keys, err := readKeys(o.Key)
	if err != nil {
		return checkpoint{}, report, err
	}
	if !report.Proven {
		keys = []string{last.Key}
	}
	if !slices.Contains(keys, last.Key) {
		return checkpoint{}, report, fmt.Errorf("the file says that its checkpoint is signed by the key %s, which is not the key given", last.Key)
	}
	head, err := openCheckpoint(last.Checkpoint, last.Key)
	if err != nil {
		return checkpoint{}, report, fmt.Errorf("the checkpoint: %w", err)
	}
	report.Origin, report.Size, report.Root = head.origin, head.size, head.root.String()
	if !older.given() {
		return head, report, nil
	}
	if _, err := openCheckpoint(older.note, keys...); err != nil {
		return head, report, fmt.Errorf("the older checkpoint: %w", err)
	}
	if older.head.origin != head.origin {
		return head, report, fmt.Errorf("the older checkpoint is of another record: %q, not %q", older.head.origin, head.origin)
	}
	report.Older = older.head.size
	return head, report, nil
}

// readKeys are the public keys given.
func readKeys(given string) ([]string, error) {
	if given == "" {
		return nil, nil
	}
	keys := strings.Split(given, ",")
	for i, key := range keys {
		keys[i] = strings.TrimSpace(key)
		if _, err := note.NewVerifier(keys[i]); err != nil {
			return nil, fmt.Errorf("the key given, %q, is not a public key: it reads NAME+HASH+BASE64, as golang.org/x/mod/sumdb/note.GenerateKey writes it", key)
		}
	}
	return keys, nil
}
