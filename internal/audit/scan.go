package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// scanned is one line of an exported audit log whose hash fits.
type scanned struct {
	// place is its number in the file, from 1; seq is its number in the audit log.
	place, seq int64
	leaf       tlog.Hash
}

// scan reads an exported audit log to its end in constant memory, checks each line's hash and the order of the lines, and
// gives them to visit. Errors name the first bad line.
func scan(r io.Reader, visit func(scanned) error) (lastLine, error) {
	lines := lineReader{reader: r}
	var last int64
	for place := int64(1); ; place++ {
		text, err := lines.next()
		if errors.Is(err, io.EOF) {
			return lastLine{}, fmt.Errorf("the file ends without its checkpoint after line %d: its end is missing, so this is not a whole record", place-1)
		}
		if err != nil {
			return lastLine{}, fmt.Errorf("read line %d: %w", place, err)
		}
		if bytes.HasPrefix(text, []byte(`{"checkpoint":`)) {
			return readLast(text, place, &lines)
		}
		seq, err := seqOf(text)
		if err != nil {
			return lastLine{}, fmt.Errorf("line %d: %w", place, err)
		}
		leaf, err := lines.leaf()
		if err != nil {
			return lastLine{}, fmt.Errorf("line %d (seq %d): %w", place, seq, err)
		}
		if seq <= last {
			return lastLine{}, fmt.Errorf("line %d has seq %d after seq %d: lines were put in another order, or in twice", place, seq, last)
		}
		last = seq
		if err := visit(scanned{place, seq, leaf}); err != nil {
			return lastLine{}, err
		}
	}
}

// readLast reads the checkpoint's line, after which nothing may come.
func readLast(text []byte, place int64, lines *lineReader) (lastLine, error) {
	var last lastLine
	if err := json.Unmarshal(text, &last); err != nil || last.Checkpoint == "" || !last.wrote(text) {
		return lastLine{}, fmt.Errorf("line %d is not a checkpoint: it should read {\"checkpoint\":\"<signed note>\",\"key\":\"<public key>\"}, perhaps with a witnessed note between the two", place)
	}
	if _, err := lines.next(); !errors.Is(err, io.EOF) {
		return lastLine{}, fmt.Errorf("line %d comes after the checkpoint, which ends a record", place+1)
	}
	return last, nil
}

// wrote says whether the line is the very text that an export ends with: JSON knows others that are read the same,
// and one of those shows that the file was changed.
func (l lastLine) wrote(text []byte) bool {
	var written bytes.Buffer
	return writeJSON(&written, l) == nil && bytes.Equal(bytes.TrimSuffix(written.Bytes(), []byte("\n")), text)
}

// seqOf reads the number that a line begins with. It is not worth decoding the rest: the hash covers it.
func seqOf(text []byte) (int64, error) {
	digits, found := bytes.CutPrefix(text, []byte(`{"seq":`))
	end := bytes.IndexByte(digits, ',')
	if !found || end < 0 {
		return 0, errors.New(`it is not a line of a record: it does not begin with {"seq":NUMBER,`)
	}
	var seq int64
	for at, digit := range digits[:end] {
		if digit < '0' || digit > '9' || at == longestSeq {
			seq = 0
			break
		}
		seq = 10*seq + int64(digit-'0')
	}
	if seq < 1 {
		return 0, fmt.Errorf("its seq %q is not a number from 1", digits[:min(end, 40)])
	}
	return seq, nil
}

// longestSeq is how many digits the number of a line has at most.
const longestSeq = 18

// leafPrefix comes before what a leaf is the hash of (RFC 6962, section 2.1).
var leafPrefix = []byte{0}
