package signin

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

// The places, as the configuration names them. The zero value is IDToken.
const (
	IDToken  ClaimsFrom = "id_token"
	Userinfo ClaimsFrom = "userinfo"
)

// userinfo is what the userinfo endpoint says of the person whose access token it is (OpenID Connect Core 1.0 section 5.3).
type userinfo struct {
	Subject  string `json:"sub"`
	Name     string `json:"name"`
	Username string `json:"preferred_username"`

	all map[string]json.RawMessage
}

// errSubject says that userinfo is about another than the ID token.
var errSubject = errors.New("userinfo is not about the person of the ID token")

// askUserinfo reads the claims of the subject; nil where the ID token is what counts. The error is a *Refusal where the
// provider did not answer or whoever runs Switchboard has something to mend.
func (s *Service) askUserinfo(ctx context.Context, about *document, access, subject string) (*userinfo, error) {
	if s.o.ClaimsFrom != Userinfo {
		return nil, nil
	}
	if about.Userinfo == "" {
		return nil, s.unsuited("The provider names no userinfo_endpoint, so oidc.claims_from has to be id_token.")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, about.Userinfo, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for userinfo: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+access)
	request.Header.Set("Accept", "application/json")
	answer, err := s.provider.client.Do(request)
	if err != nil {
		return nil, &Refusal{Class: Later, At: s.now(), cause: err}
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, &Refusal{Class: Later, Status: answer.StatusCode, At: s.now(), cause: err}
	}
	return s.readUserinfo(answer, body, subject)
}

func (s *Service) readUserinfo(answer *http.Response, body []byte, subject string) (*userinfo, error) {
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	switch {
	case answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= http.StatusInternalServerError:
		return nil, &Refusal{
			Class: Later, Status: answer.StatusCode, At: s.now(), Wait: retryAfter(answer.Header, s.now()),
			cause: fmt.Errorf("userinfo answers %s", answer.Status),
		}
	case answer.StatusCode != http.StatusOK:
		return nil, s.unsuited(fmt.Sprintf("The provider’s userinfo endpoint answers %d to the access token that it gave out.", answer.StatusCode))
	case kind == "application/jwt":
		return nil, s.unsuited("The provider signs or encrypts userinfo for this client. Have it answer plain JSON, or set oidc.claims_from to id_token.")
	case kind != "application/json":
		return nil, s.unsuited("The provider’s userinfo endpoint does not answer JSON.")
	}
	var said userinfo
	if err := errors.Join(json.Unmarshal(body, &said), json.Unmarshal(body, &said.all)); err != nil {
		return nil, errors.New("userinfo is malformed") // the decoder's words may quote a person
	}
	if said.Subject != subject || subject == "" {
		return nil, errSubject
	}
	return &said, nil
}

// unsuited is for a provider and a configuration that do not go together.
func (s *Service) unsuited(mend string) *Refusal {
	return &Refusal{Class: Misconfigured, At: s.now(), Mend: mend}
}
