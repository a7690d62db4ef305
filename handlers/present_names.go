package handlers

import (
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"switchboard/internal/connector"
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

// offeredKey is by what a listing keeps the names that complete what is typed.
type offeredKey struct{}

// offeredNames are the first names, in order, of the connectors that the session read in a list; none where it read none.
func (p *presenter) offeredNames(person *session.Person) []string {
	recent, _ := p.inventory.Recent(person, maxNameAge)
	listing, _ := recent.Base() // a name that the session knows to be another since is offered tomorrow
	return listing.Once(offeredKey{}, func() any {
		names := make([]string, len(listing.Connectors))
		for i, one := range listing.Connectors {
			names[i] = one.Name().Whole().String()
		}
		return offered(names)
	}).([]string)
}

// namesOffered bounds the names that complete what is typed into a field.
const namesOffered = 200

// longestOffered is how many characters a name that is offered has at most: a page holds all of them.
const longestOffered = 200

// offered are the names in order, each once, as many as a list may hold.
func offered(names []string) []string {
	names = slices.DeleteFunc(names, func(name string) bool { _, more := connector.First(name, longestOffered); return more })
	slices.Sort(names)
	names = slices.Compact(names)
	return names[:min(len(names), namesOffered)]
}
