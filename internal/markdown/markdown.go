// Package markdown reads Markdown into a tree that pages draw themselves. It never makes HTML: raw HTML in a text is a text like
// any other, pictures are their words, and a link that does not lead to https or to a page of ours is none.
package markdown

import (
	"html"
	"net/url"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Kind is what a node is.
type Kind int

// The kinds of nodes. Text and Code have no children.
const (
	Text      Kind = iota // characters
	Paragraph             // a block of text
	Heading               // Level says of which rank, from 1
	List                  // of items; Ordered counts them, from Start
	Item                  // of a list
	Quote                 // of blocks
	Block                 // lines that a machine reads, in Text
	Rule                  // between blocks
	Emphasis              // stressed
	Strong                // stressed more
	Code                  // what a machine reads, in a line
	Link                  // to Target
	Break                 // the end of a line
	Table                 // of rows
	Row                   // of cells; Head for the names of the columns
	Cell                  // of a row
	Struck                // taken back
)

// Node is a part of a text.
type Node struct {
	Kind Kind
	// Text is that of Text, Code and Block.
	Text string
	// Target is where a Link leads.
	Target string
	// Level is a Heading's rank, Start an ordered List's first number.
	Level, Start  int
	Ordered, Head bool
	Children      []Node
}

// parser knows CommonMark with the tables, bare links and struck words of GitHub.
var parser = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Linkify, extension.Strikethrough)).Parser()

// Parse reads a text into its blocks.
func Parse(source string) []Node {
	raw := []byte(strings.ToValidUTF8(strings.TrimPrefix(source, "\uFEFF"), "\uFFFD"))
	r := reader{raw}
	return r.children(parser.Parse(text.NewReader(raw)))
}

// Plain is what the nodes say without their form.
func Plain(nodes []Node) string {
	var said strings.Builder
	for _, node := range nodes {
		said.WriteString(node.Text)
		if node.Kind == Break {
			said.WriteByte(' ')
		}
		said.WriteString(Plain(node.Children))
	}
	return said.String()
}

type reader struct{ source []byte }

func (r reader) children(parent ast.Node) (all []Node) {
	for child := parent.FirstChild(); child != nil; child = child.NextSibling() {
		all = append(all, r.node(child)...)
	}
	return joined(all)
}

// joined puts neighbouring texts together: the parser ends one at each sign that might have meant something.
func joined(all []Node) (kept []Node) {
	for _, node := range all {
		if last := len(kept) - 1; last >= 0 && node.Kind == Text && kept[last].Kind == Text {
			kept[last].Text += node.Text
			continue
		}
		kept = append(kept, node)
	}
	return kept
}

// node is a node of the parser as ours; one whose form means nothing here is what it holds.
func (r reader) node(n ast.Node) []Node {
	switch n := n.(type) {
	case *ast.Text:
		return r.text(n)
	case *ast.String:
		return []Node{{Kind: Text, Text: string(n.Value)}}
	case *ast.Heading:
		return r.around(Node{Kind: Heading, Level: n.Level}, n)
	case *ast.List:
		return r.around(Node{Kind: List, Ordered: n.IsOrdered(), Start: n.Start}, n)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return []Node{{Kind: Block, Text: r.lines(n)}}
	case *ast.HTMLBlock:
		return []Node{{Kind: Paragraph, Children: []Node{{Kind: Text, Text: strings.TrimSpace(r.html(n))}}}}
	case *ast.RawHTML:
		return []Node{{Kind: Text, Text: string(n.Segments.Value(r.source))}}
	case *ast.Emphasis:
		return r.around(Node{Kind: []Kind{Emphasis, Strong}[min(max(n.Level, 1), 2)-1]}, n)
	case *ast.CodeSpan:
		return []Node{{Kind: Code, Text: Plain(r.children(n))}}
	case *ast.Link:
		return r.link(unescaped(string(n.Destination), false), r.children(n))
	case *ast.AutoLink:
		return r.link(string(n.URL(r.source)), []Node{{Kind: Text, Text: string(n.Label(r.source))}})
	case *ast.Image:
		return r.children(n)
	}
	return r.around(Node{Kind: plainKinds[n.Kind()]}, n)
}

// plainKinds are those that hold children and nothing else.
var plainKinds = map[ast.NodeKind]Kind{
	ast.KindParagraph: Paragraph, ast.KindTextBlock: Paragraph, ast.KindListItem: Item, ast.KindBlockquote: Quote, ast.KindThematicBreak: Rule,
	tables.KindTable: Table, tables.KindTableHeader: Row, tables.KindTableRow: Row, tables.KindTableCell: Cell, tables.KindStrikethrough: Struck,
}

func (r reader) around(node Node, n ast.Node) []Node {
	node.Children = r.children(n)
	node.Head = n.Kind() == tables.KindTableHeader
	if node.Kind == Text { // a form that nobody draws
		return node.Children
	}
	return []Node{node}
}

func (r reader) text(n *ast.Text) []Node {
	said := []Node{{Kind: Text, Text: unescaped(string(n.Segment.Value(r.source)), n.IsRaw())}}
	switch {
	case n.HardLineBreak():
		return append(said, Node{Kind: Break})
	case n.SoftLineBreak():
		said[0].Text += " "
	}
	return said
}

// link keeps those that lead to https or to a page of ours; of others the words are left.
func (r reader) link(target string, words []Node) []Node {
	at, err := url.Parse(target)
	ours := err == nil && at.Scheme == "" && at.Host == "" && strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "//") && !strings.ContainsRune(target, '\\')
	if len(words) > 0 && err == nil && (at.Scheme == "https" && at.Host != "" || ours) {
		return []Node{{Kind: Link, Target: at.String(), Children: words}}
	}
	return words
}

// unescaped is a text without the backslashes and names that stand for characters.
func unescaped(text string, raw bool) string {
	if raw || !strings.ContainsAny(text, `\&`) {
		return text
	}
	var said strings.Builder
	from := 0
	for i := 0; i+1 < len(text); i++ {
		if text[i] == '\\' && util.IsPunct(text[i+1]) {
			said.WriteString(html.UnescapeString(text[from:i]))
			said.WriteByte(text[i+1])
			i++
			from = i + 1
		}
	}
	said.WriteString(html.UnescapeString(text[from:]))
	return said.String()
}

func (r reader) lines(n ast.Node) string {
	return strings.TrimSuffix(string(n.Lines().Value(r.source)), "\n")
}

func (r reader) html(n *ast.HTMLBlock) string {
	said := r.lines(n)
	if n.HasClosure() {
		said += "\n" + string(n.ClosureLine.Value(r.source))
	}
	return said
}
