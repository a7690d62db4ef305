package graphclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"switchboard/connector"
)

const (
	maxPages = 100
	// listShare bounds a whole list: four times what one page may take, a minute.
	listShare = 4
)

// List reads all connectors, page after page. It never returns a part of them.
func (k *Calls) List(ctx context.Context) ([]connector.Connector, error) {
	ctx, cancel := context.WithTimeout(ctx, listShare*k.client.options.ReadTimeout)
	defer cancel()
	all := newSet()
	asked := map[string]bool{}
	next := k.client.base + collection
	for range maxPages {
		asked[next] = true
		got, read, e := k.readPage(ctx, next)
		if e != nil {
			return nil, e
		}
		all.add(read.connectors)
		switch {
		case read.next == "":
			return all.connectors, nil
		case asked[read.next]:
			return nil, senseless(got, errors.New("the pages of the list lead in a circle"))
		}
		next = read.next
	}
	return nil, &Error{Class: Unavailable, cause: fmt.Errorf("the list has more than %d pages", maxPages)}
}

func (k *Calls) readPage(ctx context.Context, address string) (answer, page, *Error) {
	target, err := k.client.follow(address)
	if err != nil {
		return answer{}, page{}, &Error{Class: Unavailable, cause: err}
	}
	out := call{method: http.MethodGet, url: target, name: collection, carrier: k.client.http.reads}
	got, e := k.read(ctx, out)
	if e != nil {
		return answer{}, page{}, e
	}
	read, err := decodePage(got.body)
	if err != nil {
		return answer{}, page{}, senseless(got, err)
	}
	return got, read, nil
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
	connectors []connector.Connector
	places     map[string]int // by the key of the id
}

func newSet() set { return set{connectors: []connector.Connector{}, places: map[string]int{}} }

func (s *set) add(connectors []connector.Connector) {
	for _, c := range connectors {
		if place, known := s.places[c.Key()]; known {
			s.connectors[place] = c // read later
			continue
		}
		s.places[c.Key()] = len(s.connectors)
		s.connectors = append(s.connectors, c)
	}
}
