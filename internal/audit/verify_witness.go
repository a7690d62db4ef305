package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Witnessing is what a witness cosigned of an audit log.
type Witnessing struct {
	// Name is the witness's, Line the last line that it has seen, At when, by its own clock.
	Name string
	Line int64
	At   time.Time
}

// witnessed is the note with which an audit log's last line tells what witnesses cosigned.
type witnessed struct {
	note string
	head checkpoint
}

func (w witnessed) given() bool { return w.note != "" }

// parseWitnessed reads the note without checking a signature; without a note it is empty.
func parseWitnessed(signed string) (witnessed, error) {
	if signed == "" {
		return witnessed{}, nil
	}
	text, _, found := strings.Cut(signed, "\n\n")
	if !found {
		return witnessed{}, errors.New("the witnessed checkpoint is no signed note")
	}
	head, err := parseCheckpoint(text + "\n")
	if err != nil {
		return witnessed{}, fmt.Errorf("the witnessed checkpoint is no checkpoint: %w", err)
	}
	return witnessed{signed, head}, nil
}

// judge checks that the audit log up to head can hold what the note says, and that each witness demanded has cosigned it. That
// the lines are those that were cosigned is for check.
func (w witnessed) judge(head checkpoint, demanded []string, report *Report) error {
	witnesses, err := newCosigners(demanded)
	if err != nil {
		return err
	}
	if !w.given() {
		if len(witnesses) > 0 {
			return errors.New("no witness has cosigned this record: its last line has no witnessed checkpoint")
		}
		return nil
	}
	for _, witness := range witnesses {
		one, err := witness.open(w.note)
		if err != nil {
			return fmt.Errorf("the witnessed checkpoint: %w", err)
		}
		report.Witnessed = append(report.Witnessed, Witnessing{witness.Name(), one.head.size, one.at})
	}
	report.UnprovenWitness = len(witnesses) == 0
	if w.head.origin != head.origin {
		return fmt.Errorf("the witnessed checkpoint is of another record: %q, not %q", w.head.origin, head.origin)
	}
	if w.head.size > head.size {
		return fmt.Errorf("the record was rolled back or cut off: a witness has cosigned %d lines, this record has %d", w.head.size, head.size)
	}
	return nil
}

// check compares the root of the audit log's first lines, as many as were cosigned, with what was cosigned.
func (w witnessed) check(root tlog.Hash) error {
	if w.head.size > 0 && root != w.head.root {
		return fmt.Errorf("the record is a fork: its first %d lines are not those that a witness has cosigned, so they were rewritten after it", w.head.size)
	}
	return nil
}

// ahead reads what the last line says that witnesses cosigned, so that the lines can be held against it as they are read, and
// goes back to the beginning. Nothing of it is proven, nor that the line is one: scan finds that out.
func ahead(file io.ReadSeeker) (witnessed, error) {
	line, err := tail(file)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return witnessed{}, fmt.Errorf("read the end of the record: %w", err)
	}
	last, err := readLast(line, 0, &lineReader{reader: strings.NewReader("")})
	if err != nil { // it is told with its place
		return witnessed{}, nil
	}
	found, _ := parseWitnessed(last.Witnessed) // what is wrong with it is found out with the rest
	return found, nil
}

// tail is a file's last line, without its break.
func tail(file io.ReadSeeker) ([]byte, error) {
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	for length := min(end, 4<<10); ; length = min(end, 2*length, longestLine) {
		read := make([]byte, length)
		if _, err := file.Seek(end-length, io.SeekStart); err != nil {
			return nil, err
		}
		if _, err := io.ReadFull(file, read); err != nil {
			return nil, err
		}
		line := bytes.TrimSuffix(read, []byte("\n"))
		if at := bytes.LastIndexByte(line, '\n'); at >= 0 || length == end || length == longestLine {
			return line[at+1:], nil
		}
	}
}
