package graphclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"switchboard/internal/connector"
)

const (
	maxPages   = 1_000
	maxObjects = 100_000
	// listShare bounds a whole list: forty times what one page may take, ten minutes.
	listShare = 40
)

var errTooLong = fmt.Errorf("the list has more than %d pages or %d objects", maxPages, maxObjects)

// Listed is what Graph answered when it was asked for all connectors.
type Listed struct {
	Connectors []connector.Connector
	// Unreadable are the rows that are no connectors; they are not among Connectors.
	Unreadable []connector.Unreadable
	// Count is how many connectors Graph says that there are (@odata.count), 0 where it does not say.
	Count int
}

// List reads all connectors, page after page. It never returns a part of the pages. Where Graph takes the link to a further
// page no more, as after its token has expired, the list is begun anew, once.
func (r *Reader) List(ctx context.Context) (Listed, error) {
	ctx, cancel := context.WithTimeout(ctx, listShare*r.client.options.ReadTimeout)
	defer cancel()
	all, e := r.pages(ctx)
	if e != nil && e.expired {
		all, e = r.pages(ctx)
	}
	if e != nil {
		return Listed{}, e
	}
	return all, nil
}

// pages reads the list from its beginning.
func (r *Reader) pages(ctx context.Context) (Listed, *Error) {
	all := newSet()
	asked := map[string]bool{}
	next := r.client.base.String() + collection
	for number := range maxPages {
		asked[next] = true
		got, read, e := r.readPage(ctx, next)
		if e != nil {
			e.expired = number > 0 && (e.Status == http.StatusBadRequest || e.Status == http.StatusNotFound || e.Status == http.StatusGone)
			return Listed{}, e
		}
		all.add(read)
		switch {
		case len(all.Connectors)+len(all.Unreadable) > maxObjects:
			return Listed{}, &Error{Class: Unavailable, cause: errTooLong}
		case read.next == "":
			r.client.logUnreadable(ctx, got, all.Unreadable)
			return all.Listed, nil
		case asked[read.next]:
			return Listed{}, r.client.senseless(ctx, got, collection, errors.New("the pages of the list lead in a circle"))
		}
		next = read.next
		if r.onPage != nil {
			r.onPage(all.soFar())
		}
	}
	return Listed{}, &Error{Class: Unavailable, cause: errTooLong}
}

func (r *Reader) readPage(ctx context.Context, address string) (got answer, read page, e *Error) {
	target, err := r.client.follow(address)
	if err != nil {
		return answer{}, page{}, &Error{Class: Unavailable, cause: err}
	}
	out := call{method: http.MethodGet, url: target, name: collection, carrier: r.client.http.reads}
	got, e = r.read(ctx, out, func(body []byte) (err error) {
		read, err = decodePage(body)
		return err
	})
	return got, read, e
}

// follow makes sure that the link stays with Graph, since a bearer goes along, and that it is sent to the byte.
func (c *Client) follow(link string) (*url.URL, error) {
	target, err := url.Parse(link)
	if err != nil || target.User != nil || origin(target) != c.origin {
		return nil, errors.New("the list goes on at another address than Graph's")
	}
	if strings.ContainsAny(link, " #") || !strings.HasSuffix(link, target.RequestURI()) {
		return nil, errors.New("the link to the next page cannot be sent as it came")
	}
	return target, nil
}

// origin is the scheme, host and port of an address, written one way.
func origin(address *url.URL) string {
	port := address.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[address.Scheme]
	}
	return address.Scheme + "://" + strings.ToLower(address.Hostname()) + ":" + port
}

// set keeps connectors in the order in which they came, each once: rows move between pages while these are read.
type set struct {
	Listed
	places map[string]place // by the key of the id
	pages  int
}

type place struct{ at, page int }

func newSet() *set {
	return &set{Listed: Listed{Connectors: []connector.Connector{}}, places: map[string]place{}}
}

// soFar is a copy of what was read, which goes on to change.
func (s *set) soFar() Listed {
	return Listed{Connectors: slices.Clone(s.Connectors), Unreadable: slices.Clone(s.Unreadable), Count: s.Count}
}

// add adds a page. Of two rows of one page with the same id that do not agree, it is not known which is true: the second
// is named.
func (s *set) add(read page) {
	s.pages++
	s.Count = max(s.Count, read.count)
	s.Unreadable = append(s.Unreadable, read.unreadable...)
	for _, c := range read.connectors {
		id := c.Key()
		known, there := s.places[id]
		switch {
		case !there:
			s.places[id] = place{len(s.Connectors), s.pages}
			s.Connectors = append(s.Connectors, c)
		case known.page < s.pages:
			s.Connectors[known.at] = c // read later
			s.places[id] = place{known.at, s.pages}
		case !sameBut(connector.ID, s.Connectors[known.at], c):
			s.Unreadable = append(s.Unreadable, connector.Unreadable{Part: c, Faults: []string{"id comes twice in the list, with other values"}})
		}
	}
}

// sameBut says whether two connectors differ in nothing but that property.
func sameBut(name string, a, b connector.Connector) bool {
	differing := a.Differing(b)
	return len(differing) == 0 || len(differing) == 1 && differing[0] == name
}
