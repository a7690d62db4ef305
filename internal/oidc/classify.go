package oidc

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// errorResponse is the token endpoint's error (RFC 6749 section 5.2) with Entra's additions.
type errorResponse struct {
	Error         string `json:"error"`
	Description   string `json:"error_description"`
	Codes         []int  `json:"error_codes"`
	Suberror      string `json:"suberror"`
	Claims        string `json:"claims"`
	CorrelationID string `json:"correlation_id"`
	TraceID       string `json:"trace_id"`
}

// refusal reads the token endpoint's no, or a page that came in its place.
func (c *Client) refusal(answer *http.Response, body []byte) *Refusal {
	var said errorResponse
	err := json.Unmarshal(body, &said) // a member of another type leaves the others as they came
	busy := answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= http.StatusInternalServerError
	if answer.StatusCode < http.StatusBadRequest || err != nil && said.Error == "" && !busy { // whose status alone is an answer
		return &Refusal{Class: Displaced, Status: answer.StatusCode, At: c.now(), cause: fmt.Errorf("what answered is no token endpoint: %s", answer.Status)}
	}
	r := &Refusal{
		ErrorCode: word(said.Error), Suberror: word(said.Suberror), Claims: said.Claims, Status: answer.StatusCode, At: c.now(),
		SupportIDs: SupportIDs{guid(said.CorrelationID), cmp.Or(guid(said.TraceID), guid(answer.Header.Get("x-ms-request-id")))},
		Wait:       retryAfter(answer.Header, c.now()),
	}
	if len(said.Codes) > 0 {
		r.Number = said.Codes[0]
	}
	return c.classed(r, said.Description)
}

// CallbackRefusal reads the no that the browser brings back from the authorize endpoint.
func (c *Client) CallbackRefusal(query url.Values) *Refusal {
	r := &Refusal{ErrorCode: word(query.Get("error")), Suberror: word(query.Get("error_subcode")), Claims: query.Get("claims"), At: c.now()}
	return c.classed(r, query.Get("error_description"))
}

var (
	numberPattern      = regexp.MustCompile(`AADSTS([0-9]{4,8})`)
	correlationPattern = regexp.MustCompile(`(?i)Correlation ID: ([0-9a-f-]{36})`)
	tracePattern       = regexp.MustCompile(`(?i)Trace ID: ([0-9a-f-]{36})`)
	guidPattern        = regexp.MustCompile(`^[0-9A-Fa-f-]{36}$`)
	wordPattern        = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
)

// classed takes the numbers out of the description, which is then forgotten, and classes the refusal.
func (c *Client) classed(r *Refusal, description string) *Refusal {
	if found := numberPattern.FindStringSubmatch(description); found != nil && r.Number == 0 {
		r.Number, _ = strconv.Atoi(found[1]) // eight digits at most
	}
	if found := correlationPattern.FindStringSubmatch(description); found != nil && r.CorrelationID == "" {
		r.CorrelationID = found[1]
	}
	if found := tracePattern.FindStringSubmatch(description); found != nil && r.TraceID == "" {
		r.TraceID = found[1]
	}
	r.Class = classify(r)
	switch r.Class {
	case Consent:
		r.AdminConsent, r.Path = c.AdminConsentURL(), WritePath
	case StepUp, SignInAgain:
		r.Path = SignInPath
	}
	return r
}

// word keeps a code that can be shown and logged as it is.
func word(text string) string {
	if !wordPattern.MatchString(text) {
		return ""
	}
	return text
}

func guid(text string) string {
	if !guidPattern.MatchString(text) {
		return ""
	}
	return text
}

// AADSTS numbers by what they mean (entra.md, section 7). Where error and suberror do not settle the class, these do.
var (
	consentNumbers = []int{65001, 65004, 90008, 90094, 90095}
	policyNumbers  = []int{50005, 50020, 50034, 50053, 50057, 50105, 50131, 51004, 53000, 53001, 53002, 53003, 53004, 53011, 90072, 500021, 500212, 500213, 530032}
	brokenNumbers  = []int{50011, 50012, 50194, 70011, 90002, 500011, 501481, 650056, 650057, 700005, 700016, 700025, 700027, 900382, 900432, 7000112, 7000215, 7000218, 7000222}
	laterNumbers   = []int{50033, 50087, 90006, 90024, 90033, 90055, 90090}
)

// classify branches on error, then suberror, then claims; Microsoft says not to depend on numbers, so they only settle
// what is left.
func classify(r *Refusal) Class {
	personal := r.ErrorCode == "invalid_grant" || r.ErrorCode == "interaction_required" || r.ErrorCode == "access_denied"
	switch {
	case r.Status == http.StatusTooManyRequests, r.Status >= 500, r.ErrorCode == "temporarily_unavailable", r.ErrorCode == "server_error":
		return Later
	case r.ErrorCode == "invalid_client":
		return Misconfigured
	case r.ErrorCode == "consent_required", r.Suberror == "consent_required", personal && slices.Contains(consentNumbers, r.Number):
		return Consent
	case r.Suberror == "message_only", personal && slices.Contains(policyNumbers, r.Number):
		return Policy
	case !personal && slices.Contains(laterNumbers, r.Number):
		return Later
	case slices.Contains(brokenNumbers, r.Number):
		return Misconfigured
	case personal && r.Claims != "":
		return StepUp
	case r.ErrorCode == "invalid_grant":
		return SignInAgain
	case r.ErrorCode == "interaction_required", r.ErrorCode == "login_required", r.ErrorCode == "account_selection_required":
		return StepUp
	case r.ErrorCode == "access_denied":
		return Declined
	}
	return Misconfigured
}

// retryAfter reads seconds or a date; 0 if the header is absent or says nothing usable.
func retryAfter(header http.Header, now time.Time) time.Duration {
	const most = 5 * time.Minute
	text := strings.TrimSpace(header.Get("Retry-After"))
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(n, 0), int(most/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), most)
	}
	return 0
}
