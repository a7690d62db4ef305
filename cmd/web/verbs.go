package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"
)

// verb is something that the program does.
type verb struct {
	name       string // a word, or two
	operand    string // what has to follow, in capitals; empty: nothing may
	does       string
	configured bool              // takes -config
	flags      func() []cli.Flag // its own; nil: none
	act        func(*call, *cli.Command) int
}

// call is one call of the program.
type call struct {
	environ   []string
	out, errs io.Writer
	config    configFile
	act       func() int // what was understood
}

// configFile is the file of -config.
type configFile struct {
	path  string
	named bool // it has to be there
}

// understand says what the arguments ask for; the error is a whole text for stderr. Flags may stand before and after what
// they belong to, and -config before the verb, too.
func (c *call) understand(args []string) (act func() int, err error) {
	err = c.root().Run(context.Background(), append([]string{"switchboard"}, args...))
	return c.act, err
}

// root is the whole command line: the verbs, those of two words below their first one, and help.
func (c *call) root() *cli.Command {
	root := c.group("switchboard", verbs)
	root.HideHelp = true // ours stands among the flags
	root.Flags = append(root.Flags, configFlag(), &cli.BoolFlag{Name: "version", Usage: "tells the version", Local: true})
	for _, v := range verbs[1:] {
		at, words := root, strings.Fields(v.name)
		if len(words) > 1 {
			at = c.groupIn(root, words[0])
		}
		at.Commands = append(at.Commands, c.command(words[len(words)-1], v))
	}
	root.Commands = append(root.Commands, &cli.Command{
		Name: "help", ArgsUsage: "VERB", Usage: "tells what a verb does and takes", SkipFlagParsing: true,
		Action: func(_ context.Context, cmd *cli.Command) (err error) { // help VERB is VERB -h
			c.act, err = c.understand(append(cmd.Args().Slice(), "-h"))
			return err
		},
	})
	return root
}

// groupIn finds the group of the verbs that begin with this word, and makes it first where it is not there yet.
func (c *call) groupIn(root *cli.Command, first string) *cli.Command {
	if made := root.Command(first); made != nil {
		return made
	}
	group := c.group(first, slices.DeleteFunc(slices.Clone(verbs), func(v verb) bool { return !strings.HasPrefix(v.name, first+" ") }))
	root.Commands = append(root.Commands, group)
	return group
}

// group is what holds verbs: the program, which serves where none is named, and the first word of two.
func (c *call) group(name string, of []verb) *cli.Command {
	return &cli.Command{
		Name: name, Flags: []cli.Flag{helpFlag()}, OnUsageError: misused(overview(of)),
		Action: func(_ context.Context, cmd *cli.Command) error {
			words := append(strings.Fields(cmd.FullName())[1:], cmd.Args().Slice()...)
			switch {
			case cmd.Root().Bool("version"):
				c.act = func() int { return c.tellVersion(cmd) }
			case asksHelp(cmd) && !cmd.Args().Present():
				c.act = c.tell(overview(of))
			case len(words) == 0:
				c.take(verbs[0], cmd)
			default:
				if asksHelp(cmd) {
					words = append(words, "-h")
				}
				return misuse("switchboard", fmt.Errorf("unknown verb %q", strings.Join(words, " ")), overview(of))
			}
			return nil
		},
	}
}

// command is a verb by its last word.
func (c *call) command(name string, v verb) *cli.Command {
	return &cli.Command{
		Name: name, ArgsUsage: v.operand, Usage: v.does, Flags: append(v.declared(), helpFlag()), OnUsageError: misused(v.usage()),
		DisableSliceFlagSeparator: true, // a comma is a part of what was typed
		Action: func(_ context.Context, cmd *cli.Command) error {
			given := cmd.Args().Slice()
			switch {
			case cmd.Root().Bool("version"):
				c.act = func() int { return c.tellVersion(cmd) }
			case asksHelp(cmd):
				c.act = c.tell(v.usage())
			case len(given) == len(strings.Fields(v.operand)):
				c.take(v, cmd)
			case v.operand == "":
				return misuse(cmd.FullName(), fmt.Errorf("it takes no operand, and was given %q", given), v.usage())
			default:
				return misuse(cmd.FullName(), fmt.Errorf("it takes one operand, %s, and was given %q", v.operand, given), v.usage())
			}
			return nil
		},
	}
}

// take makes the verb what was understood. The configuration's file is the one that the verb's own flag names, else the one
// that was named before the verb.
func (c *call) take(v verb, cmd *cli.Command) {
	c.config = configFile{path: "config.yaml"}
	for _, at := range cmd.Lineage() {
		if !c.config.named && at.IsSet("config") {
			c.config = configFile{at.String("config"), true}
		}
	}
	c.act = func() int { return v.act(c, cmd) }
}

// asksHelp says whether -h stands behind the verb or before it.
func asksHelp(cmd *cli.Command) bool {
	return slices.ContainsFunc(cmd.Lineage(), func(at *cli.Command) bool { return at.Bool("help") })
}

// tell is an act that prints a text: help was asked for, and is no mistake.
func (c *call) tell(text string) func() int {
	return func() int {
		fmt.Fprint(c.out, text)
		return clean
	}
}

// misused tells of a flag that a command does not have, or that lacks its value.
func misused(help string) cli.OnUsageErrorFunc {
	return func(_ context.Context, cmd *cli.Command, err error, _ bool) error {
		return misuse(cmd.FullName(), err, help)
	}
}

func misuse(who string, wrong error, help string) error {
	return fmt.Errorf("%s: %w\n%s", who, wrong, help)
}
