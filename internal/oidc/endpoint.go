package oidc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// TokenResponse is what the token endpoint answers (RFC 6749 section 5.1, OpenID Connect Core 1.0 section 3.1.3.3).
type TokenResponse struct {
	Type      string          `json:"token_type"`
	Access    string          `json:"access_token"`
	Refresh   string          `json:"refresh_token"`
	ID        string          `json:"id_token"`
	Scope     string          `json:"scope"`
	ExpiresIn json.RawMessage `json:"expires_in"` // seconds; some providers quote it
}

// defaultLifetime is assumed of an access token whose lifetime the provider does not say.
const defaultLifetime = time.Hour

func (t TokenResponse) Lifetime() time.Duration {
	n, err := strconv.ParseFloat(strings.Trim(string(t.ExpiresIn), `"`), 64)
	if err != nil || n <= 0 || n > 7*24*3600 {
		return defaultLifetime
	}
	return time.Duration(n * float64(time.Second))
}

// Exchange asks for the tokens that a code stands for.
func (c *Client) Exchange(ctx context.Context, about *Metadata, code, verifier string) (TokenResponse, error) {
	answer, err := c.askTokens(ctx, about, url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {verifier}, "redirect_uri": {c.RedirectURI()},
	})
	if err == nil && answer.ID == "" {
		err = errors.New("the token answer has no id_token")
	}
	return answer, err
}

// Refresh asks for new tokens, for what was granted if scope is "".
func (c *Client) Refresh(ctx context.Context, about *Metadata, refreshToken, scope, claims string) (TokenResponse, error) {
	form := url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {refreshToken},
	}
	if scope != "" {
		form.Set("scope", scope)
	}
	if asked := about.RefreshClaims(claims); asked != "" {
		form.Set("claims", asked)
	}
	return c.askTokens(ctx, about, form)
}

// ErrNoCredential says that this client has nothing to prove itself with, so that nothing was sent.
var ErrNoCredential = errors.New("the client's credential cannot be used")

// askTokens sends one request to the token endpoint. The error is a *Refusal if the provider said no or try later, or
// could not be reached; no error holds anything of the form.
func (c *Client) askTokens(ctx context.Context, about *Metadata, form url.Values) (TokenResponse, error) {
	header := http.Header{}
	if err := c.credential.prove(form, header, about); err != nil {
		return TokenResponse{}, &Refusal{
			Class: Misconfigured, At: c.now(), Mend: "Switchboard’s own credential cannot be used: the log says why.",
			cause: fmt.Errorf("%w: %w", ErrNoCredential, err),
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, about.Endpoint.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return TokenResponse{}, fmt.Errorf("ask the token endpoint: %w", err)
	}
	request.Header = header
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	answer, err := c.provider.spender.Do(request)
	if err != nil {
		return TokenResponse{}, Unanswered(c.now(), err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return TokenResponse{}, &Refusal{Class: Later, Status: answer.StatusCode, At: c.now(), cause: err}
	}
	if answer.StatusCode != http.StatusOK {
		return TokenResponse{}, c.refusal(answer, body)
	}
	return readTokens(answer.Header, body)
}

func readTokens(header http.Header, body []byte) (TokenResponse, error) {
	var t TokenResponse
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return t, errors.New("the token answer is not JSON")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(&t); err != nil {
		return TokenResponse{}, errors.New("the token answer is malformed") // the decoder's words may quote a token
	}
	if !strings.EqualFold(t.Type, "Bearer") {
		return TokenResponse{}, errors.New("the token answer's token_type is not Bearer")
	}
	if t.Access == "" {
		return TokenResponse{}, errors.New("the token answer has no access_token")
	}
	return t, nil
}

// HasScope says whether a scope list has the scope: by the last path segment, whatever the case, because Entra ID answers
// with bare names or with full ones (entra.md, section 3). Of several, with blanks between them, it has to have all.
func HasScope(scopes []string, scope string) bool {
	last := func(s string) string { return s[strings.LastIndex(s, "/")+1:] }
	all := strings.Fields(scope)
	for _, wanted := range all {
		if !slices.ContainsFunc(scopes, func(one string) bool { return strings.EqualFold(last(one), last(wanted)) }) {
			return false
		}
	}
	return len(all) > 0
}
