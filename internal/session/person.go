package session

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/sessions"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/oidc"
	"switchboard/internal/problem"
)

// Person is who sent a request, as their session says. It is safe for concurrent use. What it says of the person is as
// of the request's start; Allowed reads it anew.
type Person struct {
	service *Service
	entry   *entry
	actor   access.Actor
}

var _ graphclient.Tokens = (*Person)(nil)

// Person is who sent the request; nil without a live session. An error is the database's, and signs nobody out.
func (s *Service) Person(r *http.Request) (*Person, error) {
	session, err := s.store.Get(r, s.cookies.Session())
	if err != nil {
		return nil, DatabaseFailed(err)
	}
	return s.personOf(session), nil
}

func (s *Service) personOf(session *sessions.Session) *Person {
	e, live := session.Values[entryKey{}].(*entry)
	if !live {
		return nil
	}
	return s.person(e)
}

func (s *Service) person(e *entry) *Person { return &Person{service: s, entry: e, actor: e.actor()} }

// Actor is who it is and which roles they had at the request's start. Its lists are not to be changed.
func (p *Person) Actor() access.Actor { return p.actor }

// Recent is the person as they are now if their roles were read more than an hour ago: after a refresh, if one is due. A
// provider that does not answer soon leaves them as they were. The error is SignedOut if the session has ended.
func (p *Person) Recent(ctx context.Context) (*Person, error) {
	if p.service.now().Sub(p.entry.RolesAt) <= refreshAge {
		return p, nil
	}
	ctx, cancel := context.WithTimeout(ctx, p.service.o.Patience)
	defer cancel()
	e, err := p.service.bearer(ctx, p.entry.id, ask{need: graphclient.Read, fresh: refreshAge})
	switch {
	case isKind(err, problem.SignedOut):
		return nil, err
	case err != nil:
		return p, nil
	}
	return p.service.person(e), nil
}

// Confirmed is the person with roles that are good for a write, as Allowed reads them, for what is written here and not to
// Graph. The error is Forbidden if only a sign-in makes the roles new, SignedOut if the session has ended.
func (p *Person) Confirmed(ctx context.Context) (*Person, error) {
	e, err := p.service.bearer(ctx, p.entry.id, ask{need: graphclient.Read, fresh: writeAge})
	if err != nil {
		return nil, err
	}
	return p.service.person(e), nil
}

// RolesSource says where the roles come from, for the record.
func (p *Person) RolesSource() string {
	place := "the ID token"
	if p.service.client.ClaimsFrom() == oidc.FromUserInfo {
		place = "userinfo"
	}
	return "claim " + p.service.o.Roles.Claim + " of " + place + " of " + p.RolesAt().Format(time.RFC3339)
}

// RolesAt is when the roles were last read from the provider.
func (p *Person) RolesAt() time.Time { return p.entry.RolesAt.UTC() }

// Whose names the person, the same in all their sessions.
func (p *Person) Whose() string { return p.entry.person() }

// SessionHash names the session without being good for anything: it is the hash of the cookie's secret.
func (p *Person) SessionHash() string { return p.entry.id }

// SignedInAt is when this session began.
func (p *Person) SignedInAt() time.Time { return p.entry.Began }

// LastSeen is when the session was used last, to the minute.
func (p *Person) LastSeen() time.Time { return p.entry.lastSeen() }

// Scopes are what the access token may do, as the provider wrote them.
func (p *Person) Scopes() []string { return append([]string(nil), p.entry.Scopes...) }

// MayRead says whether the access token has the read scope, or the write scope, which includes it.
func (p *Person) MayRead() bool {
	return oidc.HasScope(p.entry.Scopes, p.service.client.ReadScope()) || p.MayWrite()
}

// MayWrite says whether the access token has the write scope by now. It is asked for at the first edit.
func (p *Person) MayWrite() bool { return oidc.HasScope(p.entry.Scopes, p.service.client.WriteScope()) }

// Refused is the provider's last no to this session, for instance to the write scope; nil if the last renewal worked and the
// sign-in got what it asked for.
func (p *Person) Refused() *oidc.Refusal {
	if p.entry.Denied && !p.MayWrite() {
		return p.service.Ungranted()
	}
	if p.entry.LastRefreshError == nil {
		return nil
	}
	refusal := p.entry.LastRefreshError.Refusal
	return &refusal
}

const secretSize = 32

// LoginHint is what the provider knows the person by, "" if it did not say.
func (p *Person) LoginHint() string { return p.entry.LoginHint }

// SignInHint is by what the provider may find the person at another sign-in: as it knows them, else as they are called
// (entra.md, section 2). It decides nothing.
func (p *Person) SignInHint() string { return firstOf(p.entry.LoginHint, p.entry.Username) }

// StepUpClaims are the claims that the next sign-in has to satisfy, "" for none.
func (p *Person) StepUpClaims() string { return p.entry.StepUp }

// FormToken is what a form of this session must send back. Each call gives another text for the same secret, so that a
// compressed page does not give it away letter by letter (BREACH).
func (p *Person) FormToken() string {
	var b [2 * secretSize]byte
	mask, masked := b[:secretSize], b[secretSize:]
	rand.Read(mask) // never fails: the program ends instead
	secret, err := base64.RawURLEncoding.DecodeString(p.entry.Secret)
	if err != nil || len(secret) != secretSize {
		return ""
	}
	subtle.XORBytes(masked, mask, secret)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// FormTokenValid says whether a FormToken of this session made the text.
func (p *Person) FormTokenValid(token string) bool {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimSpace(token))
	if err != nil || len(b) != 2*secretSize {
		return false
	}
	secret, err := base64.RawURLEncoding.DecodeString(p.entry.Secret)
	if err != nil || len(secret) != secretSize {
		return false
	}
	got := make([]byte, secretSize)
	subtle.XORBytes(got, b[:secretSize], b[secretSize:])
	return subtle.ConstantTimeCompare(got, secret) == 1
}
