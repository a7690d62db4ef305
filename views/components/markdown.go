package components

import (
	"context"
	"html"
	"io"

	"github.com/a-h/templ"

	"switchboard/internal/markdown"
)

// ranked are blocks whose headings go on below a heading of the page of the rank before top, and leave out none.
func ranked(blocks []markdown.Node, top int) []markdown.Node {
	least := 6
	for _, block := range blocks {
		if block.Kind == markdown.Heading {
			least = min(least, block.Level)
		}
	}
	all, last := make([]markdown.Node, len(blocks)), top-1
	for i, block := range blocks {
		if block.Kind == markdown.Heading {
			block.Level = min(top+block.Level-least, last+1, 6)
			last = block.Level
		}
		all[i] = block
	}
	return all
}

// Step draws an item of a list of steps as one line.
func Step(item markdown.Node) templ.Component {
	if len(item.Children) > 0 && item.Children[0].Kind == markdown.Paragraph {
		return Inline(item.Children[0].Children)
	}
	return Inline(item.Children)
}

// inlineTags are the elements that have no attribute.
var inlineTags = map[markdown.Kind]string{markdown.Emphasis: "em", markdown.Strong: "strong", markdown.Struck: "s"}

// Inline draws what stands in a line. It is written here because templ puts blanks between its nodes, and a word and the full stop
// behind it are two.
func Inline(nodes []markdown.Node) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, inline(nodes))
		return err
	})
}

func inline(nodes []markdown.Node) (drawn string) {
	for _, node := range nodes {
		inside := html.EscapeString(node.Text) + inline(node.Children)
		switch tag := inlineTags[node.Kind]; {
		case tag != "":
			drawn += "<" + tag + ">" + inside + "</" + tag + ">"
		case node.Kind == markdown.Code:
			drawn += `<code translate="no">` + inside + "</code>"
		case node.Kind == markdown.Link: // its target is one of https, or a path of ours
			drawn += `<a href="` + html.EscapeString(node.Target) + `" rel="noreferrer">` + inside + "</a>"
		case node.Kind == markdown.Break:
			drawn += "<br>"
		default:
			drawn += inside
		}
	}
	return drawn
}
