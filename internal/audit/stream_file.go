package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// toStdout is the file's name that means the program's standard output.
const toStdout = "stdout"

// flush writes what is left; after a failure it goes on within the line where it stopped.
func (s *Stream) flush() error {
	if len(s.rest) == 0 {
		return nil
	}
	if s.out == nil {
		out, err := s.open()
		if err != nil {
			return err
		}
		s.out = out
	}
	n, err := s.out.Write(s.rest)
	s.rest = s.rest[n:]
	if file, ok := s.out.(*os.File); ok && err == nil && s.options.File != toStdout {
		err = synced(file)
	}
	if err != nil {
		return err
	}
	s.rest = nil
	if s.failing {
		s.failing = false
		s.options.Log.Info("the record is streamed again", "stream", s.options.File)
	}
	return nil
}

func (s *Stream) open() (io.Writer, error) {
	if s.options.File == toStdout {
		return s.options.Stdout, nil
	}
	return openStream(s.options.File)
}

// openStream opens a file to append to. A line that a crash has cut off is taken away: it comes again, whole. Where something
// else than a file is at that path, a pipe, nobody waits for its reader.
func openStream(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(file.Chmod(0o600), cutTail(file)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// cutTail cuts a file off after its last line break.
func cutTail(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	piece := make([]byte, 64<<10)
	for end := info.Size(); end > 0; {
		begin := max(0, end-int64(len(piece)))
		n, err := file.ReadAt(piece[:end-begin], begin)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if at := bytes.LastIndexByte(piece[:n], '\n'); at >= 0 || begin == 0 {
			if keep := begin + int64(at) + 1; keep < info.Size() {
				return file.Truncate(keep)
			}
			return nil
		}
		end = begin
	}
	return nil
}

// synced has a file on the disk; a pipe has none.
func synced(file *os.File) error {
	if err := file.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}

// streamPosition is the file that keeps how far a stream has come.
type streamPosition struct{ file *os.File }

// positionsAtMost bounds how many programs may share a position's name.
const positionsAtMost = 64

// openPosition takes the first of the position's files that no other program has, for as long as this one lives, and reads the
// line that it names; -1 where it is new. A program that starts after a crash takes one that the crash has left behind, so that
// the lines after it are sent by one of the programs.
func openPosition(path string) (*streamPosition, int64, error) {
	for i := 1; i <= positionsAtMost; i++ {
		name := path
		if i > 1 {
			name = fmt.Sprintf("%s.%d", path, i)
		}
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, -1, err
		}
		if taken, err := lockFile(file); taken || err != nil {
			if err := errors.Join(err, file.Close()); err != nil {
				return nil, -1, err
			}
			continue
		}
		line, err := readPosition(file)
		if err != nil {
			return nil, -1, errors.Join(err, file.Close())
		}
		return &streamPosition{file}, line, nil
	}
	return nil, -1, fmt.Errorf("all names from %s to %s.%d are taken by other programs", path, path, positionsAtMost)
}

// readPosition is -1 for an empty file, and 0 for one that cannot be understood: then all lines are sent again.
func readPosition(file *os.File) (int64, error) {
	content, err := io.ReadAll(io.LimitReader(file, 100))
	text := strings.TrimSpace(string(content))
	if err != nil || text == "" {
		return -1, err
	}
	line, err := strconv.ParseInt(text, 10, 64)
	if err != nil || line < 0 {
		return 0, file.Truncate(0)
	}
	return line, nil
}

// write is one write of the same length each time, so that no crash leaves half of it.
func (p *streamPosition) write(line int64) error {
	_, err := p.file.WriteAt(fmt.Appendf(nil, "%020d\n", line), 0)
	return err
}
