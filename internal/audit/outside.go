package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// outside is the checkpoint that is kept where the database's writers cannot reach it, as its file holds it: one line of
// JSON that begins as the last line of an export does, so that verify takes the file for an older checkpoint.
type outside struct {
	Checkpoint string `json:"checkpoint"`
	Key        string `json:"key"`
	// Since is when the first checkpoint was kept, At when this one was.
	Since time.Time `json:"since"`
	At    time.Time `json:"at"`
	// Desk is the line after which changes made elsewhere wait to be settled, which no line tells; nil in a file from before it was kept.
	Desk *int64 `json:"desk_since,omitempty"`
	// Sightings says that those from before they were marked have their marks.
	Sightings bool `json:"sightings_marked,omitempty"`

	head checkpoint
}

// size is 0 where nothing is kept.
func (o *outside) size() int64 {
	if o == nil {
		return 0
	}
	return o.head.size
}

// readOutside reads the file; nil without an error says that there is none.
func readOutside(path string) (*outside, error) {
	content, err := contentOutside(path)
	if content == nil || err != nil {
		return nil, err
	}
	return parseOutside(path, content)
}

// contentOutside is what the file holds; nil where there is none.
func contentOutside(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the checkpoint that is kept outside the database: %w", err)
	}
	return content, nil
}

func parseOutside(path string, content []byte) (_ *outside, err error) {
	var o outside
	if err := json.Unmarshal(content, &o); err != nil {
		return nil, unlike{fmt.Sprintf("%s holds no checkpoint", path)}
	}
	if o.head, err = openCheckpoint(o.Checkpoint, o.Key); err != nil {
		return nil, unlike{fmt.Sprintf("%s holds a checkpoint that its own key did not sign", path)}
	}
	return &o, nil
}

// unlike is the error of a file that holds something else than what Switchboard wrote.
type unlike struct{ what string }

func (u unlike) Error() string { return u.what }

// writeOutside puts the checkpoint in the file's place, unless what stands there is of the same audit log and as large:
// replicas may share the file. It returns what the file then holds. anyway replaces whatever stands there.
func writeOutside(path string, o outside, anyway bool) (*outside, error) {
	unlock, err := lockFolder(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("lock the folder of the checkpoint that is kept outside the database: %w", err)
	}
	defer unlock()
	now, err := readOutside(path)
	if err != nil && !anyway {
		return nil, err
	}
	if now != nil {
		o.Since, o.Sightings = now.Since, o.Sightings || now.Sightings
		same := now.head.origin == o.head.origin && now.Key == o.Key
		if !anyway && (now.head.size > o.head.size || same && now.head.size == o.head.size) {
			return now, nil
		}
	}
	return &o, replaceFile(path, o)
}

// replaceFile makes the new file appear at once and whole.
func replaceFile(path string, o outside) error {
	var text strings.Builder
	if err := writeJSON(&text, o); err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".switchboard-*") // 0600
	if err != nil {
		return fmt.Errorf("keep a checkpoint outside the database: %w", err)
	}
	defer os.Remove(draft.Name())
	_, err = draft.WriteString(text.String())
	if err = errors.Join(err, draft.Sync(), draft.Close()); err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("keep a checkpoint outside the database: %w", err)
	}
	return nil
}
