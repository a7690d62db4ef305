package graph

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// versions of Graph are served beside each other, over the same connectors.
var versions = []string{"v1.0", "beta"}

// address is where a request goes below the Graph root: a version, and what is relative to it.
type address struct {
	version string // "" for one that there is not
	path    string // relative to the version, for instance "/deviceManagement/exchangeConnectors"
	target  target
}

// target is what a path relative to a version names: the collection, one connector, or an operation of either.
type target struct {
	known     bool   // the path is one of the collection's
	one       bool   // one connector's
	id        string // unescaped
	operation string // "sync", "$count", or a word that there is not; "" for the thing itself
}

// locate reads the address of a request. Names of versions and segments have no case in Graph.
func (s *Server) locate(r *http.Request) address {
	below, ok := strings.CutPrefix(r.URL.Path, s.root)
	if !ok {
		return address{path: r.URL.Path}
	}
	version, rest, _ := strings.Cut(below, "/")
	i := slices.IndexFunc(versions, func(known string) bool { return strings.EqualFold(known, version) })
	if i < 0 {
		return address{path: r.URL.Path}
	}
	path := "/" + rest
	return address{version: versions[i], path: path, target: parseTarget(path)}
}

// key is the path as faults and the journal name it: the same for every way of writing it and for every version.
func (a address) key() string {
	if !a.target.known {
		return a.path
	}
	key := Collection
	if a.target.one {
		key += "/" + a.target.id
	}
	if a.target.operation != "" {
		key += "/" + a.target.operation
	}
	return key
}

// base is the root of the version that the request used, which links in answers repeat.
func (s *Server) base(r *http.Request) string {
	root := url.URL{Scheme: s.options.Base.Scheme, Host: s.options.Base.Host, Path: s.root + s.locate(r).version}
	return root.String()
}

// parseTarget reads the collection's path, then "/ID", "('ID')" or "(id='ID')", then an operation, whose name may be
// qualified with the schema's namespace or its alias.
func parseTarget(path string) target {
	if len(path) < len(Collection) || !strings.EqualFold(path[:len(Collection)], Collection) {
		return target{}
	}
	rest := path[len(Collection):]
	if rest == "" || rest == "/" {
		return target{known: true}
	}
	if rest == "/$count" {
		return target{known: true, operation: "$count"}
	}
	id, operation, ok := cutKey(rest)
	if !ok {
		return target{}
	}
	operation = strings.TrimSuffix(strings.TrimPrefix(operation, "/"), "/")
	for _, namespace := range []string{"microsoft.graph.", "graph."} {
		operation = strings.TrimPrefix(operation, namespace)
	}
	return target{known: true, one: true, id: id, operation: operation}
}

// cutKey takes the connector's id off the front. An id holds no slash here, so cutting the unescaped path is safe.
func cutKey(rest string) (id, operation string, ok bool) {
	if plain, ok := strings.CutPrefix(rest, "/"); ok {
		id, operation, _ := strings.Cut(plain, "/")
		return id, operation, id != ""
	}
	quoted, ok := strings.CutPrefix(rest, "('")
	if !ok {
		quoted, ok = strings.CutPrefix(rest, "(id='")
	}
	if !ok {
		return "", "", false
	}
	var text strings.Builder
	for {
		before, after, closed := strings.Cut(quoted, "'")
		if !closed {
			return "", "", false
		}
		text.WriteString(before)
		if quoted, ok = strings.CutPrefix(after, "'"); ok { // two quotes are one
			text.WriteByte('\'')
			continue
		}
		operation, ok = strings.CutPrefix(after, ")")
		return text.String(), operation, ok && (operation == "" || operation[0] == '/')
	}
}
