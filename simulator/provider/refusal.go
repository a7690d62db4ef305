package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// Refusal is an error answer of the token endpoint in Entra's shape. It is a handler, so that a fault can give it as the
// answer, and an error, so that package op carries it.
type Refusal struct {
	// Status of 0 is 400.
	Status int
	// Kind is OAuth's error, Number Entra's AADSTS code.
	Kind   string
	Number int
	Text   string
	// Suberror and Claims are left out when empty.
	Suberror, Claims string
}

// What Entra is known to answer. Numbers and kinds are Microsoft's, the wording is ours.
var (
	Revoked      = &Refusal{Kind: "invalid_grant", Number: 50173, Text: "The provided grant was revoked; sign in again.", Suberror: "bad_token"}
	Inactive     = &Refusal{Kind: "invalid_grant", Number: 700082, Text: "The refresh token has expired due to inactivity."}
	NeedsMFA     = &Refusal{Kind: "invalid_grant", Number: 50076, Text: "Multifactor authentication is required.", Suberror: "basic_action", Claims: `{"access_token":{"capolids":{"essential":true,"values":["12345678-0000-4000-8000-000000000000"]}}}`}
	NoConsent    = &Refusal{Kind: "invalid_grant", Number: 65001, Text: "The user or administrator has not consented.", Suberror: "consent_required"}
	Blocked      = &Refusal{Kind: "invalid_grant", Number: 53003, Text: "Access was blocked by Conditional Access policies.", Suberror: "message_only"}
	Busy         = &Refusal{Status: http.StatusServiceUnavailable, Kind: "temporarily_unavailable", Number: 90033, Text: "The directory service is not available."}
	OldSecret    = &Refusal{Status: http.StatusUnauthorized, Kind: "invalid_client", Number: 7000222, Text: "The client secret keys are expired."}
	WrongSecret  = &Refusal{Status: http.StatusUnauthorized, Kind: "invalid_client", Number: 7000215, Text: "Invalid client secret provided."}
	NoSecret     = &Refusal{Status: http.StatusUnauthorized, Kind: "invalid_client", Number: 7000218, Text: "The request body must contain client_assertion or client_secret."}
	UnknownApp   = &Refusal{Kind: "unauthorized_client", Number: 700016, Text: "The application was not found in the directory."}
	BadScope     = &Refusal{Kind: "invalid_scope", Number: 70011, Text: "The provided value for the input parameter 'scope' is not valid."}
	BadCode      = &Refusal{Kind: "invalid_grant", Number: 70000, Text: "The provided authorization code is invalid or has expired."}
	UsedCode     = &Refusal{Kind: "invalid_grant", Number: 54005, Text: "The authorization code was already redeemed; sign in again."}
	BadVerifier  = &Refusal{Kind: "invalid_grant", Number: 501481, Text: "The Code_Verifier does not match the code_challenge supplied in the authorization request."}
	OtherAddress = &Refusal{Kind: "invalid_grant", Number: 500112, Text: "The reply address does not match the one provided when the authorization code was requested."}
	BadRefresh   = &Refusal{Kind: "invalid_grant", Number: 9002313, Text: "The refresh token is malformed or invalid.", Suberror: "bad_token"}
	UsedRefresh  = &Refusal{Kind: "invalid_grant", Number: 70000, Text: "The refresh token was used before; all of its kind are revoked.", Suberror: "bad_token"}
	// These come from the authorize endpoint. NeedsAdmin: an ordinary person cannot consent to what is asked for.
	Cancelled     = &Refusal{Kind: "access_denied", Text: "The sign-in was cancelled."}
	NobodyHere    = &Refusal{Kind: "login_required", Number: 50058, Text: "A silent sign-in request was sent but no user is signed in."}
	NoConsentHere = &Refusal{Kind: "interaction_required", Number: 65001, Text: NoConsent.Text}
	NeedsAdmin    = &Refusal{Kind: "access_denied", Number: 90094, Text: "Admin consent is required for the permissions requested by this application."}
)

// Error is what error_description begins with. Without a Number it is the Text alone.
func (f *Refusal) Error() string {
	if f.Number == 0 {
		return f.Text
	}
	return fmt.Sprintf("AADSTS%d: %s", f.Number, f.Text)
}

func (f *Refusal) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	trace, correlation := uuid.NewString(), uuid.NewString()
	stamp := time.Now().UTC().Format("2006-01-02 15:04:05Z")
	body := map[string]any{
		"error": f.Kind, "error_codes": []int{f.Number}, "timestamp": stamp, "trace_id": trace, "correlation_id": correlation,
		"error_description": fmt.Sprintf("%s\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s", f.Error(), trace, correlation, stamp),
		"error_uri":         fmt.Sprintf("https://login.microsoftonline.com/error?code=%d", f.Number),
	}
	if f.Suberror != "" {
		body["suberror"] = f.Suberror
	}
	if f.Claims != "" {
		body["claims"] = f.Claims
	}
	status := f.Status
	if status == 0 {
		status = http.StatusBadRequest
	}
	writeJSON(w, status, trace, body)
}

// writeJSON answers as Entra's token endpoint does.
func writeJSON(w http.ResponseWriter, status int, trace string, body any) {
	header := w.Header()
	header.Set("Cache-Control", "no-store, no-cache")
	header.Set("Pragma", "no-cache")
	header.Set("Expires", "-1")
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("x-ms-request-id", trace)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a caller that has gone is no concern of the provider's
}

// asRefusal finds Entra's words for what package op refused.
func asRefusal(err error) *Refusal {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	var plain *oidc.Error
	if !errors.As(err, &plain) {
		return &Refusal{Status: http.StatusInternalServerError, Kind: "server_error", Number: 90033, Text: "The provider failed."}
	}
	switch plain.ErrorType {
	case oidc.InvalidClient:
		return WrongSecret
	case oidc.InvalidGrant: // all other faults of a grant are refused in our own words
		if strings.HasPrefix(plain.Description, "redirect_uri") {
			return OtherAddress
		}
		return BadVerifier
	case oidc.InvalidScope:
		return BadScope
	case oidc.UnsupportedGrantType:
		return &Refusal{Kind: "unsupported_grant_type", Number: 70003, Text: "The app requested an unsupported grant type."}
	}
	return &Refusal{Kind: "invalid_request", Number: 900144, Text: "The request is malformed: " + plain.Description + "."}
}
