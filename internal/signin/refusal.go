package signin

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
	Misconfigured              // whoever runs Switchboard has to mend something
	Declined                   // the person cancelled
	Unasked                    // only a sign-in that asks for the permission brings it
	Ungranted                  // the sign-in asked for the permission and did not get it
)

// Our own pages that a refusal may lead to; Start answers both.
const (
	signInPath = "/login"
	writePath  = "/login?grant=write"
)

// Refusal is the provider's no. It is the cause of the problem that a person is shown; what a page may show beyond the
// problem is here. The provider's error_description is not kept: it is text of others, and may quote what was sent.
type Refusal struct {
	Class         Class
	OAuth         string // the error code of RFC 6749 or OpenID Connect
	Suberror      string
	Number        int           // of AADSTS, 0 if there is none
	Claims        string        // what a sign-in has to satisfy
	CorrelationID string        // for the organization's administrators
	TraceID       string        // for Microsoft's support
	At            time.Time     // when the provider said so
	Wait          time.Duration // as the provider asked, 0 if it did not
	Status        int           // of HTTP, 0 without an answer
	// OutdatedRoles says that the no is ours: the refresh worked, brought no ID token, and the roles are too old to write.
	OutdatedRoles bool
	// AdminConsent is the address at which an administrator can allow it, "" unless Class is Consent at Entra ID.
	AdminConsent string
	// Mend is what whoever runs Switchboard has to put right, where that is known already: the no is ours then.
	Mend string
	// Scope is the permission of Graph that was asked for in vain, where Class is Ungranted.
	Scope string
	// Path is the page of ours that asks the provider for what is missing, "" if asking again helps nobody.
	Path string

	cause error
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
	text := fmt.Sprintf("the identity provider refused: status %d, error %q", r.Status, r.OAuth)
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

// Unwrap is the failure underneath, nil if the provider answered.
func (r *Refusal) Unwrap() error { return r.cause }

// code is the refusal in the provider's codes, none of its text.
func (r *Refusal) code() string {
	if r.Number <= 0 {
		return r.OAuth
	}
	return fmt.Sprintf("%s AADSTS%d", r.OAuth, r.Number)
}

// ends says whether the refresh token is void and the session with it. Only invalid_grant says so, and not when it is
// about consent or about confirming who one is.
func (r *Refusal) ends() bool {
	return r.OAuth == "invalid_grant" && (r.Class == SignInAgain || r.Class == Policy)
}

// refusesScope says whether the no is to a scope that was asked for, at a provider that gives at a refresh no more than at the
// sign-in (RFC 6749 section 6). What Entra ID numbers is about the app registration.
func (r *Refusal) refusesScope() bool {
	switch r.OAuth {
	case "invalid_scope", "invalid_request", "unauthorized_client", "access_denied":
		return (r.Class == Misconfigured || r.Class == Declined) && r.Number == 0
	}
	return false
}

// mayRefuseScope says whether it can be told from the refresh token alone what the no means: some providers have one word for a
// void token and for a scope that they do not give.
func (r *Refusal) mayRefuseScope() bool {
	return r.OAuth == "invalid_grant" && r.ends() && r.Number == 0 && r.Suberror == ""
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
func (s *Service) refusal(answer *http.Response, body []byte) *Refusal {
	var said errorAnswer
	_ = json.Unmarshal(body, &said) // what cannot be read stays empty: the status alone is an answer
	r := &Refusal{
		OAuth: word(said.Error), Suberror: word(said.Suberror), Claims: said.Claims, Status: answer.StatusCode, At: s.now(),
		CorrelationID: guid(said.CorrelationID), TraceID: guid(said.TraceID), Wait: retryAfter(answer.Header, s.now()),
	}
	if len(said.Codes) > 0 {
		r.Number = said.Codes[0]
	}
	return s.classed(r, said.Description)
}

// callbackRefusal reads the no that the browser brings back from the authorize endpoint.
func (s *Service) callbackRefusal(query url.Values) *Refusal {
	r := &Refusal{OAuth: word(query.Get("error")), Suberror: word(query.Get("error_subcode")), Claims: query.Get("claims"), At: s.now()}
	return s.classed(r, query.Get("error_description"))
}

var (
	numberPattern      = regexp.MustCompile(`AADSTS([0-9]{4,8})`)
	correlationPattern = regexp.MustCompile(`(?i)Correlation ID: ([0-9a-f-]{36})`)
	tracePattern       = regexp.MustCompile(`(?i)Trace ID: ([0-9a-f-]{36})`)
	guidPattern        = regexp.MustCompile(`^[0-9A-Fa-f-]{36}$`)
	wordPattern        = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
)

// classed takes the numbers out of the description, which is then forgotten, and classes the refusal.
func (s *Service) classed(r *Refusal, description string) *Refusal {
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
		r.AdminConsent, r.Path = s.AdminConsentURL(), writePath
	case StepUp, SignInAgain:
		r.Path = signInPath
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
	personal := r.OAuth == "invalid_grant" || r.OAuth == "interaction_required" || r.OAuth == "access_denied"
	switch {
	case r.Status == http.StatusTooManyRequests, r.Status >= 500, r.OAuth == "temporarily_unavailable", r.OAuth == "server_error":
		return Later
	case r.OAuth == "invalid_client":
		return Misconfigured
	case r.OAuth == "consent_required", r.Suberror == "consent_required", personal && slices.Contains(consentNumbers, r.Number):
		return Consent
	case r.Suberror == "message_only", personal && slices.Contains(policyNumbers, r.Number):
		return Policy
	case !personal && slices.Contains(laterNumbers, r.Number):
		return Later
	case slices.Contains(brokenNumbers, r.Number):
		return Misconfigured
	case personal && r.Claims != "":
		return StepUp
	case r.OAuth == "invalid_grant":
		return SignInAgain
	case r.OAuth == "interaction_required", r.OAuth == "login_required", r.OAuth == "account_selection_required":
		return StepUp
	case r.OAuth == "access_denied":
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
