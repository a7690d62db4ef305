package graph

import (
	"io"
	"net/http"
	"strconv"
	"strings"
)

const somethingHappened = "An error has occurred"

// entra is the part of a challenge that Graph always sends.
const entra = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`

// The answers that Graph and Intune are known to give, or, where nobody has published one, give by inference.
var (
	NoToken       = Problem{Status: http.StatusUnauthorized, Code: "InvalidAuthenticationToken", Text: "Access token is empty.", Challenge: entra}
	InvalidToken  = Problem{Status: http.StatusUnauthorized, Code: "InvalidAuthenticationToken", Text: "IDX10223: Access token validation failure.", Challenge: entra}
	ExpiredToken  = Problem{Status: http.StatusUnauthorized, Code: "InvalidAuthenticationToken", Text: "Lifetime validation failed, the token is expired.", Challenge: entra}
	NullRefused   = Problem{Status: http.StatusBadRequest, Code: "ModelValidationFailure", Text: "Exception has been thrown by the target of an invocation.", Again: true}
	NoReason      = Problem{Status: http.StatusBadRequest, Code: "InternalError", Text: somethingHappened, Nesting: 1}
	Unreadable    = Problem{Status: http.StatusBadRequest, Code: "BadRequest", Text: "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."}
	NoSuchMethod  = Problem{Status: http.StatusBadRequest, Code: "No method match route template", Text: "No OData route exists that match template with http verb for request."}
	WrongTenant   = Problem{Status: http.StatusBadRequest, Code: "BadRequest", Text: "Request not applicable to target tenant."}
	RoleForbids   = Problem{Status: http.StatusForbidden, Code: "Forbidden", Text: "User is not authorized to perform this operation", Nesting: 1}
	Directory     = Problem{Status: http.StatusForbidden, Code: "Authorization_RequestDenied", Text: "Insufficient privileges to complete the operation."}
	NotFound      = Problem{Status: http.StatusNotFound, Code: "ResourceNotFound", Text: somethingHappened, Nesting: 1}
	Conflict      = Problem{Status: http.StatusConflict, Code: "Conflict", Text: somethingHappened, Nesting: 1}
	ConditionFail = Problem{Status: http.StatusPreconditionFailed, Code: "ConditionNotMet", Text: somethingHappened, Nesting: 1}
	Throttled     = Problem{Status: http.StatusTooManyRequests, Code: "TooManyRequests", Text: "Too many requests.", RetryAfter: "10"}
	ThrottledBare = Problem{Status: http.StatusTooManyRequests, Code: "TooManyRequests", Text: somethingHappened, Nesting: 1}
	Internal      = Problem{Status: http.StatusInternalServerError, Code: "InternalServerError", Text: "An internal server error has occurred", Nesting: 1}
	Unavailable   = Problem{Status: http.StatusServiceUnavailable, Code: "serviceNotAvailable", Text: "The service is temporarily unavailable.", RetryAfter: "5"}
	// ServiceTimeout may come after the change was made.
	ServiceTimeout = Problem{
		Status: http.StatusServiceUnavailable, Code: "CancelledOnServiceTimeout", Text: "ScenarioTimeout=15000ms, RequestTimeout=15000ms",
		Nesting: 1, Phrase: "CancelOnTimeout4EndExecuteAction", Source: "ExampleFEService",
	}
	GatewayTimeout = Problem{Status: http.StatusGatewayTimeout, Code: "UnknownError", Text: somethingHappened, Nesting: 3}
	// NoIntuneAccess is no fault of the token: the person has no Intune licence or role.
	NoIntuneAccess = Problem{
		Status: http.StatusUnauthorized, Code: "UnknownError", Text: somethingHappened, Nesting: 2,
		Inner: `{"WWW-Authenticate":"Bearer realm=\"urn:intune:service,c3c3c3c3-2e37-4c56-87b5-7b444ee1cb26,3e3e3e3e-808d-4aa0-9500-4b2d369279e7\""}`,
	}
	// ClaimsChallenge asks for a token issued after a revocation.
	ClaimsChallenge = Problem{
		Status: http.StatusUnauthorized, Code: "InvalidAuthenticationToken",
		Text:      "Continuous access evaluation resulted in claims challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp",
		Challenge: entra + `, error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwgInZhbHVlIjoiMTc5NTUxMTUyMCJ9fX0="`,
	}
	// PolicyChallenge asks for an authentication context under 403.
	PolicyChallenge = Problem{
		Status: http.StatusForbidden, Code: "Forbidden", Text: "Access has been blocked by Conditional Access policies.",
		Challenge: `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19"`,
	}
)

// BadGateway answers as a gateway before Graph does.
var BadGateway = Proxy(http.StatusBadGateway)

// Proxy answers under any status as something between the caller and Graph does: in HTML, without Graph's ids.
func Proxy(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		title := strconv.Itoa(status) + " " + http.StatusText(status)
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html><head><title>"+title+"</title></head><body><h1>"+title+"</h1></body></html>")
	})
}

// OfStatus is the answer that Graph usually gives under a status; false for one it has none for.
func OfStatus(status int) (http.Handler, bool) {
	usual := map[int]http.Handler{
		http.StatusBadRequest: NoReason, http.StatusUnauthorized: ExpiredToken, http.StatusForbidden: RoleForbids,
		http.StatusNotFound: NotFound, http.StatusConflict: Conflict, http.StatusPreconditionFailed: ConditionFail,
		http.StatusTooManyRequests: Throttled, http.StatusInternalServerError: Internal, http.StatusBadGateway: BadGateway,
		http.StatusServiceUnavailable: Unavailable, http.StatusGatewayTimeout: GatewayTimeout,
	}
	answer, ok := usual[status]
	return answer, ok
}

func invalid(text string) *Problem {
	return &Problem{Status: http.StatusBadRequest, Code: "ModelValidationFailure", Text: text, Again: true}
}

func notConvertible(literal, edm string) *Problem {
	return invalid("Cannot convert the literal '" + literal + "' to the expected type '" + edm + "'.")
}

func unsettable(name string) *Problem {
	if name == "id" {
		return &NoReason
	}
	return &Problem{
		Status: http.StatusBadRequest, Code: "BadRequest",
		Text: "The property '" + name + "' does not exist on type 'microsoft.graph.deviceManagementExchangeConnector'. " +
			"Make sure to only use property names that are defined by the type.",
	}
}

func missingScope(scopes []string) *Problem {
	return &Problem{
		Status: http.StatusForbidden, Code: "Forbidden", Nesting: 1,
		Text: "Application is not authorized to perform this operation. Application must have one of the following scopes: " + strings.Join(scopes, ", "),
	}
}
