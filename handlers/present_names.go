package handlers

import (
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/connector"
	"switchboard/internal/inventory"
	"switchboard/internal/session"
)

// snapshotFor is how long a listing serves sorting, filtering and paging without asking Graph again.
const snapshotFor = time.Minute

// maxNameAge is how old a listing may be whose names a page shows.
const maxNameAge = 8 * time.Hour

// names are what the connectors with these ids are called, by the ids' keys: as this session read them last, else as anybody did. Graph is
// not asked.
func (p *presenter) names(c echo.Context, person *session.Person, ids ...string) map[string]connector.Name {
	found := map[string]connector.Name{}
	var unread []string
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		if last, there := p.inventory.Last(person, id); there {
			found[connector.Key(id)] = last.Connector.Name()
		} else if id != "" {
			unread = append(unread, id)
		}
	}
	if len(unread) == 0 {
		return found
	}
	seen, err := p.memory.Names(c.Request().Context(), unread...)
	if err != nil {
		p.log(c).Warn("the names of connectors could not be read", "error", err.Error())
	}
	for id, name := range seen {
		found[id] = name
	}
	return found
}

// nameOr is a connector's name, or its id where nobody knows one.
func nameOr(known map[string]connector.Name, id string) connector.Name {
	if name, there := known[connector.Key(id)]; there {
		return name
	}
	return connector.Name{Short: id}
}

// knownNames are what all connectors are called that the session read in a list.
func (p *presenter) knownNames(person *session.Person) map[string]connector.Name {
	listing, _ := p.inventory.Recent(person, maxNameAge)
	return namesIn(listing)
}

func namesIn(listing inventory.Listing) map[string]connector.Name {
	found := make(map[string]connector.Name, len(listing.Connectors))
	for _, one := range listing.Connectors {
		found[one.Key()] = one.Name()
	}
	return found
}
