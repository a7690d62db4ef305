package audit

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// longestLine bounds the memory that one line of a file may take.
const longestLine = 16 << 20

// scanned is one line of an exported audit log whose hash fits.
type scanned struct {
	// place is its number in the file, from 1; seq is its number in the audit log.
	place, seq int64
	leaf       tlog.Hash
}

// scan reads an exported audit log to its end in constant memory, checks each line's hash and the order of the lines, and
// gives them to visit. Errors name the first bad line.
func scan(r io.Reader, visit func(scanned) error) (lastLine, error) {
	lines := lineReader{reader: bufio.NewReaderSize(r, 64<<10)}
	hasher := leafHasher{sha: sha256.New()}
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
		leaf, err := hasher.check(text)
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

// lineReader reads lines without their break; what next returned is good until it is called again.
type lineReader struct {
	reader *bufio.Reader
	long   []byte
}

func (l *lineReader) next() ([]byte, error) {
	l.long = l.long[:0]
	for {
		part, err := l.reader.ReadSlice('\n')
		if err == nil && len(l.long) == 0 {
			return part[:len(part)-1], nil
		}
		l.long = append(l.long, part...)
		switch {
		case len(l.long) > longestLine:
			return nil, fmt.Errorf("it is longer than %d bytes", longestLine)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(l.long) > 0:
			return l.long, nil
		case err != nil:
			return nil, err
		}
		return l.long[:len(l.long)-1], nil
	}
}

// seqOf reads the number that a line begins with. It is not worth decoding the rest: the hash covers it.
func seqOf(text []byte) (int64, error) {
	digits, found := bytes.CutPrefix(text, []byte(`{"seq":`))
	end := bytes.IndexByte(digits, ',')
	if !found || end < 0 {
		return 0, errors.New(`it is not a line of a record: it does not begin with {"seq":NUMBER,`)
	}
	seq, err := strconv.ParseInt(string(digits[:end]), 10, 64)
	if err != nil || seq < 1 {
		return 0, fmt.Errorf("its seq %q is not a number from 1", digits[:min(end, 40)])
	}
	return seq, nil
}

// leafHasher computes the hash of one line after another.
type leafHasher struct {
	sha  hash.Hash
	sum  tlog.Hash
	text [44]byte // base64 of 32 bytes
}

// check compares the hash that a line carries as its last member with the hash of the rest.
func (h *leafHasher) check(text []byte) (tlog.Hash, error) {
	at := len(text) - len(hashMark) - len(h.text) - len(hashEnd)
	if at < 0 || !bytes.HasPrefix(text[at:], []byte(hashMark)) || !bytes.HasSuffix(text, []byte(hashEnd)) {
		return tlog.Hash{}, errors.New("its last member is not its hash: the line was changed")
	}
	h.sha.Reset()
	h.sha.Write(leafPrefix)
	h.sha.Write(text[:at])
	h.sha.Write(lineEnd)
	h.sha.Sum(h.sum[:0])
	base64.StdEncoding.Encode(h.text[:], h.sum[:])
	if carried := text[at+len(hashMark) : len(text)-len(hashEnd)]; !bytes.Equal(carried, h.text[:]) {
		return tlog.Hash{}, errors.New("its text and its hash do not fit: the line was changed")
	}
	return h.sum, nil
}

var (
	leafPrefix = []byte{0} // RFC 6962, section 2.1
	lineEnd    = []byte{'}'}
)
