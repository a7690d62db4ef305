package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	// longestLine bounds the memory that one line of a file may take.
	longestLine = 16 << 20
	// readAtOnce is how much of a file is read at once, in bytes.
	readAtOnce = 64 << 10
)

// lineReader reads lines without their break; what next returned is good until it is called again, or leaf is.
type lineReader struct {
	reader io.Reader
	// buffer is what was read, after a byte of room. From from to to it is not returned yet.
	buffer   []byte
	from, to int
	line     []byte // that next returned, with the byte before it
	err      error  // that ends the file
}

func (l *lineReader) next() ([]byte, error) {
	for searched := l.from; ; searched = l.fill() {
		end := bytes.IndexByte(l.buffer[searched:l.to], '\n')
		switch {
		case end >= 0:
			return l.take(searched+end, searched+end+1)
		case l.to-l.from > longestLine:
			return l.take(l.to, l.to)
		case l.err != nil && l.to > l.from && errors.Is(l.err, io.EOF):
			return l.take(l.to, l.to)
		case l.err != nil:
			return nil, l.err
		}
	}
}

// take returns the line that ends there.
func (l *lineReader) take(end, next int) ([]byte, error) {
	l.line, l.from = l.buffer[l.from-1:end], next
	if len(l.line) > longestLine+1 {
		return nil, fmt.Errorf("it is longer than %d bytes", longestLine)
	}
	return l.line[1:], nil
}

// fill has what is left of the buffer stand at its beginning, reads more of the file, and returns where that stands.
func (l *lineReader) fill() (more int) {
	left := l.buffer[l.from:l.to]
	if len(l.buffer) < 1+2*len(left) || l.buffer == nil {
		l.buffer = make([]byte, 1+max(readAtOnce, 2*len(left)))
	}
	more = 1 + copy(l.buffer[1:], left)
	read, err := l.reader.Read(l.buffer[more:])
	l.from, l.to, l.err = 1, more+read, err
	return more
}

// leaf compares the hash that the line carries as its last member with the hash of the rest, and returns it. It writes what belongs
// to a leaf around that rest, over the bytes that stand there: to hash one text takes less than to hash three.
func (l *lineReader) leaf() (sum tlog.Hash, err error) {
	var text [hashLength]byte
	at := len(l.line) - len(hashMark) - len(text) - len(hashEnd)
	if at < 1 || !bytes.HasPrefix(l.line[at:], []byte(hashMark)) || !bytes.HasSuffix(l.line, []byte(hashEnd)) {
		return tlog.Hash{}, errors.New("its last member is not its hash: the line was changed")
	}
	l.line[0], l.line[at] = leafPrefix[0], '}'
	sum = sha256.Sum256(l.line[:at+1])
	base64.StdEncoding.Encode(text[:], sum[:])
	if carried := l.line[at+len(hashMark) : len(l.line)-len(hashEnd)]; !bytes.Equal(carried, text[:]) {
		return tlog.Hash{}, errors.New("its text and its hash do not fit: the line was changed")
	}
	return sum, nil
}
