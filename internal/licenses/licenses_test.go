package licenses

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

func TestRead(t *testing.T) {
	t.Parallel()
	const one = `[{"parts":[{"name":"a","version":"v1"},{"name":"b","version":"v2"}],"licence":"MIT","text":"Copyright"}]`
	got, err := read(fstest.MapFS{File: {Data: []byte(one)}})
	if want := []Notice{{[]Part{{"a", "v1"}, {"b", "v2"}}, "MIT", "Copyright"}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if _, err := read(fstest.MapFS{}); !errors.Is(err, ErrNotBuilt) || !strings.Contains(err.Error(), "make notices") {
		t.Errorf("before the texts are collected: %v", err)
	}
	if _, err := read(fstest.MapFS{File: {Data: []byte("{")}}); err == nil || errors.Is(err, ErrNotBuilt) {
		t.Errorf("a file that is cut short: %v", err)
	}
}

// TestNoticesAreReadOrSaidToBeMissing: a checkout in which nothing was built compiles, and knows it.
func TestNoticesAreReadOrSaidToBeMissing(t *testing.T) {
	t.Parallel()
	notices, err := Notices()
	if errors.Is(err, ErrNotBuilt) {
		return
	}
	if err != nil || len(notices) == 0 {
		t.Fatalf("%d notices, %v", len(notices), err)
	}
	for _, notice := range notices {
		if len(notice.Parts) == 0 || notice.Text == "" || notice.Licence == "" {
			t.Errorf("not a whole notice: %+v", notice)
		}
	}
}
