package graph

import (
	"context"
	"net/http"
	"strings"

	"switchboard/simulator/journal"
)

// Caller is who a bearer belongs to and what it is good for.
type Caller struct {
	Person string
	// Scopes are the token's delegated permissions: last path segments.
	Scopes []string
	// Reads and Updates are what Intune lets the person do.
	Reads, Updates bool
}

// scopes that the pages of list, get, update and sync name; the last ones are on the newest pages only.
var (
	writeScopes = []string{"DeviceManagementServiceConfig.ReadWrite.All", "DeviceManagementConfiguration.ReadWrite.All"}
	readScopes  = append([]string{"DeviceManagementServiceConfig.Read.All", "DeviceManagementConfiguration.Read.All"}, writeScopes...)
)

func (c Caller) may(method string) *Problem {
	scopes := readScopes
	if method != http.MethodGet {
		scopes = writeScopes
	}
	switch {
	case !c.holds(scopes):
		return missingScope(scopes[:2])
	case !c.Reads:
		return &NoIntuneAccess
	case method != http.MethodGet && !c.Updates:
		return &RoleForbids
	}
	return nil
}

func (c Caller) holds(scopes []string) bool {
	for _, wanted := range scopes {
		for _, held := range c.Scopes {
			if strings.EqualFold(held, wanted) {
				return true
			}
		}
	}
	return false
}

type callerKey struct{}

type identity struct {
	caller  Caller
	problem *Problem
}

// Identify looks at the bearer before anything can go wrong with the request, so that it is recorded with its person.
func (s *Server) Identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var id identity
		if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && bearer != "" {
			id.caller, id.problem = s.options.Authenticate(r, bearer)
		} else {
			id.problem = &NoToken
		}
		journal.Person(r.Context(), id.caller.Person)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, id)))
	})
}

func identified(ctx context.Context) (Caller, *Problem) {
	id, ok := ctx.Value(callerKey{}).(identity)
	if !ok {
		return Caller{}, &NoToken
	}
	return id.caller, id.problem
}
