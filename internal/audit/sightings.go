package audit

import (
	"errors"
	"fmt"
	"path/filepath"
)

// What was seen last of connectors decides which changes made elsewhere become lines, so each sighting is marked with the session keys.
// Those from before there were marks are taken as they are once. That this was done is kept outside with the checkpoint: a database
// whose marks were all taken away would else be one from before.

// takeSightings has the process know what the file says.
func (l *Log) takeSightings(read *outside) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sightings = l.sightings || read != nil && read.Sightings
}

// SightingsMarked says whether sightings without a mark count for nothing.
func (l *Log) SightingsMarked() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sightings
}

// MarkedSightings keeps that sightings without a mark count for nothing from now on: in the file, or where there is none yet with its
// first checkpoint.
func (l *Log) MarkedSightings() error {
	l.mu.Lock()
	l.sightings = true
	l.mu.Unlock()
	if l.file == "" {
		return nil
	}
	unlock, err := lockFolder(filepath.Dir(l.file))
	if err != nil {
		return fmt.Errorf("lock the folder of the checkpoint that is kept outside the database: %w", err)
	}
	defer unlock()
	now, err := readOutside(l.file)
	if errors.As(err, new(unlike)) { // which breaks the audit log, and is left as it is
		return nil
	}
	if err != nil || now == nil || now.Sightings || now.head.origin != l.signer.Name() {
		return err
	}
	now.Sightings = true
	return replaceFile(l.file, *now)
}
