package graph

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Problem is one of Graph's error answers. It is a handler, so that a fault can give it as the answer.
type Problem struct {
	Status int
	Code   string
	// Text is the sentence. What becomes of it depends on Nesting.
	Text string
	// Nesting is how Intune wraps the sentence: 0 plain, 1 an object as a string, 2 that again under an ErrorCode, 3 that
	// again under a Message.
	Nesting int
	// Again repeats a plain Text inside innerError, as model validation does.
	Again bool
	// Phrase, Source and Inner are nesting 1's CustomApiErrorPhrase, ErrorSourceService and HttpHeaders ("{}" when empty).
	Phrase, Source, Inner string
	// Challenge is the WWW-Authenticate header; RetryAfter the Retry-After header.
	Challenge, RetryAfter string
}

// With is the Problem with another Retry-After.
func (p Problem) With(retryAfter string) Problem {
	p.RetryAfter = retryAfter
	return p
}

func (p Problem) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	requestID, clientRequestID := mark(w, r)
	inner := object{}
	if p.Again {
		inner = append(inner, field{"message", p.Text})
	}
	inner = append(inner, field{"date", time.Now().UTC().Format("2006-01-02T15:04:05")},
		field{"request-id", requestID}, field{"client-request-id", clientRequestID})
	body := compact(object{{"error", object{{"code", p.Code}, {"message", p.message(r, clientRequestID)}, {"innerError", inner}}}})
	header := w.Header()
	header.Set("Content-Type", "application/json")
	if p.Challenge != "" {
		header.Set("WWW-Authenticate", p.Challenge)
	}
	if p.RetryAfter != "" {
		header.Set("Retry-After", p.RetryAfter)
	}
	w.WriteHeader(p.Status)
	_, _ = io.WriteString(w, body) // a caller that has gone is no concern of Graph's
}

func (p Problem) message(r *http.Request, activity string) string {
	if p.Nesting == 0 {
		return p.Text
	}
	inner := p.Inner
	if inner == "" {
		inner = "{}"
	}
	service := "ExampleFE/ExampleFEService"
	if p.Nesting == 3 {
		service = "TrafficGateway/TrafficRoutingService/" + service // which is what wraps it
	}
	sentence := p.Text + " - Operation ID (for customer support): 00000000-0000-0000-0000-000000000000 - Activity ID: " + activity +
		" - Url: https://fef.msub05.manage.microsoft.com/" + service + innerPath(r) + "?api-version=5026-01-10"
	message := indented(object{{"_version", 3}, {"Message", sentence}, {"CustomApiErrorPhrase", p.Phrase},
		{"RetryAfter", nil}, {"ErrorSourceService", p.Source}, {"HttpHeaders", inner}})
	switch p.Nesting {
	case 2:
		return compact(object{{"ErrorCode", "Forbidden"}, {"Message", message}, {"Target", nil}, {"Details", nil},
			{"InnerError", nil}, {"InstanceAnnotations", []string{}}})
	case 3:
		return compact(object{{"Message", message}})
	}
	return message
}

// innerPath is the address inside Intune, which is not Graph's: keys stand in brackets there.
func innerPath(r *http.Request) string {
	at := strings.Index(strings.ToLower(r.URL.Path), strings.ToLower(Collection))
	if at < 0 {
		return Collection
	}
	asked := parseTarget(r.URL.Path[at:])
	if !asked.one {
		return Collection
	}
	path := Collection + "%28%27" + url.PathEscape(asked.id) + "%27%29"
	if asked.operation != "" {
		path += "/" + url.PathEscape(asked.operation)
	}
	return path
}

func compact(o object) string {
	text, err := o.MarshalJSON()
	if err != nil {
		return err.Error() // unreachable: a Problem holds strings
	}
	return string(text)
}

// indented is how .NET pretty-prints: two spaces and CRLF.
func indented(o object) string {
	var lines []string
	for _, member := range o {
		value, err := encode(member.value)
		if err != nil {
			return err.Error() // as in compact
		}
		lines = append(lines, `  "`+member.name+`": `+string(value))
	}
	return "{\r\n" + strings.Join(lines, ",\r\n") + "\r\n}"
}
