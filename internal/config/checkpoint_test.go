package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"switchboard/internal/config"
)

// TestCheckpointLiesBesideTheKey unless another file is named, whose folder has to be there.
func TestCheckpointLiesBesideTheKey(t *testing.T) {
	t.Parallel()
	key := write(t, "audit.key", auditKey)
	given := tenant(t).with(environment{"audit.key_file": key})
	if got := load(t, "", given).Audit.CheckpointFile; got != key+".checkpoint" {
		t.Errorf("the checkpoint is kept in %q", got)
	}
	elsewhere := filepath.Join(t.TempDir(), "checkpoint")
	if got := load(t, "", given.with(environment{"audit.checkpoint_file": elsewhere})).Audit.CheckpointFile; got != elsewhere {
		t.Errorf("the checkpoint is kept in %q, want %q", got, elsewhere)
	}
	for name, file := range map[string]string{"a folder that is not there": "/no/such/folder/checkpoint", "a folder that is a file": key + "/checkpoint"} {
		got := faults("", given.with(environment{"audit.checkpoint_file": file}))
		if len(got) != 1 || !strings.HasPrefix(got[0], "audit.checkpoint_file: ") || !strings.Contains(got[0], "cannot be written") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestDemoHasADatabaseOfItsOwn where none is named.
func TestDemoHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	c, _, err := config.Look("", false, nil) // which writes nothing
	if err != nil || c.Database.URL != "sqlite:switchboard-demo.db" {
		t.Errorf("the demo's database is %q (%v)", c.Database.URL, err)
	}
	if c := load(t, "", tenant(t)); c.Database.URL != "sqlite:switchboard.db" {
		t.Errorf("a tenant's database is %q", c.Database.URL)
	}
}
