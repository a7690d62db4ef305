package scripts_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "draw the pictures of the rooms anew")

const tour = "../docs/tour.md"

// rooms are the pictures in docs/tour.md: which folders each shows, and as which room.
var rooms = map[string]func(folder string) (room string, shown bool){
	"rooms": func(folder string) (string, bool) {
		parts := strings.Split(folder, "/")
		switch {
		case slices.Contains([]string{"journeys", "scripts"}, parts[0]) || strings.HasSuffix(folder, "test"):
			return "", false
		case parts[0] == "internal":
			return parts[1], true
		}
		return parts[0], true
	},
	"views": func(folder string) (string, bool) {
		return folder, folder == "views" || strings.HasPrefix(folder, "views/")
	},
}

// TestRoomsAreDrawnAsTheyAre: the pictures show what go list shows. `make rooms` draws them.
func TestRoomsAreDrawnAsTheyAre(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(tour)
	if err != nil {
		t.Fatal(err)
	}
	drawn := string(content)
	for name, show := range rooms {
		before, rest, begins := strings.Cut(drawn, fmt.Sprintf("<!-- %s: drawn by make rooms -->\n", name))
		_, after, ends := strings.Cut(rest, fmt.Sprintf("<!-- end of %s -->\n", name))
		if !begins || !ends {
			t.Fatalf("%s has no place for the picture of the %s", tour, name)
		}
		drawn = fmt.Sprintf("%[2]s<!-- %[1]s: drawn by make rooms -->\n%[3]s<!-- end of %[1]s -->\n%[4]s", name, before, picture(joined(folders(t), show)), after)
	}
	if *update {
		if err := os.WriteFile(tour, []byte(drawn), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if drawn != string(content) {
		t.Errorf("%s shows other rooms than there are: make rooms draws them anew", tour)
	}
}

// joined are the rooms that are shown, with the rooms that each imports.
func joined(folders map[string][]string, show func(string) (string, bool)) map[string]map[string]bool {
	found := map[string]map[string]bool{}
	for folder, imports := range folders {
		room, shown := show(folder)
		if !shown {
			continue
		}
		if found[room] == nil {
			found[room] = map[string]bool{}
		}
		for _, imported := range imports {
			if other, shown := show(imported); shown && other != room {
				found[room][other] = true
			}
		}
	}
	return found
}

// picture is a graph in Mermaid's language. It leaves out an arrow where a longer way leads to the same room.
func picture(rooms map[string]map[string]bool) string {
	var text strings.Builder
	text.WriteString("```mermaid\nflowchart TD\n")
	for _, room := range slices.Sorted(maps.Keys(rooms)) {
		imports := slices.Sorted(maps.Keys(rooms[room]))
		direct := slices.DeleteFunc(slices.Clone(imports), func(imported string) bool {
			return slices.ContainsFunc(imports, func(other string) bool { return other != imported && reaches(rooms, other, imported) })
		})
		if len(direct) == 0 {
			fmt.Fprintf(&text, "    %s\n", room)
			continue
		}
		fmt.Fprintf(&text, "    %s --> %s\n", room, strings.Join(direct, " & "))
	}
	text.WriteString("```\n")
	return text.String()
}

// reaches says whether a way leads from one room to another.
func reaches(rooms map[string]map[string]bool, from, to string) bool {
	seen := map[string]bool{}
	var look func(room string) bool
	look = func(room string) bool {
		for imported := range rooms[room] {
			if imported == to {
				return true
			}
			if !seen[imported] {
				seen[imported] = true
				if look(imported) {
					return true
				}
			}
		}
		return false
	}
	return look(from)
}

// TestNoCircleOfRooms: packages cannot import each other in a circle, and neither can the rooms that they make up.
func TestNoCircleOfRooms(t *testing.T) {
	t.Parallel()
	for name, show := range rooms {
		found := joined(folders(t), show)
		for room := range found {
			if reaches(found, room, room) {
				t.Errorf("%s: %s is part of a circle", name, room)
			}
		}
	}
}
