package graph

import (
	"net/http"
	"strings"
)

// preferred is the value of one preference of the Prefer header (RFC 7240), of which the first counts. Names have no case.
func preferred(r *http.Request, name string) (string, bool) {
	for _, header := range r.Header.Values("Prefer") {
		for preference := range strings.SplitSeq(header, ",") {
			preference, _, _ = strings.Cut(preference, ";") // what follows are its parameters
			key, value, _ := strings.Cut(preference, "=")
			if strings.EqualFold(strings.TrimSpace(key), name) {
				return strings.Trim(strings.TrimSpace(value), `"`), true
			}
		}
	}
	return "", false
}

// applyPreference tells the caller which preference was honoured.
func applyPreference(w http.ResponseWriter, preference string) {
	w.Header().Add("Preference-Applied", preference)
}
