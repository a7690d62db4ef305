package graphclient

import (
	"bytes"
	"net/http"
)

// Speaker is who gave an answer: a proxy, a gateway or a sign-in page of the network may answer in Graph's place, under
// any status.
type Speaker int

// The speakers.
const (
	// Nobody: there was no answer.
	Nobody Speaker = iota
	// Graph: the answer is JSON with Graph's error object, or a success.
	Graph
	// Bare: an answer without a body that has Graph's request-id. It tells no reason, so no gate is judged by it.
	Bare
	// Between: something between us and Graph. Of what was asked it tells nothing.
	Between
)

// speaker says who gave an answer that is no success.
func (a answer) speaker() Speaker {
	switch {
	case a.isJSON() && isEnvelope(a.body):
		return Graph
	case a.requestID() == "" || a.cut != nil || len(bytes.TrimSpace(a.body)) > 0:
		return Between
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden, a.status == http.StatusNotFound, a.status >= 500:
		return Bare
	}
	return Between
}

// isEnvelope knows Graph's error object by its code, which is a text even where it is empty. Other programs answer
// {"error":"denied"} or {"error":{"code":403}}.
func isEnvelope(body []byte) bool {
	var outer struct{ Error struct{ Code *string } }
	return readCut(body, &outer) == nil && outer.Error.Code != nil
}
