package main

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	white := image.NewRGBA(image.Rect(0, 0, 8, 6))
	spotted := image.NewRGBA(white.Bounds())
	spotted.Set(3, 2, color.RGBA{A: rounding + 1})
	rounded := image.NewRGBA(white.Bounds())
	rounded.Set(3, 2, color.RGBA{A: rounding})
	spotted.Set(5, 4, color.RGBA{R: 9, A: 255})
	wider := image.NewRGBA(image.Rect(0, 0, 9, 6))
	for name, test := range map[string]struct {
		before, after image.Image
		want          string
	}{
		"the same":   {white, white, ""},
		"a corner":   {white, rounded, ""},
		"two spots":  {white, spotted, "2 pixels differ within (3,2)-(6,5)"},
		"wider":      {white, wider, "has (9,6) pixels, had (8,6)"},
		"a new page": {nil, white, "is new"},
		"one less":   {white, nil, "is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after := keep(t, test.before), keep(t, test.after)
			got, err := differs(before, after)
			if err != nil || got != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
			if test.before == nil || test.after == nil {
				return
			}
			if err := compare(filepath.Dir(before), filepath.Dir(after)); (err != nil) != (test.want != "") {
				t.Errorf("compared: %v", err)
			}
		})
	}
	if err := compare(t.TempDir(), t.TempDir()); err == nil {
		t.Error("two empty folders compare as the same")
	}
}

func keep(t *testing.T, picture image.Image) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "page-light.png")
	if picture == nil {
		return path
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, picture); err != nil {
		t.Fatal(err)
	}
	return path
}
