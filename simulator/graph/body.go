package graph

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// largestBody bounds a request's body once it is unpacked: a small gzip may hold a very large one. Bytes.
const largestBody = 1 << 20

var tooLarge = Problem{Status: http.StatusRequestEntityTooLarge, Code: "RequestEntityTooLarge", Text: "The request body is too large."}

func unknownEncoding(encoding string) *Problem {
	return &Problem{
		Status: http.StatusUnsupportedMediaType, Code: "UnsupportedMediaType",
		Text: "The Content-Encoding '" + encoding + "' is not supported.",
	}
}

// unpacked reads the body, which may be packed with gzip, and with nothing else.
func unpacked(r *http.Request) ([]byte, *Problem) {
	body := io.Reader(r.Body)
	switch encoding := strings.ToLower(strings.Join(r.Header.Values("Content-Encoding"), ",")); encoding {
	case "", "identity":
	case "gzip", "x-gzip":
		packed, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, &Unreadable
		}
		body = packed
	default:
		return nil, unknownEncoding(encoding)
	}
	raw, err := io.ReadAll(io.LimitReader(body, largestBody+1))
	switch {
	case err != nil:
		return nil, &Unreadable
	case len(raw) > largestBody:
		return nil, &tooLarge
	}
	return raw, nil
}

type member struct {
	name  string
	value json.RawMessage
}

// readObject reads a JSON object member by member, because a map would hide a property that is named twice.
func readObject(r *http.Request) ([]member, *Problem) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, &Unreadable
	}
	raw, problem := unpacked(r)
	if problem != nil {
		return nil, problem
	}
	members, err := parseObject(bytes.TrimPrefix(raw, []byte("\ufeff"))) // .NET, which Graph is made of, takes a byte order mark
	if err != nil {
		return nil, &Unreadable
	}
	return members, nil
}

func parseObject(raw []byte) ([]member, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, errors.New("not an object")
	}
	var members []member
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		if slices.ContainsFunc(members, func(m member) bool { return m.name == name }) {
			return nil, errors.New("named twice")
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		members = append(members, member{name, value})
	}
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	return members, nil
}
