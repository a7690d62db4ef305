package graphclient

import (
	"strings"
	"unicode/utf8"
)

const maxLevels = 3

// details are what an error body says.
type details struct {
	code, innerCode, activity, requestID string
	text                                 string // as it came: see quotable
	noAccess                             bool
}

// envelope is Graph's error object. encoding/json matches names without regard to case: the documentation writes
// innererror, the wire innerError.
type envelope struct {
	Error struct {
		Code       string
		Message    string
		InnerError struct {
			RequestID string `json:"request-id"`
			Message   string
		}
	}
}

// nested is the JSON that Intune puts inside a message, in one of three shapes.
type nested struct {
	ErrorCode   string
	Message     string
	HTTPHeaders string `json:"HttpHeaders"`
}

// unwrap reads an error body. Whatever it cannot read it leaves empty: the status alone must do then.
func unwrap(body []byte) details {
	var outer envelope
	_ = readCut(body, &outer) // what has another type stays empty, and the rest is still read
	d := details{code: outer.Error.Code, requestID: plainID(outer.Error.InnerError.RequestID), noAccess: outer.Error.Code == "Forbidden"}
	message := outer.Error.Message
	if message == "" { // some answers of Graph's have it there alone
		message = outer.Error.InnerError.Message
	}
	for range maxLevels {
		message = strings.TrimSpace(strings.TrimPrefix(message, string(byteOrderMark)))
		inner := nested{Message: message}
		if !strings.HasPrefix(message, "{") || readCut([]byte(message), &inner) != nil {
			break
		}
		if d.innerCode == "" {
			d.innerCode = inner.ErrorCode
		}
		d.noAccess = d.noAccess || inner.ErrorCode == "Forbidden" || strings.Contains(inner.HTTPHeaders, intuneRealm)
		message = inner.Message
	}
	d.read(message)
	return d
}

// read takes a text of Intune apart: TEXT - Operation ID (…): ID - Activity ID: ID - Url: ADDRESS. The address is one
// inside Intune, and goes nowhere.
func (d *details) read(message string) {
	message = strings.TrimSpace(strings.TrimPrefix(message, string(byteOrderMark)))
	if strings.HasPrefix(message, "{") {
		return // nested deeper than was ever seen: JSON is no text
	}
	message = " " + message // TEXT may be empty
	text, _, _ := strings.Cut(message, " - Operation ID")
	text, _, _ = strings.Cut(text, " - Activity ID: ")
	text, _, _ = strings.Cut(text, " - Url: ")
	d.text = strings.TrimSpace(shorten(text))
	_, activity, _ := strings.Cut(message, " - Activity ID: ")
	activity, _, _ = strings.Cut(activity, " - Url: ")
	d.activity = plainID(activity)
}

// shorten cuts a text at maxRaw bytes, between two words if it can.
func shorten(text string) string {
	if len(text) <= maxRaw {
		return text
	}
	end := maxRaw
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	if blank := strings.LastIndexAny(text[:end], " \t\r\n"); blank > 0 {
		end = blank
	}
	return text[:end]
}
