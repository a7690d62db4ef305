package journeys

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"switchboard/simulator"
	"switchboard/simulator/graph"
)

// exampleRequest is the example of Microsoft's reference page for the update of a connector, exampleID the id in its answer.
const (
	exampleRequest = `{
  "lastSyncDateTime": "2017-01-01T00:02:49.3205976-08:00",
  "status": "connectionPending",
  "primarySmtpAddress": "Primary Smtp Address value",
  "serverName": "Server Name value",
  "connectorServerName": "Connector Server Name value",
  "exchangeConnectorType": "hosted",
  "version": "Version value",
  "exchangeAlias": "Exchange Alias value",
  "exchangeOrganization": "Exchange Organization value"
}`
	exampleID = "e11c1de8-1de8-e11c-e81d-1ce1e81d1ce1"
)

// TestReferenceExample types the reference page's example into the form: all nine properties are sent, to the letter, and
// the object that comes back is shown.
func TestReferenceExample(t *testing.T) {
	t.Parallel()
	var want map[string]string
	if err := json.Unmarshal([]byte(exampleRequest), &want); err != nil {
		t.Fatal(err)
	}
	before := simulator.Connectors(time.Now())[1]
	s := open(t, settings{connectors: []graph.Connector{{ID: exampleID, Values: before.Values}}})
	maya := s.sits(t)
	maya.edits("Maya Lindqvist", exampleID)
	for label, property := range map[string]string{
		"Last sync": "lastSyncDateTime", "Primary SMTP address": "primarySmtpAddress", "Exchange server": "serverName",
		"Connector server": "connectorServerName", "Agent version": "version", "Alias": "exchangeAlias",
		"Organization": "exchangeOrganization",
	} {
		maya.types(maya.field(label), want[property])
	}
	maya.chooses("Status", want["status"])
	maya.chooses("Type", want["exchangeConnectorType"])
	maya.gives("As on the reference page")
	maya.answers(pathOf(exampleID), 200, func() { maya.presses("Save") })

	maya.outcome("applied")
	maya.sees(maya.heading("Saved. Graph stored all 9 fields as asked."))
	maya.shows("id", exampleID)
	for property, value := range want {
		maya.shows(property, value)
	}
	var sent map[string]string
	request := s.tenant.Requests(patchOf(exampleID))[0]
	if err := json.Unmarshal(request.Body, &sent); err != nil || !reflect.DeepEqual(sent, want) {
		t.Errorf("the PATCH: got %s (%v), want %v", request.Body, err, want)
	}
	s.sent(t, patchOf(exampleID), 1)
}
