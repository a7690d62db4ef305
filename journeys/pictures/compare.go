package main

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
)

// compare tells which pictures of two folders differ, and where.
func compare(before, after string) error {
	names, err := both(before, after)
	if err != nil {
		return err
	}
	differ := 0
	for _, name := range names {
		difference, err := differs(filepath.Join(before, name), filepath.Join(after, name))
		if err != nil {
			return err
		}
		if difference != "" {
			differ++
			fmt.Printf("%s: %s\n", name, difference)
		}
	}
	if differ > 0 {
		return fmt.Errorf("%d of %d pictures differ", differ, len(names))
	}
	fmt.Printf("%d pictures are the same\n", len(names))
	return nil
}

// both are the names of the pictures in either folder.
func both(before, after string) ([]string, error) {
	var names []string
	seen := map[string]bool{}
	for _, folder := range []string{before, after} {
		files, err := filepath.Glob(filepath.Join(folder, "*.png"))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, fmt.Errorf("%s holds no pictures", folder)
		}
		for _, file := range files {
			if name := filepath.Base(file); !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names, nil
}

// differs says how two pictures differ; nothing if they do not.
func differs(before, after string) (string, error) {
	old, err := open(before)
	if errors.Is(err, fs.ErrNotExist) {
		return "is new", nil
	} else if err != nil {
		return "", err
	}
	other, err := open(after)
	if errors.Is(err, fs.ErrNotExist) {
		return "is gone", nil
	} else if err != nil {
		return "", err
	}
	if old.Bounds() != other.Bounds() {
		return fmt.Sprintf("has %v pixels, had %v", other.Bounds().Size(), old.Bounds().Size()), nil
	}
	count, where := 0, image.Rectangle{}
	for y := range old.Bounds().Dy() {
		for x := range old.Bounds().Dx() {
			if !alike(rgba(old, x, y), rgba(other, x, y)) {
				count++
				where = where.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if count == 0 {
		return "", nil
	}
	return fmt.Sprintf("%d pixels differ within %v", count, where), nil
}

// rounding is how far, of 255, Chromium draws the edge of a round corner apart from one time to the next.
const rounding = 3

func alike(a, b color.RGBA) bool {
	near := func(a, b uint8) bool { return max(a, b)-min(a, b) <= rounding }
	return near(a.R, b.R) && near(a.G, b.G) && near(a.B, b.B) && near(a.A, b.A)
}

func rgba(picture image.Image, x, y int) color.RGBA {
	return color.RGBAModel.Convert(picture.At(x, y)).(color.RGBA)
}

func open(path string) (image.Image, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return picture, nil
}
