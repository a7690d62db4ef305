package session

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"switchboard/graphclient"
	"switchboard/internal/access"
	"switchboard/internal/oidc"
	"switchboard/internal/seal"
)

// record is what a session knows, sealed in the database as one JSON object.
type record struct {
	identity
	tokens
	span

	Secret string // of the forms' tokens
	StepUp string // claims that the next sign-in has to satisfy
}

// identity is who the person is.
type identity struct {
	Issuer, Subject string
	TID, OID        string // the issuer and the subject at a provider that sends neither
	Name, Username  string
	LoginHint       string
	SID             string   // hash of the provider's session id at sign-in, "" without
	Nonce           string   // of the sign-in; a refreshed ID token that has one must have the same
	Claims          []string // the roles claim
	RolesAt         time.Time
}

// tokens are the person's, and what is known of how to renew them.
type tokens struct {
	Access           string
	Refresh          string
	Scopes           []string // that the access token really has
	Expires          time.Time
	Lifetime         time.Duration
	Need             graphclient.Scope // what the next refresh asks for
	RefreshedAt      time.Time
	LastRefreshError *refreshError `json:"Trouble"` // of the last refresh, nil if it worked

	// What is known of the write scope at a provider that gives no more at a refresh than at the sign-in.
	Widened bool `json:",omitzero"` // it gave it to a refresh all the same, so that later ones have to ask for it
	Narrow  bool `json:",omitzero"` // it refused it to a refresh
	Denied  bool `json:",omitzero"` // the sign-in asked for it and did not get it

}

// span is the session's from its start to its end. One from before it was sealed has no Ends.
type span struct {
	Began   time.Time `json:",omitzero"`
	Ends    time.Time `json:",omitzero"` // the absolute limit
	Device  string    `json:",omitzero"` // what the browser called itself at sign-in
	Address string    `json:",omitzero"` // where the sign-in came from
}

// entry is a session as one instance holds it for a moment. All but seen never changes: a renewed session is a new entry.
type entry struct {
	record
	id       string // the hash of the cookie's secret
	mark     string // seen as the database keeps it, sealed
	digest   string // of the record as the database keeps it, where the first key sealed it
	version  int64
	leaseEnd time.Time
	roles    []access.Role
	granting []string     // the values among Claims that stand for roles
	seen     atomic.Int64 // Unix microseconds
}

// identify fills in who the ID token is about.
func (rec *record) identify(claims *oidc.IDTokenClaims) {
	rec.Issuer, rec.Subject = claims.Issuer, claims.Subject
	rec.TID, rec.OID = claims.Key()
	rec.call(claims.Name, claims.Username)
	if claims.LoginHint != "" {
		rec.LoginHint = string(claims.LoginHint)
	}
	if claims.SID != "" {
		rec.SID = seal.Digest(claims.SID)
	}
}

// call takes the names that came; a name that did not come again, as with many a refresh, stays.
func (rec *record) call(name, username oidc.Label) {
	if name := strings.TrimSpace(string(name)); name != "" {
		rec.Name = clip(name)
	}
	if username := strings.TrimSpace(string(username)); username != "" {
		rec.Username = clip(username)
	}
}

// empower reads the roles where they are to be read: from userinfo if there is any, else from the ID token, which need not
// come with a refresh.
func (rec *record) empower(claims *oidc.IDTokenClaims, said *oidc.UserInfo, roles Roles, now time.Time) {
	switch {
	case said != nil:
		rec.call(said.Name, said.Username)
		rec.Claims, rec.RolesAt = roles.values(said.All), now
	case claims != nil:
		rec.Claims, rec.RolesAt = roles.values(claims.All), now
	}
}

// clip bounds a text for display that the provider does not.
func clip(text string) string {
	const most = 512
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "")
	}
	return text
}

// take puts new tokens into the record. asked is the scope that was asked for, which an answer without one grants.
func (rec *record) take(t oidc.TokenResponse, asked string, now time.Time) {
	rec.Access, rec.Lifetime = t.Access, t.Lifetime()
	rec.Expires, rec.RefreshedAt = now.Add(rec.Lifetime), now
	if t.Refresh != "" {
		rec.Refresh = t.Refresh
	}
	if t.Scope == "" {
		t.Scope = asked
	}
	rec.Scopes = strings.Fields(t.Scope)
	rec.LastRefreshError = nil
}

// person is the database's key of a person.
func (rec *record) person() string { return personKey(rec.TID, rec.OID) }

func personKey(tid, oid string) string { return access.Actor{TID: tid, OID: oid}.Key() }

// actor has a name in any case: not every provider sends one, and what somebody did has to be somebody's.
func (e *entry) actor() access.Actor {
	return access.Actor{
		OID: e.OID, TID: e.TID, Name: firstOf(e.Name, e.Username, e.OID), Username: e.Username,
		Claims: slices.Clone(e.Claims), Roles: slices.Clone(e.roles), Granting: slices.Clone(e.granting),
	}
}

func (e *entry) lastSeen() time.Time { return time.UnixMicro(e.seen.Load()).UTC() }
