package faults

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// Path is where Control is served.
const Path = "/faults"

const (
	largestOrder = 64 << 10  // bytes
	mostTimes    = 1_000     // of one order
	largestHuge  = 256 << 20 // bytes
)

// order is the JSON body of POST /faults.
type order struct {
	Key   string `json:"key"`
	Fault string `json:"fault"`
	// Times is how many requests meet the fault, 1 when left out. Always: every one until DELETE.
	Times  int  `json:"times"`
	Always bool `json:"always"`
	// Status, Body, ContentType and RetryAfter are for "status"; ContentType for "content_type" as well.
	Status      int    `json:"status"`
	Body        string `json:"body"`
	ContentType string `json:"content_type"`
	RetryAfter  string `json:"retry_after"`
	// Delay is a Go duration, for "delay" and "dribble".
	Delay string `json:"delay"`
	// Bytes is for "huge".
	Bytes int `json:"bytes"`
}

// Usual finds the error answer that the service behind a key usually gives under a status.
type Usual func(key string, status int) (http.Handler, bool)

// Control serves POST (queue a fault) and DELETE (clear all, or ?key=). No web page can use it: it wants a secret in a
// header that no form can set, JSON, and none of the headers by which browsers give themselves away; it answers no
// preflight. The tenant refuses requests for another Host before they come here.
func Control(queue *Queue, secret string, usual Usual) http.Handler {
	wanted := sha256.Sum256([]byte("Bearer " + secret))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := sha256.Sum256([]byte(r.Header.Get("Authorization")))
		switch {
		case fromPage(r.Header):
			answer(w, http.StatusForbidden, "no web page may set faults")
		case subtle.ConstantTimeCompare(given[:], wanted[:]) != 1:
			answer(w, http.StatusUnauthorized, "Authorization: Bearer with the control secret is needed")
		case r.Method == http.MethodDelete:
			queue.Clear(r.URL.Query()["key"]...)
			w.WriteHeader(http.StatusNoContent)
		case r.Method != http.MethodPost:
			w.Header().Set("Allow", "POST, DELETE")
			answer(w, http.StatusMethodNotAllowed, "POST sets a fault, DELETE clears")
		default:
			post(w, r, queue, usual)
		}
	})
}

// fromPage says whether a browser's page sent the request: these headers cannot be suppressed by one.
func fromPage(header http.Header) bool {
	for name := range header {
		if name == "Origin" || name == "Cookie" || strings.HasPrefix(name, "Sec-Fetch-") {
			return true
		}
	}
	return false
}

func post(w http.ResponseWriter, r *http.Request, queue *Queue, usual Usual) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		answer(w, http.StatusUnsupportedMediaType, "Content-Type: application/json is needed")
		return
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, largestOrder))
	decoder.DisallowUnknownFields()
	var o order
	if err := decoder.Decode(&o); err != nil {
		answer(w, http.StatusBadRequest, "the body: "+err.Error())
		return
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		answer(w, http.StatusBadRequest, "the body: more than one value")
		return
	}
	fault, err := o.fault(usual)
	if err != nil {
		answer(w, http.StatusBadRequest, err.Error())
		return
	}
	if o.Always {
		queue.Always(o.Key, fault)
	} else {
		for range max(o.Times, 1) {
			queue.Next(o.Key, fault)
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// fault reads the order.
func (o order) fault(usual Usual) (Fault, error) {
	method, path, ok := strings.Cut(o.Key, " ")
	switch {
	case !ok || method == "" || method != strings.ToUpper(method) || !strings.HasPrefix(path, "/"):
		return nil, errors.New(`key: "METHOD /path" is needed, the path relative to the Graph root or to the issuer`)
	case o.Times < 0 || o.Times > mostTimes:
		return nil, fmt.Errorf("times: 1 to %d", mostTimes)
	case o.Times > 0 && o.Always:
		return nil, errors.New("times and always: one of them")
	}
	switch o.Fault {
	case "reset":
		return Reset(), nil
	case "lose_answer":
		return LoseAnswer(), nil
	case "truncate":
		return Truncate(), nil
	case "no_content":
		return NoContent(), nil
	case "status":
		return o.status(usual)
	case "content_type":
		if o.ContentType == "" {
			return nil, errors.New("content_type: needed")
		}
		return ContentType(o.ContentType), nil
	case "huge":
		if o.Bytes < 1 || o.Bytes > largestHuge {
			return nil, fmt.Errorf("bytes: 1 to %d", largestHuge)
		}
		return Huge(o.Bytes), nil
	case "delay", "dribble":
		wait, err := time.ParseDuration(o.Delay)
		if err != nil || wait <= 0 {
			return nil, errors.New(`delay: a duration is needed, for instance "2s"`)
		}
		if o.Fault == "delay" {
			return Delay(wait), nil
		}
		return Dribble(wait), nil
	}
	return nil, errors.New("fault: one of status, delay, reset, lose_answer, truncate, no_content, content_type, huge, dribble")
}

func (o order) status(usual Usual) (Fault, error) {
	if o.Status < 200 || o.Status > 599 {
		return nil, errors.New("status: 200 to 599")
	}
	var headers []string
	if o.RetryAfter != "" {
		headers = []string{"Retry-After", o.RetryAfter}
	}
	handler, ok := usual(o.Key, o.Status)
	if !ok || o.Body != "" || o.ContentType != "" {
		return Status(o.Status, o.ContentType, o.Body, headers...), nil
	}
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		answer := newAnswer()
		handler.ServeHTTP(answer, r)
		copyHeader(w, answer.Headers)
		if o.RetryAfter != "" {
			w.Header().Set("Retry-After", o.RetryAfter)
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}, nil
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": text}) // a caller that has gone is no concern of ours
}
