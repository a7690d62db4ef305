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

// VerifyFile verifies the file at a path: an exported audit log (.ndjson) or an evidence pack (.zip), whatever its name.
func VerifyFile(path string, o VerifyOptions) (Report, error) {
	file, err := os.Open(path)
	if err != nil {
		return Report{}, err
	}
	defer file.Close()
	buffered := bufio.NewReader(file)
	if start, _ := buffered.Peek(4); !bytes.Equal(start, []byte("PK\x03\x04")) {
		if _, err := file.Seek(0, io.SeekStart); err != nil { // a pipe
			return Verify(buffered, o)
		}
		return Verify(file, o)
	}
	info, err := file.Stat()
	if err != nil {
		return Report{}, err
	}
	return VerifyEvidence(file, info.Size(), o)
}

// VerifyEvidence checks an evidence pack of size bytes as Verify checks an audit log: each of its lines by a proof that
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
	head, cosigned, report, err := readHead(pack, o, older)
	if err != nil {
		return report, err
	}
	_, err = fs.Stat(pack, packInclusion)
	whole := errors.Is(err, fs.ErrNotExist)
	if whole {
		err = checkWhole(pack, head, older, cosigned, &report)
	} else {
		err = checkInclusion(pack, head, &report)
	}
	if err != nil {
		return report, err
	}
	return report, checkConsistency(pack, head, older, cosigned, whole)
}

// readHead reads the audit log's last line, so that its lines can be checked against the root as they are read.
func readHead(pack *zip.Reader, o VerifyOptions, older kept) (checkpoint, witnessed, Report, error) {
	var report Report
	var head checkpoint
	var cosigned witnessed
	err := within(pack, packRecord, func(r io.Reader) error {
		last, err := scan(r, func(scanned) error { return nil })
		if err != nil {
			return err
		}
		if head, report, err = opened(last, o, older); err != nil {
			return err
		}
		if cosigned, err = parseWitnessed(last.Witnessed); err != nil {
			return err
		}
		if err := cosigned.judge(head, o.Witnesses, &report); err != nil {
			return err
		}
		if cosigned.given() {
			err = sameNote(pack, packWitnessed, last.Witnessed)
		}
		return errors.Join(err, sameNote(pack, packCheckpoint, last.Checkpoint))
	})
	return head, cosigned, report, err
}

func sameNote(pack *zip.Reader, name, want string) error {
	return within(pack, name, func(r io.Reader) error {
		got, err := io.ReadAll(io.LimitReader(r, longestLine))
		if err == nil && string(got) != want {
			err = errors.New("it is not the checkpoint that the record ends with")
		}
		return err
	})
}

// checkWhole rebuilds the tree of a pack without proofs, which holds all lines. They prove earlier checkpoints too.
func checkWhole(pack *zip.Reader, head checkpoint, older kept, cosigned witnessed, report *Report) error {
	whole := wholeRecord{older: older, witnessed: cosigned}
	if err := within(pack, packRecord, func(r io.Reader) error { _, err := scan(r, whole.visit); return err }); err != nil {
		return err
	}
	report.Lines = whole.lines
	if err := whole.check(head); err != nil {
		return err
	}
	return cosigned.check(whole.witnessedRoot)
}

// checkInclusion walks the lines and their proofs side by side.
func checkInclusion(pack *zip.Reader, head checkpoint, report *Report) error {
	return within(pack, packInclusion, func(r io.Reader) error {
		proofs := lineReader{reader: r}
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

// checkConsistency checks every proof, and that they reach the older checkpoint and what witnesses cosigned, where there are
// such and nothing else proved them.
func checkConsistency(pack *zip.Reader, head checkpoint, older kept, cosigned witnessed, proved bool) error {
	if older.head.size > head.size {
		return rolledBack(older.head, head.size)
	}
	roots := map[int64]tlog.Hash{0: emptyRoot, head.size: head.root}
	err := within(pack, packConsistency, func(r io.Reader) error { return readConsistency(r, head, roots) })
	if err != nil {
		return err
	}
	if proved { // of the older checkpoint and what was cosigned
		return nil
	}
	for _, earlier := range []checkpoint{older.head, cosigned.head} {
		if _, found := roots[earlier.size]; !found {
			return fmt.Errorf("the pack holds no proof from size %d, that of a checkpoint that was kept or cosigned: ask for a pack with since=%d", earlier.size, earlier.size)
		}
	}
	if older.head.size > 0 && roots[older.head.size] != older.head.root {
		return forked(older.head)
	}
	return cosigned.check(roots[cosigned.head.size])
}

// readConsistency checks the proofs, and adds the roots that they prove, by size.
func readConsistency(r io.Reader, head checkpoint, roots map[int64]tlog.Hash) error {
	lines := lineReader{reader: r}
	for {
		text, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var proof consistency
		if err == nil {
			err = json.Unmarshal(text, &proof)
		}
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof.Proof, head.size, head.root, proof.Size, proof.Root); err != nil {
			return fmt.Errorf("the proof that the record still begins with its first %d lines is wrong: %w", proof.Size, err)
		}
		roots[proof.Size] = proof.Root
	}
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
