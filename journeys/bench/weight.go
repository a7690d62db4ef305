package main

import (
	"compress/gzip"
	"context"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// firstPage is what a browser that has nothing fetches for a page.
func firstPage(ctx context.Context, o options, t *table) error {
	s, err := open(ctx, o, 43, crowd(1))
	if err != nil {
		return err
	}
	defer s.close()
	who, err := arrive(ctx, s.url, "/login", "p0000")
	if err != nil {
		return err
	}
	who.header.Set("Accept-Encoding", "br, gzip")
	for _, path := range []string{"/", "/connectors", "/connectors/" + theConnector, "/connectors/" + theConnector + "/edit", "/audit"} {
		got, err := who.get(ctx, path)
		if err != nil {
			return err
		}
		plain, fonts, err := fetched(ctx, who, got.body)
		if err != nil {
			return err
		}
		if path == "/" {
			t.number("first page, bytes as sent with fonts", "KB", 45, float64(len(got.body)+plain+fonts)/1000)
			t.number("first page, bytes as sent without fonts", "KB", 22, float64(len(got.body)+plain)/1000)
		}
		t.number("`"+strings.ReplaceAll(path, theConnector, "{id}")+"` with all that it needs", "KB", 60, float64(len(got.body)+plain+fonts)/1000)
	}
	return nil
}

// latinFace is a font of a style sheet that plain Latin text is set in.
var latinFace = regexp.MustCompile(`url\(([^)]+)\)[^}]*unicode-range:U\+20-7e`)

// fetched are the bytes of what a browser fetches with a page that nobody touches, and of those the fonts: what the page names, but for
// what lies in a template until it is needed, and the fonts that its style sheets name for plain Latin text.
func fetched(ctx context.Context, who *browser, body string) (plain, fonts int, err error) {
	root, err := html.Parse(strings.NewReader(unpacked(body)))
	if err != nil {
		return 0, 0, err
	}
	seen := map[string]bool{}
	for left := named(root); len(left) > 0; left = left[1:] {
		address := left[0]
		if seen[address] {
			continue
		}
		seen[address] = true
		got, err := who.get(ctx, address)
		if err != nil {
			return 0, 0, err
		}
		if strings.HasSuffix(address, ".woff2") {
			fonts += len(got.body)
			continue
		}
		plain += len(got.body)
		if strings.HasSuffix(address, ".css") {
			sheet, err := newBrowser(who.site).get(ctx, address)
			if err != nil {
				return 0, 0, err
			}
			for _, face := range latinFace.FindAllStringSubmatch(sheet.body, -1) {
				left = append(left, face[1])
			}
		}
	}
	return plain, fonts, nil
}

// named are the files that a part of a page has the browser fetch.
func named(n *html.Node) []string {
	var all []string
	for _, a := range n.Attr {
		address, _, _ := strings.Cut(a.Val, "#")
		if (a.Key == "href" || a.Key == "src") && (strings.HasPrefix(address, "/static/") || address == "/favicon.ico") {
			all = append(all, address)
		}
	}
	for child := range n.ChildNodes() {
		if child.Data != "template" {
			all = append(all, named(child)...)
		}
	}
	return all
}

// unpacked is a page as it was before it was compressed, if it was.
func unpacked(body string) string {
	reader, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		return body
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		return body
	}
	return string(text)
}
