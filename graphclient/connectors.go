package graphclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"switchboard/internal/connector"
)

const (
	collection = "/deviceManagement/exchangeConnectors"
	one        = collection + "/{id}"
	synced     = one + "/sync"

	maxID = 256 // bytes; Graph's are GUIDs
)

// Answer is what Graph said to a change that it applied.
type Answer struct {
	Status    int
	RequestID string
	// Object is the connector as Graph answered it, if HasObject; else it has to be read.
	Object    connector.Connector
	HasObject bool
	// Took is the time from the last send to the whole answer.
	Took time.Duration
}

// Get reads one connector.
func (r *Reader) Get(ctx context.Context, id string) (connector.Connector, error) {
	target, e := r.client.address(id, "")
	if e != nil {
		return connector.Connector{}, e
	}
	out := call{method: http.MethodGet, url: target, name: one, carrier: r.client.http.reads}
	var object connector.Connector
	_, e = r.read(ctx, out, func(body []byte) (err error) {
		object, _, err = decodeOne(body, id)
		return err
	})
	if e != nil {
		return connector.Connector{}, e
	}
	return object, nil
}

// Patch asks Graph to store what the fields request, and nothing else. change is the change's UUID, which Intune's audit
// log repeats. It is sent again only where Graph or the network showed that it was not applied: after a failed dial,
// after a 429 that asks for at most 10 s, and with another bearer, once each.
func (w *Writer) Patch(ctx context.Context, id string, fields []connector.FieldChange, change string) (Answer, error) {
	body, err := PatchBody(fields)
	if err != nil {
		return Answer{}, &Error{Class: NotSent, ClientRequestID: change, cause: err}
	}
	target, e := w.client.address(id, "")
	if e != nil {
		return Answer{}, e
	}
	out := call{method: http.MethodPatch, url: target, name: one, id: change, body: body, carrier: w.client.http.writes}
	for _, field := range fields {
		if text := field.Requested.Text(); text != "" {
			out.typed = append(out.typed, text)
		}
	}
	return w.change(ctx, out, id)
}

// Sync asks for a sync, "fullSync" or "deltaSync". It is sent again as Patch is, except after a 429: Intune may want
// minutes between two syncs.
func (w *Writer) Sync(ctx context.Context, id, syncType, change string) (Answer, error) {
	body, err := json.Marshal(map[string]string{"syncType": syncType})
	if err != nil {
		return Answer{}, &Error{Class: NotSent, ClientRequestID: change, cause: err}
	}
	target, e := w.client.address(id, "/sync")
	if e != nil {
		return Answer{}, e
	}
	out := call{method: http.MethodPost, url: target, name: synced, id: change, body: body, carrier: w.client.http.writes}
	return w.change(ctx, out, id)
}

// PatchBody is the body that Patch sends for the fields: Graph's names, each with the text as it was typed, or null.
func PatchBody(fields []connector.FieldChange) ([]byte, error) {
	var body bytes.Buffer
	var names []string
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	for _, field := range fields {
		property, known := connector.Lookup(field.Name)
		if !known || property.Kind == connector.Identifier || slices.Contains(names, field.Name) || !utf8.ValidString(field.Requested.Text()) {
			return nil, fmt.Errorf("a change cannot hold the property %q", field.Name)
		}
		body.WriteString(separator(names) + `"` + field.Name + `":`)
		names = append(names, field.Name)
		if err := encodeValue(encoder, field.Requested); err != nil {
			return nil, err
		}
		body.Truncate(body.Len() - 1) // Encode ends with a line break
	}
	if len(names) == 0 {
		return nil, errors.New("a change without fields")
	}
	body.WriteByte('}')
	return body.Bytes(), nil
}

func separator(names []string) string {
	if len(names) == 0 {
		return "{"
	}
	return ","
}

func encodeValue(encoder *json.Encoder, value connector.Value) error {
	if value.IsNull() {
		return encoder.Encode(nil)
	}
	return encoder.Encode(value.Text())
}

// address is where one connector lives. An id that could lead anywhere else, or that no connector can have, is not
// found without asking.
func (c *Client) address(id, action string) (*url.URL, *Error) {
	if !askable(id) {
		return nil, &Error{Class: NotFound, cause: errors.New("no connector has such an id")}
	}
	target := c.base
	target.Path += collection + "/" + id + action
	target.RawPath += collection + "/" + url.PathEscape(id) + action
	return &target, nil
}

// askable says whether a connector can have the id and be asked for by it.
func askable(id string) bool {
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	return strings.TrimSpace(id) != "" && id != "." && id != ".." && len(id) <= maxID && utf8.ValidString(id) &&
		!strings.ContainsFunc(id, unprintable)
}

// senseless is the error of a 200 whose JSON is not what was asked for. It is logged here: where values are kept from
// before, a page is shown all the same.
func (c *Client) senseless(ctx context.Context, got answer, name string, err error) *Error {
	c.options.Log.WarnContext(ctx, "graph's answer cannot be read", "path", name, "graph_request_id", got.requestID(), "error", err.Error())
	e := &Error{Class: Unavailable, Status: got.status, RequestID: got.requestID(), By: Graph, cause: err, handling: handling{senseless: name}}
	if e.RequestID == "" && errors.Is(err, errNoJSON) {
		e.By = Between
	}
	return e
}
