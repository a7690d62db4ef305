package graphclient

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

const (
	maxLevels = 3
	maxText   = 1000
)

// details are what an error body says.
type details struct {
	code, innerCode, text, activity, requestID string
	address                                    string // Intune's internal one, for the log only
	noAccess                                   bool
}

// envelope is Graph's error object. encoding/json matches names without regard to case: the documentation writes
// innererror, the wire innerError.
type envelope struct {
	Error struct {
		Code       string
		Message    string
		InnerError struct {
			RequestID string `json:"request-id"`
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
	_ = json.Unmarshal(body, &outer) // what has another type stays empty, and the rest is still read
	d := details{code: outer.Error.Code, requestID: plainID(outer.Error.InnerError.RequestID), noAccess: outer.Error.Code == "Forbidden"}
	message := outer.Error.Message
	for range maxLevels {
		inner := nested{Message: message}
		if !strings.HasPrefix(message, "{") || json.Unmarshal([]byte(message), &inner) != nil {
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

// read takes a text of Intune apart: TEXT - Operation ID (…): ID - Activity ID: ID - Url: ADDRESS.
func (d *details) read(message string) {
	if strings.HasPrefix(message, "{") {
		return // nested deeper than was ever seen: JSON is no text
	}
	text, rest, _ := strings.Cut(message, " - Operation ID")
	d.text = shorten(text)
	_, rest, _ = strings.Cut(rest, " - Activity ID: ")
	activity, address, _ := strings.Cut(rest, " - Url: ")
	address, _, _ = strings.Cut(address, "?")
	d.activity, d.address = shorten(activity), shorten(address)
}

func shorten(text string) string {
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
