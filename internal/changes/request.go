package changes

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"switchboard/graphclient"
	"switchboard/internal/connector"
)

// Request is a request to Graph as it would be sent, without the bearer.
type Request struct {
	Method, URL string
	// Headers are "Name: value" lines.
	Headers []string
	// Body is the JSON, indented for reading.
	Body string
}

// Request is the PATCH that a save of these fields sends.
func (s *Service) Request(connectorID string, fields []connector.FieldChange) Request {
	request := Request{
		Method: http.MethodPatch,
		URL:    strings.TrimSuffix(s.GraphURL, "/") + "/deviceManagement/exchangeConnectors/" + url.PathEscape(connectorID),
		Headers: []string{"Authorization: Bearer (your own token)", "Accept: application/json", "Content-Type: application/json",
			"client-request-id: (the change's id)", "User-Agent: Switchboard/" + s.Build},
	}
	var indented bytes.Buffer
	if body, err := graphclient.PatchBody(fields); err == nil && json.Indent(&indented, body, "", "  ") == nil {
		request.Body = indented.String()
	}
	return request
}
