package graphclient

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// said is what must come of one recorded error.
type said struct {
	read, write Class
	reads       int // how often a GET arrives
	writes      int // how often a PATCH arrives
	code        string
	text        string
	activity    bool
}

var recorded = map[string]said{
	"error-400-date":             {Misconfigured, Refused, 1, 1, "ModelValidationFailure", "Cannot convert the literal 'yesterday' to the expected type 'Edm.DateTimeOffset'.", false},
	"error-400-enum":             {Misconfigured, Refused, 1, 1, "ModelValidationFailure", "Requested value 'offline' was not found.", false},
	"error-400-null":             {Misconfigured, Refused, 1, 1, "ModelValidationFailure", "Exception has been thrown by the target of an invocation.", false},
	"error-400-intune-no-reason": {Misconfigured, Refused, 1, 1, "InternalError", "An error has occurred", true},
	"error-400-segment":          {Misconfigured, Refused, 1, 1, "BadRequest", "Resource not found for the segment 'exchangeConnectors'.", false},
	"error-401-expired":          {SignInAgain, SignInAgain, 2, 2, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.", false},
	"error-401-cae":              {ClaimsNeeded, ClaimsNeeded, 2, 2, "InvalidAuthenticationToken", "Continuous access evaluation resulted in claims challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp", false},
	"error-401-cae-two-challenges": {ClaimsNeeded, ClaimsNeeded, 2, 2, "InvalidAuthenticationToken",
		"Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp", false},
	"error-401-intune-no-access": {NoAccess, NoAccess, 1, 1, "UnknownError", "An error has occurred", true},
	"error-403-claims":           {ClaimsNeeded, ClaimsNeeded, 2, 2, "Forbidden", "Access has been blocked by Conditional Access policies.", false},
	"error-403-directory":        {Forbidden, Forbidden, 1, 1, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", false},
	"error-403-rbac":             {Forbidden, Forbidden, 1, 1, "Forbidden", "User is not authorized to perform this operation", true},
	"error-403-scope": {ConsentMissing, ConsentMissing, 1, 1, "Forbidden", "Application is not authorized to perform this operation. Application must have one of the following scopes: " +
		"DeviceManagementServiceConfig.ReadWrite.All, DeviceManagementConfiguration.ReadWrite.All", true},
	"error-404":                {NotFound, NotFound, 1, 1, "ResourceNotFound", "An error has occurred", true},
	"error-404-empty-message":  {NotFound, NotFound, 1, 1, "UnknownError", "", false},
	"error-404-version":        {Misconfigured, NotFound, 1, 1, "ResourceNotFound", "Invalid version: devicemanagement", false},
	"error-409":                {Unavailable, Conflict, 3, 1, "Conflict", "An error has occurred", true},
	"error-412":                {Unavailable, Conflict, 3, 1, "ConditionNotMet", "An error has occurred", true},
	"error-429":                {Throttled, Throttled, 2, 2, "TooManyRequests", "Too many requests.", false}, // Retry-After: 10
	"error-429-no-retry-after": {Throttled, Throttled, 3, 1, "TooManyRequests", "An error has occurred", true},
	"error-500":                {Unavailable, InDoubt, 3, 1, "InternalServerError", "An internal server error has occurred", true},
	"error-502":                {Unavailable, InDoubt, 3, 1, "", "", false},
	"error-503":                {Unavailable, InDoubt, 3, 1, "serviceNotAvailable", "The service is temporarily unavailable.", false}, // Retry-After: 5
	"error-503-timeout":        {Unavailable, InDoubt, 3, 1, "CancelledOnServiceTimeout", "ScenarioTimeout=15000ms, RequestTimeout=15000ms", true},
	"error-504":                {Unavailable, InDoubt, 3, 1, "UnknownError", "An error has occurred", true},
	"error-504-empty-message":  {Unavailable, InDoubt, 3, 1, "UnknownError", "", false},
}

func TestEveryRecordedErrorIsInTheTable(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/error-*.http")
	if err != nil || len(files) != len(recorded) {
		t.Errorf("testdata has %d errors and the table %d (%v)", len(files), len(recorded), err)
	}
}

func TestRecordedErrors(t *testing.T) {
	t.Parallel()
	for name, want := range recorded {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGraph(t, fixture(t, name))
			c, _ := client(t, g.URL, func(o *Options) { o.ReadTimeout = 60e9 })
			_, err := allOf(c, newPerson()).Get(t.Context(), exampleID)
			want.check(t, "GET", failure(t, err), want.read)
			reads := len(g.arrived())
			_, err = allOf(c, newPerson()).Patch(t.Context(), exampleID, serverName("x"), changeID)
			want.check(t, "PATCH", failure(t, err), want.write)
			if got := [2]int{reads, len(g.arrived()) - reads}; got != [2]int{want.reads, want.writes} {
				t.Errorf("requests, GET and PATCH: %v, want %v", got, [2]int{want.reads, want.writes})
			}
		})
	}
}

func (want said) check(t *testing.T, method string, got *Error, class Class) {
	t.Helper()
	if got.Class != class || got.Code != want.code || got.Text != want.text || got.ActivityID != "" != want.activity {
		t.Errorf("%s: class %v, code %q, text %q, activity %q; want %v, %q, %q, %v",
			method, got.Class, got.Code, got.Text, got.ActivityID, class, want.code, want.text, want.activity)
	}
	if got.Code != "" && !strings.HasPrefix(got.RequestID, "b3d0c1a2-") {
		t.Errorf("%s: request-id %q", method, got.RequestID)
	}
	if method == "PATCH" && got.ClientRequestID != changeID {
		t.Errorf("client-request-id %q", got.ClientRequestID)
	}
	for _, secret := range []string{"manage.microsoft.com", "token-1", "yesterday"} {
		if strings.Contains(got.Error(), secret) || secret != "yesterday" && strings.Contains(got.Text, secret) {
			t.Errorf("%s: the error %q with text %q shows %q", method, got, got.Text, secret)
		}
	}
}

func TestErrorsKeepWhatMendsThem(t *testing.T) {
	t.Parallel()
	g := newGraph(t, fixture(t, "error-403-scope"), fixture(t, "error-401-intune-no-access"), fixture(t, "error-403-claims"))
	c, _ := client(t, g.URL)
	calls := allOf(c, newPerson())
	_, err := calls.Get(t.Context(), exampleID)
	scopes := []string{"DeviceManagementServiceConfig.ReadWrite.All", "DeviceManagementConfiguration.ReadWrite.All"}
	if got := failure(t, err).Scopes; !reflect.DeepEqual(got, scopes) {
		t.Errorf("scopes %q, want %q", got, scopes)
	}
	_, err = calls.Get(t.Context(), exampleID)
	if got := failure(t, err); got.InnerCode != "Forbidden" || got.ActivityID != "7e57c0de-1111-4222-8333-444455556629" {
		t.Errorf("inner code %q, activity %q", got.InnerCode, got.ActivityID)
	}
	_, err = calls.Get(t.Context(), exampleID)
	if got, want := failure(t, err).Claims, `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`; got != want {
		t.Errorf("claims %q, want %q", got, want)
	}
}
