package session

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/oidc"
)

// kept is a record as every release keeps it: an instance of another version reads it during an update.
const kept = `{"Issuer":"i","Subject":"s","TID":"t","OID":"o","Name":"n","Username":"u","LoginHint":"h","SID":"d","Nonce":"c",` +
	`"Claims":["r"],"RolesAt":"2026-11-24T09:00:00Z","Access":"a","Refresh":"f","Scopes":["x"],"Expires":"2026-11-24T10:00:00Z",` +
	`"Lifetime":3600,"Need":1,"RefreshedAt":"2026-11-24T09:00:00Z","Trouble":{"Refusal":{"Class":1,"OAuth":"invalid_grant",` +
	`"Suberror":"b","Number":50173,"Claims":"{}","CorrelationID":"1","TraceID":"2","At":"2026-11-24T09:00:00Z","Wait":5,"Status":400,` +
	`"OutdatedRoles":true,"AdminConsent":"y","Mend":"m","Scope":"z","Path":"/login"},"Need":1,"Again":true},"Widened":true,` +
	`"Narrow":true,"Denied":true,"Began":"2026-11-24T09:00:00Z","Ends":"2026-11-24T17:00:00Z","Device":"v","Address":"w",` +
	`"Secret":"e","StepUp":"p"}`

func TestRecordsAreKeptUnderTheSameNames(t *testing.T) {
	t.Parallel()
	nine := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	want := record{
		identity: identity{
			Issuer: "i", Subject: "s", TID: "t", OID: "o", Name: "n", Username: "u", LoginHint: "h", SID: "d", Nonce: "c",
			Claims: []string{"r"}, RolesAt: nine,
		},
		tokens: tokens{
			Access: "a", Refresh: "f", Scopes: []string{"x"}, Expires: nine.Add(time.Hour), Lifetime: 3600, Need: graphclient.Write, RefreshedAt: nine,
			LastRefreshError: &refreshError{
				Refusal: oidc.Refusal{
					Class: oidc.SignInAgain, ErrorCode: "invalid_grant", Suberror: "b", Number: 50173, Claims: "{}",
					SupportIDs: oidc.SupportIDs{CorrelationID: "1", TraceID: "2"}, At: nine, Wait: 5, Status: 400,
					OutdatedRoles: true, AdminConsent: "y", Mend: "m", Scope: "z", Path: "/login",
				},
				Need: graphclient.Write, Again: true,
			},
			Widened: true, Narrow: true, Denied: true,
		},
		span:   span{Began: nine, Ends: nine.Add(8 * time.Hour), Device: "v", Address: "w"},
		Secret: "e", StepUp: "p",
	}
	text, err := json.Marshal(want)
	if err != nil || string(text) != kept {
		t.Errorf("kept as %s, %v\nwant %s", text, err, kept)
	}
	var got record
	if err := json.Unmarshal([]byte(kept), &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read as %+v, %v", got, err)
	}
}
