package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"switchboard/journeys/forms"
	"switchboard/simulator"
	"switchboard/simulator/directory"
)

// browser is a person's, without script; it follows nothing by itself.
type browser struct {
	site   string
	client *http.Client
	header http.Header // beside what every browser sends
}

// browsers counts them.
var browsers atomic.Int64

func newBrowser(site string) *browser {
	jar, _ := cookiejar.New(nil) // which does not fail
	number := browsers.Add(1)
	// everybody comes from an address of their own, since sign-ins of one address are limited
	header := http.Header{"X-Forwarded-For": {fmt.Sprintf("10.%d.%d.%d", number>>16&255, number>>8&255, number&255)}}
	return &browser{site: site, header: header, client: &http.Client{
		Jar: jar, Timeout: 2 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 4, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// page is an answer.
type page struct {
	status   int
	location string
	body     string
}

func (b *browser) send(ctx context.Context, method, address string, form url.Values) (page, error) {
	return b.sendAs(ctx, method, address, form, nil)
}

// sendAs is send with further headers.
func (b *browser) sendAs(ctx context.Context, method, address string, form url.Values, further http.Header) (page, error) {
	if strings.HasPrefix(address, "/") {
		address = b.site + address
	}
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return page{}, err
	}
	maps.Copy(request.Header, b.header)
	maps.Copy(request.Header, further)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := b.client.Do(request)
	if err != nil {
		return page{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	to := ""
	if next, err := request.URL.Parse(answer.Header.Get("Location")); err == nil && answer.Header.Get("Location") != "" {
		to = next.String()
	}
	return page{answer.StatusCode, to, string(body)}, err
}

// get is a page that has to come.
func (b *browser) get(ctx context.Context, path string) (page, error) {
	got, err := b.send(ctx, http.MethodGet, path, nil)
	if err == nil && got.status != http.StatusOK {
		err = fmt.Errorf("%s is answered %d", path, got.status)
	}
	return got, err
}

// arrive signs somebody in, from the address that begins it.
func arrive(ctx context.Context, site, begin, person string) (*browser, error) {
	b := newBrowser(site)
	step, err := b.send(ctx, http.MethodGet, begin, nil)
	if err == nil {
		step, err = b.send(ctx, http.MethodGet, step.location, nil)
	}
	if err == nil {
		step, err = b.send(ctx, http.MethodPost, step.location, url.Values{"person": {person}})
	}
	if err == nil {
		step, err = b.send(ctx, http.MethodGet, step.location, nil)
	}
	if err == nil && (step.status < 300 || step.status > 399) {
		err = fmt.Errorf("the sign-in of %s is answered %d", person, step.status)
	}
	return b, err
}

// save opens a connector's form, types a version and sends it.
func (b *browser) save(ctx context.Context, id, version string) (page, error) {
	path := "/connectors/" + id
	opened, err := b.get(ctx, path+"/edit")
	if err != nil {
		return page{}, err
	}
	form, there := forms.Of(opened.body, path)
	if !there {
		return page{}, errors.New("the page has no form")
	}
	form.Set("version", version)
	return b.send(ctx, http.MethodPost, path, form)
}

// crowd are that many admins.
func crowd(count int) []simulator.Person {
	people := make([]simulator.Person, count)
	for i := range people {
		people[i] = simulator.Person{
			ID: fmt.Sprintf("p%04d", i), ObjectID: fmt.Sprintf("a1b2c3d4-0000-4a4a-8b8b-%012d", i), Name: fmt.Sprintf("Person %04d", i),
			Address: fmt.Sprintf("p%04d@contoso.com", i), Roles: []string{"Connector.Admin"}, Intune: directory.Updates, Title: "Admin", Main: true,
		}
	}
	return people
}
