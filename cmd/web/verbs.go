package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// verb is something that the program does.
type verb struct {
	name       string // a word, or two
	operand    string // what has to follow, in capitals; empty: nothing may
	does       string
	configured bool // takes -config
	// prepare declares the verb's own flags and returns what it does once they are read.
	prepare func(*call, *flag.FlagSet) func() int
}

// flagless prepares a verb that has no flags of its own.
func flagless(act func(*call) int) func(*call, *flag.FlagSet) func() int {
	return func(c *call, _ *flag.FlagSet) func() int {
		return func() int { return act(c) }
	}
}

// call is one call of the program.
type call struct {
	environ   []string
	out, errs io.Writer
	config    configFile
	operand   string
}

// configFile is the file of -config.
type configFile struct {
	path  string
	named bool // it has to be there
}

// understand says what the arguments ask for; the error is a whole text for stderr. Flags may stand before and after what
// they belong to, and -config before the verb, too.
func (c *call) understand(args []string) (act func() int, err error) {
	c.config.path = "config.yaml"
	flags := c.newFlags(verb{configured: true})
	tells := flags.Bool("version", false, "")
	if err := flags.Parse(args); err != nil {
		return c.helpOr(err, "switchboard", overview(verbs))
	}
	words := flags.Args()
	if len(words) > 0 && words[0] == "help" { // help VERB is VERB -h
		words = append(slices.Clone(words[1:]), "-h")
	}
	switch {
	case *tells:
		return c.tellVersion, nil
	case len(words) == 0:
		return c.prepare(verbs[0], nil)
	}
	for _, v := range verbs[1:] {
		if name := strings.Fields(v.name); len(words) >= len(name) && slices.Equal(words[:len(name)], name) {
			return c.prepare(v, words[len(name):])
		}
	}
	return c.noVerb(words)
}

// noVerb is for words that begin with no verb. The first word of two is none either, but there is help on it.
func (c *call) noVerb(words []string) (func() int, error) {
	among, rest := verbs, words
	begun := slices.DeleteFunc(slices.Clone(verbs), func(v verb) bool { return !strings.HasPrefix(v.name, words[0]+" ") })
	if len(begun) > 0 {
		among, rest = begun, words[1:]
	}
	wrong := fmt.Errorf("unknown verb %q", strings.Join(words, " "))
	if len(rest) > 0 && slices.Contains([]string{"-h", "--h", "-help", "--help"}, rest[0]) {
		wrong = flag.ErrHelp
	}
	return c.helpOr(wrong, "switchboard", overview(among))
}

// prepare reads what comes after a verb.
func (c *call) prepare(v verb, args []string) (func() int, error) {
	flags := c.newFlags(v)
	act := v.prepare(c, flags)
	operands, err := operands(flags, args)
	switch {
	case err == nil && len(operands) == len(strings.Fields(v.operand)):
		c.operand = strings.Join(operands, "")
		return act, nil
	case err == nil && v.operand == "":
		err = fmt.Errorf("it takes no operand, and was given %q", operands)
	case err == nil:
		err = fmt.Errorf("it takes one operand, %s, and was given %q", v.operand, operands)
	}
	return c.helpOr(err, strings.TrimSpace("switchboard "+v.name), v.usage())
}

// operands reads the flags that stand before, between and after them; after -- there are none.
func operands(flags *flag.FlagSet, args []string) ([]string, error) {
	var found []string
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		rest := flags.Args()
		if read := len(args) - len(rest); read > 0 && args[read-1] == "--" || len(rest) == 0 {
			return append(found, rest...), nil
		}
		found, args = append(found, rest[0]), rest[1:]
	}
	return found, nil
}

// newFlags are a verb's flags, without its own.
func (c *call) newFlags(v verb) *flag.FlagSet {
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // what is wrong is told in one place, and help is no error
	if v.configured {
		flags.Func("config", "the configuration file, `PATH`; config.yaml in the working directory, if it is there, where none is named", func(path string) error {
			c.config = configFile{path, true}
			return nil
		})
	}
	return flags
}

// helpOr is the help where it was asked for, else what was wrong with it.
func (c *call) helpOr(err error, who, help string) (func() int, error) {
	if !errors.Is(err, flag.ErrHelp) {
		return nil, fmt.Errorf("%s: %w\n%s", who, err, help)
	}
	return func() int {
		fmt.Fprint(c.out, help)
		return clean
	}, nil
}

// overview is a line or two for each verb.
func overview(of []verb) string {
	var b strings.Builder
	for _, v := range of {
		fmt.Fprintf(&b, "%s\n    %s\n", v.synopsis(), v.does)
	}
	return b.String()
}

// declared are all flags of a verb.
func (v verb) declared() *flag.FlagSet {
	c := &call{}
	flags := c.newFlags(v)
	v.prepare(c, flags)
	return flags
}

func (v verb) synopsis() string {
	words := []string{"switchboard"}
	if v.name != "" {
		words = append(words, v.name)
	}
	v.declared().VisitAll(func(f *flag.Flag) {
		value, _ := flag.UnquoteUsage(f)
		words = append(words, fmt.Sprintf("[-%s %s]", f.Name, value))
	})
	return strings.TrimSpace(strings.Join(append(words, v.operand), " "))
}

func (v verb) usage() string {
	var b strings.Builder
	fmt.Fprint(&b, overview([]verb{v}))
	flags := v.declared()
	flags.SetOutput(&b)
	flags.PrintDefaults()
	return b.String()
}
