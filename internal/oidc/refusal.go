package oidc

import (
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

// Class is what a provider's no means for the person.
type Class int

// The classes (entra.md, section 7).
const (
	Later         Class = iota // no answer, or one that says try again
	SignInAgain                // the sign-in is no longer good
	StepUp                     // the organization wants the person to confirm who they are
	Consent                    // an administrator has to allow it
	Policy                     // the organization forbids it
	Misconfigured              // the operators of Switchboard have to mend something
	Declined                   // the person cancelled
	Unasked                    // only a sign-in that asks for the permission brings it
	Ungranted                  // the sign-in asked for the permission and did not get it
)

// Our own pages that a refusal may lead to; Start answers both.
const (
	SignInPath = "/login"
	WritePath  = "/login?grant=write"
)

// Refusal is the provider's no. It is the cause of the problem that a person is shown; what a page may show beyond the
// problem is here. The provider's error_description is not kept: it is text of others, and may quote what was sent.
type Refusal struct {
	Class     Class
	ErrorCode string `json:"OAuth"` // the error code of RFC 6749 or OpenID Connect
	Suberror  string
	Number    int    // of AADSTS, 0 if there is none
	Claims    string // what a sign-in has to satisfy
	SupportIDs
	At     time.Time     // when the provider said so
	Wait   time.Duration // as the provider asked, 0 if it did not
	Status int           // of HTTP, 0 without an answer
	// OutdatedRoles says that the no is ours: the refresh worked, brought no ID token, and the roles are too old to write.
	OutdatedRoles bool
	// AdminConsent is the address at which an administrator can allow it, "" unless Class is Consent at Entra ID.
	AdminConsent string
	// Mend is what the operators of Switchboard have to put right, where that is known already: the no is ours then.
	Mend string
	// Scope is the permission of Graph that was asked for in vain, where Class is Ungranted.
	Scope string
	// Path is the page of ours that asks the provider for what is missing, "" if asking again helps nobody.
	Path string

	cause error
}

// SupportIDs are what to name to those who can look a refusal up.
type SupportIDs struct {
	CorrelationID string // for the organization's administrators
	TraceID       string // for Microsoft's support
}

// Error is for a log.
func (r *Refusal) Error() string {
	if r.cause != nil {
		return fmt.Sprintf("the identity provider gave no answer: %v", brief(r.cause))
	}
	if r.OutdatedRoles {
		return "no ID token came since the roles were read, and they are too old for a write"
	}
	if r.Mend != "" {
		return r.Mend
	}
	text := fmt.Sprintf("the identity provider refused: status %d, error %q", r.Status, r.ErrorCode)
	if r.Suberror != "" {
		text += fmt.Sprintf(", suberror %q", r.Suberror)
	}
	if r.Number != 0 {
		text += fmt.Sprintf(", AADSTS%d", r.Number)
	}
	if r.CorrelationID != "" {
		text += ", correlation id " + r.CorrelationID
	}
	return text
}

// Unanswered is the refusal of a provider that could not be asked, or whose answer did not come or cannot be used.
func Unanswered(at time.Time, cause error) *Refusal {
	return &Refusal{Class: Later, At: at, cause: cause}
}

// AsUnasked is a no to a wider scope as the person's sign-in mends it.
func (r *Refusal) AsUnasked() *Refusal {
	unasked := *r
	unasked.Class, unasked.Path, unasked.AdminConsent = Unasked, WritePath, ""
	return &unasked
}

// Unwrap is the failure underneath, nil if the provider answered.
func (r *Refusal) Unwrap() error { return r.cause }

// Codes is the refusal in the provider's codes, none of its text.
func (r *Refusal) Codes() string {
	if r.Number <= 0 {
		return r.ErrorCode
	}
	return fmt.Sprintf("%s AADSTS%d", r.ErrorCode, r.Number)
}

// EndsSession says whether the refresh token is void and the session with it. Only invalid_grant says so, and not when it is
// about consent or about confirming who one is.
func (r *Refusal) EndsSession() bool {
	return r.ErrorCode == "invalid_grant" && (r.Class == SignInAgain || r.Class == Policy)
}

// RefusesScope says whether the no is to a scope that was asked for, at a provider that gives at a refresh no more than at the
// sign-in (RFC 6749 section 6). What Entra ID numbers is about the app registration.
func (r *Refusal) RefusesScope() bool {
	switch r.ErrorCode {
	case "invalid_scope", "invalid_request", "unauthorized_client", "access_denied":
		return (r.Class == Misconfigured || r.Class == Declined) && r.Number == 0
	}
	return false
}

// MayRefuseScope says whether it can be told from the refresh token alone what the no means: some providers have one word for a
// void token and for a scope that they do not give.
func (r *Refusal) MayRefuseScope() bool {
	return r.ErrorCode == "invalid_grant" && r.EndsSession() && r.Number == 0 && r.Suberror == ""
}

// errorAnswer is the token endpoint's error (RFC 6749 section 5.2) with Entra's additions.
type errorAnswer struct {
	Error         string `json:"error"`
	Description   string `json:"error_description"`
	Codes         []int  `json:"error_codes"`
	Suberror      string `json:"suberror"`
	Claims        string `json:"claims"`
	CorrelationID string `json:"correlation_id"`
	TraceID       string `json:"trace_id"`
}

// refusal reads the token endpoint's no.
func (c *Client) refusal(answer *http.Response, body []byte) *Refusal {
	var said errorAnswer
	_ = json.Unmarshal(body, &said) // what cannot be read stays empty: the status alone is an answer
	r := &Refusal{
		ErrorCode: word(said.Error), Suberror: word(said.Suberror), Claims: said.Claims, Status: answer.StatusCode, At: c.now(),
		SupportIDs: SupportIDs{guid(said.CorrelationID), guid(said.TraceID)}, Wait: retryAfter(answer.Header, c.now()),
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
