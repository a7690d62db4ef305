package problem_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"switchboard/internal/problem"
)

// TestProblemTellsWhatItWasGiven, and nothing else where it was given nothing.
func TestProblemTellsWhatItWasGiven(t *testing.T) {
	t.Parallel()
	bare := problem.New(problem.Conflict, "Someone changed this connector.")
	if bare.Kind() != problem.Conflict || bare.Title() != "Someone changed this connector." {
		t.Errorf("bare: %+v", bare)
	}
	if bare.Detail()+bare.Advice()+bare.Quote()+string(bare.Gate()) != "" || bare.RetryAfter() != 0 || len(bare.Fields())+len(bare.IDs()) > 0 || bare.Unwrap() != nil {
		t.Errorf("bare tells more than it was given: %+v", bare)
	}
	full := bare.Saying("Nothing was sent.").Advising("Look at it again.").At(problem.Field{Name: "serverName", Message: "Shorten it."}).
		After(3*time.Second).Quoting("Graph request id", "42").Quoting("Empty", "").Behind(problem.Licence).Verbatim("Forbidden").Because(io.EOF)
	for _, got := range []struct{ got, want any }{
		{full.Kind(), problem.Conflict},
		{full.Title(), "Someone changed this connector."},
		{full.Detail(), "Nothing was sent."},
		{full.Advice(), "Look at it again."},
		{full.RetryAfter(), 3 * time.Second},
		{full.Gate(), problem.Licence},
		{full.Quote(), "Forbidden"},
		{full.Unwrap(), io.EOF},
	} {
		if got.got != got.want {
			t.Errorf("got %v, want %v", got.got, got.want)
		}
	}
	if got, want := full.Fields(), []problem.Field{{Name: "serverName", Message: "Shorten it."}}; !slices.Equal(got, want) {
		t.Errorf("fields %v, want %v", got, want)
	}
	if got, want := full.IDs(), []problem.ID{{Label: "Graph request id", Value: "42"}}; !slices.Equal(got, want) {
		t.Errorf("ids %v, want %v: an empty value is no id", got, want)
	}
}

// TestProblemsAreImmutable: two that were made of one do not get into each other, nor does whoever holds their parts.
func TestProblemsAreImmutable(t *testing.T) {
	t.Parallel()
	fields := []problem.Field{{Name: "status", Message: "Choose one."}}
	first := problem.New(problem.Invalid, "1 error.").At(fields...).Quoting("a", "1")
	second, third := first.Quoting("b", "2"), first.Quoting("c", "3")
	fields[0].Name = "version"
	first.Fields()[0].Name = "type"
	first.IDs()[0].Value = "0"
	if got := first.Fields()[0].Name; got != "status" {
		t.Errorf("the field became %q", got)
	}
	for _, test := range []struct {
		of   problem.Problem
		want []string
	}{{first, []string{"1"}}, {second, []string{"1", "2"}}, {third, []string{"1", "3"}}} {
		var got []string
		for _, id := range test.of.IDs() {
			got = append(got, id.Value)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("ids %q, want %q", got, test.want)
		}
	}
	first.Saying("x").Advising("y")
	if first.Detail() != "" || first.Advice() != "" {
		t.Error("a copy changed the problem that it was made of")
	}
}

// TestProblemIsAnError that is found behind others, with its cause, which is for the log.
func TestProblemIsAnError(t *testing.T) {
	t.Parallel()
	cause := errors.New("dial tcp: refused")
	wrapped := fmt.Errorf("save: %w", problem.New(problem.Unavailable, "Graph is not answering.").Because(cause))
	var found problem.Problem
	if !errors.As(wrapped, &found) || found.Kind() != problem.Unavailable || !errors.Is(wrapped, cause) {
		t.Errorf("found %+v in %v", found, wrapped)
	}
	for _, test := range []struct {
		of   problem.Problem
		want string
	}{
		{found, "Graph is not answering. dial tcp: refused"},
		{problem.New(problem.NotFound, "No connector has this address."), "No connector has this address."},
	} {
		if got := test.of.Error(); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// TestTheZeroProblemIsADefect: whatever nobody gave a kind is answered as a fault of ours.
func TestTheZeroProblemIsADefect(t *testing.T) {
	t.Parallel()
	if kind := (problem.Problem{}).Kind(); kind != problem.Internal {
		t.Errorf("its kind is %d", kind)
	}
}
