package main

import (
	"strings"
	"testing"
)

// called is how one call of the program ended.
type called struct {
	code      int
	out, errs string
}

func callWith(environ []string, args ...string) called {
	var out, errs strings.Builder
	code := run(args, environ, &out, &errs)
	return called{code, out.String(), errs.String()}
}

// TestHelpGoesToStdout: whoever asks for help has made no mistake, and can page through it.
func TestHelpGoesToStdout(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ args, says string }{
		{"-h", "switchboard verify"},
		{"--help", "switchboard key audit"},
		{"help", "switchboard healthcheck"},
		{"-config here.yaml --help", "switchboard check"},
		{"check -h", "switchboard check [-config PATH]"},
		{"check -config here.yaml --help", "switchboard check [-config PATH]"},
		{"verify -h", "switchboard verify [-checkpoint OLD] [-key VKEY] [-witness VKEY] FILE"},
		{"verify file -help", "-key VKEY"},
		{"help verify", "-checkpoint OLD"},
		{"key -h", "switchboard key session"},
		{"help key", "switchboard key audit"},
		{"key audit --help", "switchboard key audit [-out FILE] ORIGIN"},
		{"help key session", "switchboard key session [-out FILE]"},
		{"healthcheck -h", "-config PATH"},
		{"version -h", "switchboard version"},
		{"--version", "switchboard " + version},
		{"version", "switchboard " + version},
	} {
		got := callWith(nil, strings.Fields(test.args)...)
		if got.code != clean || !strings.Contains(got.out, test.says) || got.errs != "" {
			t.Errorf("switchboard %s: exit code %d, stderr %q, want %q on stdout:\n%s", test.args, got.code, got.errs, test.says, got.out)
		}
	}
}

// TestMisuseGoesToStderr: a mistake in the command line is told with what is right, and runs nothing.
func TestMisuseGoesToStderr(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ args, says string }{
		{"frobnicate", `unknown verb "frobnicate"` + "\nswitchboard [-config PATH]\n"},
		{"frobnicate -h", `unknown verb "frobnicate -h"`},
		{"help frobnicate", `unknown verb "frobnicate -h"`},
		{"-frobnicate", "flag provided but not defined: -frobnicate"},
		{"check -frobnicate", "switchboard check: flag provided but not defined: -frobnicate"},
		{"check config.yaml", `switchboard check: it takes no operand, and was given ["config.yaml"]`},
		{"version 2", "switchboard version: it takes no operand"},
		{"key", "switchboard key audit [-out FILE] ORIGIN"},
		{"key ring", `unknown verb "key ring"`},
		{"key audit", "switchboard key audit: it takes one operand, ORIGIN, and was given []"},
		{"key session name", "switchboard key session: it takes no operand"},
		{"verify", "switchboard verify: it takes one operand, FILE, and was given []"},
		{"verify one two", `switchboard verify: it takes one operand, FILE, and was given ["one" "two"]`},
		{"verify -key", "switchboard verify: flag needs an argument: -key"},
	} {
		got := callWith(nil, strings.Fields(test.args)...)
		if got.code != misconfigured || !strings.Contains(got.errs, test.says) || got.out != "" {
			t.Errorf("switchboard %s: exit code %d, stdout %q, want %q on stderr:\n%s", test.args, got.code, got.out, test.says, got.errs)
		}
	}
	if got := callWith(nil, ""); got.code != misconfigured { // as of an empty variable
		t.Errorf("an empty verb: exit code %d:\n%s", got.code, got.errs)
	}
}

// TestFlagsStandWhereTheyAreTyped: before the verb, after it, and after its operand. The file that is named is not there, which
// is how one sees that it was asked for.
func TestFlagsStandWhereTheyAreTyped(t *testing.T) {
	t.Parallel()
	missing := t.TempDir() + "/missing"
	for _, test := range []struct {
		args string
		code int
		says string
	}{
		{"-config FILE", misconfigured, "the configuration file cannot be read"},
		{"-config FILE check", misconfigured, "the configuration file cannot be read"},
		{"check -config FILE", misconfigured, "the configuration file cannot be read"},
		{"check --config=FILE", misconfigured, "the configuration file cannot be read"},
		{"healthcheck -config FILE", misconfigured, "the configuration file cannot be read"},
		{"-config FILE healthcheck", misconfigured, "the configuration file cannot be read"},
		{"-config FILE version", clean, ""},
		{"verify -checkpoint FILE export", failed, "the older checkpoint: open FILE"},
		{"verify export -checkpoint FILE", failed, "the older checkpoint: open FILE"},
		{"verify -key a -- FILE", failed, "NOT VERIFIED: open FILE"},
		{"verify -- -h", failed, "NOT VERIFIED: open -h"},
	} {
		got := callWith(nil, strings.Fields(strings.ReplaceAll(test.args, "FILE", missing))...)
		if says := strings.ReplaceAll(test.says, "FILE", missing); got.code != test.code || !strings.Contains(got.errs, says) {
			t.Errorf("switchboard %s: exit code %d, want %d and %q:\n%s", test.args, got.code, test.code, says, got.errs)
		}
	}
}
