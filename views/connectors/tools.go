package connectors

import (
	"encoding/json"
	"net/url"
	"strings"
)

// LongestViewName is in characters.
const LongestViewName = 60

// ViewTitle is the title of the page that has the form of a view by itself.
const ViewTitle = "Save this view"

// View is a filter that has a name.
type View struct{ ID, Name, URL string }

func (v View) deletePath() string { return "/views/" + url.PathEscape(v.ID) + "/delete" }

// ViewForm gives a filter a name.
type ViewForm struct {
	Token string
	// Query is that of the list's address.
	Query string
	// Name is what was typed, Fault what is wrong with it; empty for nothing.
	Name, Fault string
	// Views are the person's own.
	Views []View
}

func (m ViewForm) back() string {
	query, err := url.ParseQuery(m.Query)
	if err != nil {
		return Filter{}.URL()
	}
	return ReadFilter(query).URL()
}

// PickPrefix begins the name of a row's tick; the connector's id follows.
const PickPrefix = "pick."

// PicksField has the ticks of many pages as a JSON array of ids, from the script: a form of more fields than 10,000 is not read.
const PicksField = "picks"

// Picked are the ids of the connectors that a form has ticked.
func Picked(form url.Values) []string {
	var ids []string
	if err := json.Unmarshal([]byte(form.Get(PicksField)), &ids); err != nil {
		ids = nil // the script did not send it
	}
	for name := range form {
		if id, is := strings.CutPrefix(name, PickPrefix); is && id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// idsURL is the address of the ids of all that match.
func (m Listing) idsURL() string { return m.Filter.idsURL() }
