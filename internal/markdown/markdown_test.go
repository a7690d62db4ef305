package markdown_test

import (
	"strings"
	"testing"

	"switchboard/internal/markdown"
)

// written is a tree as a line: a kind's letter and what it holds.
func written(nodes []markdown.Node) string {
	letters := map[markdown.Kind]string{
		markdown.Paragraph: "p", markdown.Heading: "h", markdown.List: "list", markdown.Item: "item", markdown.Quote: "quote", markdown.Block: "block",
		markdown.Rule: "rule", markdown.Emphasis: "em", markdown.Strong: "strong", markdown.Code: "code", markdown.Link: "link", markdown.Break: "br",
		markdown.Table: "table", markdown.Row: "row", markdown.Cell: "cell", markdown.Struck: "s",
	}
	var all []string
	for _, node := range nodes {
		said := node.Text + written(node.Children)
		if node.Kind != markdown.Text {
			said = letters[node.Kind] + "(" + said + ")"
		}
		if node.Target != "" {
			said += "→" + node.Target
		}
		all = append(all, said)
	}
	return strings.Join(all, "|")
}

// TestParse: what people write, and what would be something else on a page.
func TestParse(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"Call **Priya**, then _wait_.": "p(Call |strong(Priya)|, then |em(wait)|.)",
		"# One\n\ntext\nmore":          "h(One)|p(text more)",
		"1. a\n2. b `c`\n":             "list(item(p(a))|item(p(b |code(c))))",
		"- a\n\n- b":                   "list(item(p(a))|item(p(b)))",
		"```powershell\nGet-Service -Name 'a'\n\n  x\n```": "block(Get-Service -Name 'a'\n\n  x)",
		"    indented":                           "block(indented)",
		"> so\n":                                 "quote(p(so))",
		"a  \nb":                                 "p(a|br()|b)",
		"---":                                    "rule()",
		"~~old~~":                                "p(s(old))",
		"|a|b|\n|-|-|\n|1|2|":                    "table(row(cell(a)|cell(b))|row(cell(1)|cell(2)))",
		"[x](https://contoso.com/a?b=c&d)":       "p(link(x)→https://contoso.com/a?b=c&d)",
		"[x](/runbooks/retired)":                 "p(link(x)→/runbooks/retired)",
		"see https://contoso.com now":            "p(see |link(https://contoso.com)→https://contoso.com| now)",
		"[x](http://contoso.com)":                "p(x)",
		"[x](javascript:alert(1))":               "p(x)",
		"[x](java&#115;cript:alert(1))":          "p(x)",
		"[x](//evil.example)":                    "p(x)",
		`[x](/\evil.example)`:                    "p(x)",
		"[x](data:text/html,x)":                  "p(x)",
		"<https://contoso.com>":                  "p(link(https://contoso.com)→https://contoso.com)",
		"<javascript:alert(1)>":                  "p(javascript:alert(1))",
		"<script>alert(1)</script>":              "p(<script>alert(1)</script>)",
		"<div>\n<b onclick=x>hi</b>\n</div>":     "p(<div>\n<b onclick=x>hi</b>\n</div>)",
		"a <img src=x onerror=y> b":              "p(a <img src=x onerror=y> b)",
		"![the plan](https://contoso.com/a.png)": "p(the plan)",
		`\*not\* &amp; &lt;b&gt; \&amp;`:         "p(*not* & <b> &amp;)",
		"`&amp; \\*`":                            "p(code(&amp; \\*))",
		"\uFEFFa":                                "p(a)",
		"\xff":                                   "p(\uFFFD)",
		"":                                       "",
	} {
		if got := written(markdown.Parse(source)); got != want {
			t.Errorf("%q is\n%q, want\n%q", source, got, want)
		}
	}
}

// FuzzParse: no text upsets it, and no link leads anywhere else than to https or to a page of ours.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"[x](https://a.example)", "<b>", "|a|\n|-|", "1. a", "`", "&#x41;", "[a]: /b\n[a]", "![x](y)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		var look func([]markdown.Node)
		look = func(nodes []markdown.Node) {
			for _, node := range nodes {
				if node.Kind == markdown.Link && !strings.HasPrefix(strings.ToLower(node.Target), "https://") && (!strings.HasPrefix(node.Target, "/") || strings.HasPrefix(node.Target, "//")) {
					t.Errorf("%q leads to %q", source, node.Target)
				}
				look(node.Children)
			}
		}
		look(markdown.Parse(source))
	})
}
