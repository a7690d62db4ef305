// Package licenses holds the licences of what others wrote and this program is made of, each with its whole text.
package licenses

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// File is where internal/licenses/collect writes the texts, below this folder.
const File = "built/notices.json"

// all: takes .gitkeep along, so that the package compiles before the texts are collected.
//
//go:embed all:built
var built embed.FS

// ErrNotBuilt says that the program was compiled before the texts were collected.
var ErrNotBuilt = errors.New("the licence texts are missing from this build: run `make notices`, then compile again")

// Notice is a licence text and what it is for. Parts that have the very same text share it.
type Notice struct {
	Parts []Part `json:"parts"`
	// Licence is the name, as SPDX writes it: "MIT", or "Apache-2.0, MIT" where the text holds both.
	Licence string `json:"licence"`
	Text    string `json:"text"`
}

// Part is a Go module or an npm package.
type Part struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Notices are all of them, by the name of their first part. The error is ErrNotBuilt where there are none.
func Notices() ([]Notice, error) { return read(built) }

func read(from fs.FS) (notices []Notice, err error) {
	text, err := fs.ReadFile(from, File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err == nil {
		err = json.Unmarshal(text, &notices)
	}
	if err != nil {
		return nil, fmt.Errorf("read the licence texts: %w", err)
	}
	return notices, nil
}
