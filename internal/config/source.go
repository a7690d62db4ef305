package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// setting is what one key was given, and where.
type setting struct {
	values []string // one, unless the key holds a list; never an empty one
	origin string   // such as "config.yaml, line 12" or a variable's name
}

// settings is what was given, by path. What is absent has its default.
type settings map[string]setting

// readFile adds what the file at path says, and returns the faults of single keys. With an error nothing was read.
func (s settings) readFile(path string, named bool) (faults []error, err error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the configuration file cannot be read: %w", err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s is not YAML: %s", path, strings.ReplaceAll(err.Error(), "\n", " "))
	}
	if document.Kind == 0 || isNull(document.Content[0]) {
		return nil, nil
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s holds more than one YAML document; keep one", path)
	}
	file := fileReader{settings: s, path: path}
	file.section("", document.Content[0])
	return file.faults, nil
}

// fileReader walks a YAML document, so that a fault can name its line.
type fileReader struct {
	settings settings
	path     string
	faults   []error
}

func (r *fileReader) fault(path string, at *yaml.Node, wrong string) {
	r.faults = append(r.faults, fmt.Errorf("%s: %s (%s)", path, wrong, r.line(at)))
}

func (r *fileReader) line(at *yaml.Node) string { return fmt.Sprintf("%s, line %d", r.path, at.Line) }

// section reads the mapping that lies at path; the whole document lies at "".
func (r *fileReader) section(path string, node *yaml.Node) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node.Kind != yaml.MappingNode {
		name := path
		if name == "" {
			name = r.path
		}
		r.fault(name, node, "holds keys, each on a line of its own as `key: value`, and no value")
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		below := strings.TrimPrefix(path+"."+name.Value, ".")
		k, known := keyAt(below)
		switch {
		case isNull(value) && (known || isSection(below)): // `oidc:` with nothing below it
		case known:
			r.value(k, name, value)
		case isSection(below):
			r.section(below, value)
		default:
			r.fault(below, name, "this key does not exist"+meant(below, func(path string) string { return path }))
		}
	}
}

// value reads what the file gives a key.
func (r *fileReader) value(k key, name, node *yaml.Node) {
	if _, twice := r.settings[k.path]; twice {
		r.fault(k.path, name, "is given twice; keep one")
		return
	}
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	given := setting{origin: r.line(name)}
	switch {
	case node.Kind == yaml.ScalarNode:
		given.values = split(k, node.Value)
	case node.Kind == yaml.SequenceNode && k.list:
		for _, item := range node.Content {
			if item.Kind != yaml.ScalarNode || isNull(item) {
				r.fault(k.path, item, "is a list of plain texts")
				return
			}
			given.values = append(given.values, trimmed(item.Value)...)
		}
	case k.list:
		r.fault(k.path, node, "is a list of plain texts")
		return
	default:
		r.fault(k.path, node, "is one value, not a list or a section")
		return
	}
	r.settings[k.path] = given
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!null" }

// readEnvironment adds what the variables say, over what the file said. An empty variable empties its key: that switches off
// what can be off, and is a fault where a value must be.
func (s settings) readEnvironment(environ []string) (warnings []string, faults []error) {
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, variablePrefix) {
			continue
		}
		k, known := keyOf(name)
		switch {
		case known:
			s[k.path] = setting{values: split(k, value), origin: name}
		case madeByKubernetes(name):
			warnings = append(warnings, name+" is ignored: it is not a key, and Kubernetes makes such variables for a service whose name begins with switchboard")
		default:
			faults = append(faults, fmt.Errorf("%s: this variable does not exist%s", name, meant(name, variable)))
		}
	}
	return warnings, faults
}

// serviceVariable is what Kubernetes makes for a service named switchboard-SOMETHING, and nothing that only looks like it:
// a key that is misspelt has to be told.
var serviceVariable = regexp.MustCompile(
	`^` + variablePrefix + `[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

func madeByKubernetes(name string) bool {
	return strings.HasPrefix(name, variablePrefix+"SERVICE_") || strings.HasPrefix(name, variablePrefix+"PORT") ||
		serviceVariable.MatchString(name)
}

// split makes the values of one text: a list is separated by commas.
func split(k key, text string) []string {
	if !k.list {
		return trimmed(text)
	}
	return trimmed(strings.Split(text, ",")...)
}

// trimmed drops blanks around values and values that are empty.
func trimmed(texts ...string) []string {
	var kept []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			kept = append(kept, text)
		}
	}
	return kept
}
