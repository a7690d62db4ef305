// Package problem is what can go wrong for a person, in that person's words: one vocabulary, free of HTTP.
package problem

import "time"

// Kind is what sort of thing went wrong. Kinds and HTTP statuses are matched in one place, outside this package.
type Kind int

// The kinds.
const (
	Internal    Kind = iota // a defect of ours
	Invalid                 // a field is wrong, or Graph refused the values
	BadRequest              // no form of ours sends this
	TooLarge                // the request is larger than any form of ours
	Forbidden               // this person may not, or somebody has to consent first
	NotFound                // there is no such thing
	Conflict                // somebody else was there first
	SignedOut               // there is no session, or it has ended
	Unavailable             // try again later
	Misdirected             // the request is for another host
	NoMethod                // the address is right and the method is not
	TooMany                 // this client asks too often
)

// Gate is one of the four things that have to let a person through before Graph does what they ask.
type Gate string

// The gates, in the order in which a request meets them; the zero Gate is none of them.
const (
	Role       Gate = "role"       // Switchboard's own roles
	Scope      Gate = "scope"      // the permission that an administrator of the tenant consents to
	Licence    Gate = "licence"    // Intune does not know the person
	Permission Gate = "permission" // the person's role in Intune
)

// Problem is an error that a person can read. It is immutable: each method returns a changed copy.
type Problem struct {
	kind   Kind
	title  string
	detail string
	advice string
	fields []Field
	after  time.Duration
	ids    []ID
	gate   Gate
	quote  string
	cause  error
}

// Field is a form field at fault and how to mend it.
type Field struct{ Name, Message string }

// ID is something to quote to support, for instance Graph's request id.
type ID struct{ Label, Value string }

// New is a problem with a sentence that says what happened.
func New(kind Kind, title string) Problem { return Problem{kind: kind, title: title} }

// Saying adds what it means for the person's data.
func (p Problem) Saying(detail string) Problem { p.detail = detail; return p }

// Advising adds what the person can do next.
func (p Problem) Advising(advice string) Problem { p.advice = advice; return p }

// At names the form fields at fault.
func (p Problem) At(fields ...Field) Problem { p.fields = append([]Field(nil), fields...); return p }

// After says how long to wait before trying again.
func (p Problem) After(wait time.Duration) Problem { p.after = wait; return p }

// Quoting adds an id for support; an empty value adds none.
func (p Problem) Quoting(label, value string) Problem {
	if value != "" {
		p.ids = append(append([]ID(nil), p.ids...), ID{label, value})
	}
	return p
}

// Behind says which gate was closed.
func (p Problem) Behind(gate Gate) Problem { p.gate = gate; return p }

// Verbatim quotes what another service said of it; an empty text quotes nothing.
func (p Problem) Verbatim(text string) Problem { p.quote = text; return p }

// Because keeps the cause, for the log only: nobody is shown it.
func (p Problem) Because(cause error) Problem { p.cause = cause; return p }

// Kind is what sort of problem it is.
func (p Problem) Kind() Kind { return p.kind }

// Title is a sentence that says what happened.
func (p Problem) Title() string { return p.title }

// Detail says what it means for the person's data; it may be empty.
func (p Problem) Detail() string { return p.detail }

// Advice says what to do next; it may be empty.
func (p Problem) Advice() string { return p.advice }

// Fields are the form fields at fault.
func (p Problem) Fields() []Field { return append([]Field(nil), p.fields...) }

// RetryAfter is how long to wait before trying again; 0 says that nothing is known.
func (p Problem) RetryAfter() time.Duration { return p.after }

// Gate is the one that was closed; it is empty where the problem is another.
func (p Problem) Gate() Gate { return p.gate }

// IDs are what to quote to support.
func (p Problem) IDs() []ID { return append([]ID(nil), p.ids...) }

// Quote is what another service said of it, word for word; it may be empty, and is not in a person's words.
func (p Problem) Quote() string { return p.quote }

// Error is the title with its cause, for a log.
func (p Problem) Error() string {
	if p.cause == nil {
		return p.title
	}
	return p.title + " " + p.cause.Error()
}

// Unwrap is the cause.
func (p Problem) Unwrap() error { return p.cause }
