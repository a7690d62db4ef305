// Command pictures shows that no pixel has moved between two commits. It takes a picture of every page in every state, in
// each look, or compares two folders of them:
//
//	go run ./journeys/pictures take FOLDER
//	go run ./journeys/pictures compare BEFORE AFTER
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	arguments := append(os.Args[1:], "", "", "")
	err := errors.New("say take FOLDER, or compare BEFORE AFTER")
	switch verb, folder, other := arguments[0], arguments[1], arguments[2]; {
	case verb == "take" && folder != "":
		err = take(folder)
	case verb == "compare" && folder != "" && other != "":
		err = compare(folder, other)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}
