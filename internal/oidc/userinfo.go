package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
)

// ClaimsFrom says where names and roles are read. Who somebody is, is the ID token's to say in any case.
type ClaimsFrom string

// The places, as the configuration names them. The zero value is FromIDToken.
const (
	FromIDToken  ClaimsFrom = "id_token"
	FromUserInfo ClaimsFrom = "userinfo"
)

// UserInfo is what the userinfo endpoint says of the person whose access token it is (OpenID Connect Core 1.0 section 5.3).
type UserInfo struct {
	Subject  string `json:"sub"`
	Name     Label  `json:"name"`
	Username Label  `json:"preferred_username"`

	// All are the claims as they came, by name.
	All map[string]json.RawMessage `json:"-"`
}

// ErrSubject says that userinfo is about another than the ID token.
var ErrSubject = errors.New("userinfo is not about the person of the ID token")

// UserInfo reads the claims of the subject; nil where the ID token is what counts. The error is a *Refusal where the
// provider did not answer or the operators of Switchboard have something to mend.
func (c *Client) UserInfo(ctx context.Context, about *Metadata, access, subject string) (*UserInfo, error) {
	if c.o.ClaimsFrom != FromUserInfo {
		return nil, nil
	}
	if about.Userinfo == "" {
		return nil, c.unsuited("The provider names no userinfo_endpoint, so oidc.claims_from has to be id_token.")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, about.Userinfo, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for userinfo: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+access)
	request.Header.Set("Accept", "application/json")
	answer, err := c.provider.client.Do(request)
	if err != nil {
		return nil, Unanswered(c.now(), err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, &Refusal{Class: Later, Status: answer.StatusCode, At: c.now(), cause: err}
	}
	return c.readUserInfo(answer, body, subject)
}

func (c *Client) readUserInfo(answer *http.Response, body []byte, subject string) (*UserInfo, error) {
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	switch {
	case answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= http.StatusInternalServerError:
		return nil, &Refusal{
			Class: Later, Status: answer.StatusCode, At: c.now(), Wait: retryAfter(answer.Header, c.now()),
			cause: fmt.Errorf("userinfo answers %s", answer.Status),
		}
	case answer.StatusCode != http.StatusOK:
		return nil, c.unsuited(fmt.Sprintf("The provider’s userinfo endpoint answers %d to the access token that it gave out.", answer.StatusCode))
	case kind == "application/jwt":
		return nil, c.unsuited("The provider signs or encrypts userinfo for this client. Have it answer plain JSON, or set oidc.claims_from to id_token.")
	case kind != "application/json":
		return nil, c.unsuited("The provider’s userinfo endpoint does not answer JSON.")
	}
	var said UserInfo
	if err := errors.Join(json.Unmarshal(body, &said), json.Unmarshal(body, &said.All)); err != nil {
		return nil, errors.New("userinfo is malformed") // the decoder's words may quote a person
	}
	if said.Subject != subject || subject == "" {
		return nil, ErrSubject
	}
	return &said, nil
}

// unsuited is for a provider and a configuration that do not go together.
func (c *Client) unsuited(mend string) *Refusal {
	return &Refusal{Class: Misconfigured, At: c.now(), Mend: mend}
}
