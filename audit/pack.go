package audit

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/mod/sumdb/tlog"
)

// VerifyFile verifies the file at a path: an exported record (.ndjson) or an evidence pack (.zip), whatever its name.
func VerifyFile(path string, o VerifyOptions) (Report, error) {
	file, err := os.Open(path)
	if err != nil {
		return Report{}, err
	}
	defer file.Close()
	buffered := bufio.NewReader(file)
	if start, _ := buffered.Peek(4); !bytes.Equal(start, []byte("PK\x03\x04")) {
		return Verify(buffered, o)
	}
	info, err := file.Stat()
	if err != nil {
		return Report{}, err
	}
	return VerifyEvidence(file, info.Size(), o)
}

// VerifyEvidence checks an evidence pack of size bytes as Verify checks a record: each of its lines by a proof that
// leads to the signed root, and the older checkpoint by a proof from its size.
func VerifyEvidence(r io.ReaderAt, size int64, o VerifyOptions) (Report, error) {
	pack, err := zip.NewReader(r, size)
	if err != nil {
		return Report{}, fmt.Errorf("this is not an evidence pack: %w", err)
	}
	older, err := parseOlder(o.Checkpoint)
	if err != nil {
		return Report{}, err
	}
	head, report, err := readHead(pack, o, older)
	if err != nil {
		return report, err
	}
	_, err = fs.Stat(pack, packInclusion)
	whole := errors.Is(err, fs.ErrNotExist)
	if whole {
		err = checkWhole(pack, head, older, &report)
	} else {
		err = checkInclusion(pack, head, &report)
	}
	if err != nil {
		return report, err
	}
	return report, checkConsistency(pack, head, older, whole)
}

// readHead reads the record's last line, so that its lines can be checked against the root as they are read.
func readHead(pack *zip.Reader, o VerifyOptions, older kept) (checkpoint, Report, error) {
	var report Report
	var head checkpoint
	err := within(pack, packRecord, func(r io.Reader) error {
		last, err := scan(r, func(scanned) error { return nil })
		if err != nil {
			return err
		}
		if head, report, err = opened(last, o, older); err != nil {
			return err
		}
		return sameCheckpoint(pack, last.Checkpoint)
	})
	return head, report, err
}

func sameCheckpoint(pack *zip.Reader, want string) error {
	return within(pack, packCheckpoint, func(r io.Reader) error {
		got, err := io.ReadAll(io.LimitReader(r, longestLine))
		if err == nil && string(got) != want {
			err = errors.New("it is not the checkpoint that the record ends with")
		}
		return err
	})
}

// checkWhole rebuilds the tree of a pack without proofs, which holds all lines. They prove the older checkpoint too.
func checkWhole(pack *zip.Reader, head checkpoint, older kept, report *Report) error {
	whole := wholeRecord{older: older}
	if err := within(pack, packRecord, func(r io.Reader) error { _, err := scan(r, whole.visit); return err }); err != nil {
		return err
	}
	report.Lines = whole.lines
	return whole.check(head)
}

// checkInclusion walks the lines and their proofs side by side.
func checkInclusion(pack *zip.Reader, head checkpoint, report *Report) error {
	return within(pack, packInclusion, func(r io.Reader) error {
		proofs := lineReader{reader: bufio.NewReader(r)}
		visit := func(line scanned) error {
			report.Lines++
			return includes(&proofs, head, line)
		}
		if err := within(pack, packRecord, func(r io.Reader) error { _, err := scan(r, visit); return err }); err != nil {
			return err
		}
		if _, err := proofs.next(); !errors.Is(err, io.EOF) {
			return errors.New("it has a proof without a line: a line was taken out of the pack")
		}
		return nil
	})
}

func includes(proofs *lineReader, head checkpoint, line scanned) error {
	var proof inclusion
	text, err := proofs.next()
	if err == nil {
		err = json.Unmarshal(text, &proof)
	}
	if err != nil {
		return fmt.Errorf("line %d (seq %d) has no proof: %w", line.place, line.seq, err)
	}
	if proof.Seq != line.seq {
		return fmt.Errorf("line %d (seq %d) stands beside the proof of seq %d: a line was put in or taken out", line.place, line.seq, proof.Seq)
	}
	if line.seq > head.size || tlog.CheckRecord(proof.Proof, head.size, head.root, line.seq-1, line.leaf) != nil {
		return fmt.Errorf("line %d (seq %d) is not in the record: its proof does not lead to the checkpoint's root", line.place, line.seq)
	}
	return nil
}

// checkConsistency checks every proof, and that one is of the older checkpoint where there is one and nothing else proved it.
func checkConsistency(pack *zip.Reader, head checkpoint, older kept, proved bool) error {
	if older.head.size > head.size {
		return rolledBack(older.head, head.size)
	}
	covered := proved || !older.given() || older.head.size == 0
	if older.head.size == head.size && older.given() {
		if covered = older.head.root == head.root; !covered {
			return forked(older.head)
		}
	}
	return within(pack, packConsistency, func(r io.Reader) error {
		lines := lineReader{reader: bufio.NewReader(r)}
		for {
			text, err := lines.next()
			if errors.Is(err, io.EOF) {
				break
			}
			var proof consistency
			if err == nil {
				err = json.Unmarshal(text, &proof)
			}
			if err == nil {
				err = consistent(proof, head, older)
			}
			if err != nil {
				return err
			}
			covered = covered || proof.Size == older.head.size
		}
		if !covered {
			return fmt.Errorf("the pack holds no proof from size %d, that of the checkpoint that was kept: ask for a pack with since=%d", older.head.size, older.head.size)
		}
		return nil
	})
}

func consistent(proof consistency, head checkpoint, older kept) error {
	if older.given() && proof.Size == older.head.size && proof.Root != older.head.root {
		return forked(older.head)
	}
	if err := tlog.CheckTree(proof.Proof, head.size, head.root, proof.Size, proof.Root); err != nil {
		return fmt.Errorf("the proof that the record still begins with its first %d lines is wrong: %w", proof.Size, err)
	}
	return nil
}

// within reads one file of the pack.
func within(pack *zip.Reader, name string, read func(io.Reader) error) error {
	file, err := pack.Open(name)
	if err != nil {
		return fmt.Errorf("the evidence pack lacks %s: %w", name, err)
	}
	defer file.Close()
	if err := read(file); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
