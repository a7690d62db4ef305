package main

import (
	"flag"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"
)

// The library's own help ends the process where it does not know the verb. Ours is a flag like others.
func init() { cli.HelpFlag = nil }

func configFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "config", Local: true,
		Usage: "the configuration file, `PATH`; config.yaml in the working directory, if it is there, where none is named",
	}
}

func helpFlag() cli.Flag {
	return &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "tells what is here, and what it takes", Local: true}
}

// declared are the flags of a verb, but for help, which all have.
func (v verb) declared() []cli.Flag {
	var flags []cli.Flag
	if v.configured {
		flags = append(flags, configFlag())
	}
	if v.flags != nil {
		flags = append(flags, v.flags()...)
	}
	return flags
}

// described is a flag's name, what stands for its value, and what it is for.
func described(f cli.Flag) (name, value, purpose string) {
	value, purpose = flag.UnquoteUsage(&flag.Flag{Usage: f.(cli.DocGenerationFlag).GetUsage()})
	return f.Names()[0], value, purpose
}

// overview is a line or two for each verb.
func overview(of []verb) string {
	var b strings.Builder
	for _, v := range of {
		fmt.Fprintf(&b, "%s\n    %s\n", v.synopsis(), v.does)
	}
	return b.String()
}

func (v verb) synopsis() string {
	words := append([]string{"switchboard"}, strings.Fields(v.name)...)
	for _, f := range v.declared() {
		name, value, _ := described(f)
		words = append(words, fmt.Sprintf("[-%s %s]", name, value))
	}
	return strings.TrimSpace(strings.Join(append(words, v.operand), " "))
}

func (v verb) usage() string {
	var b strings.Builder
	fmt.Fprint(&b, overview([]verb{v}))
	for _, f := range v.declared() {
		name, value, purpose := described(f)
		fmt.Fprintf(&b, "  -%s %s\n    \t%s\n", name, value, purpose)
	}
	return b.String()
}
