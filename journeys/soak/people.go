package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"switchboard/journeys/forms"
)

// browser is a person's, without script; it follows nothing by itself.
type browser struct {
	site   string
	client *http.Client
}

// answerWithin is how long a person waits for a page.
const answerWithin = 90 * time.Second

func newBrowser(site string) (*browser, error) {
	jar, err := cookiejar.New(nil)
	return &browser{site, &http.Client{
		Jar: jar, Timeout: answerWithin, Transport: &http.Transport{MaxIdleConnsPerHost: 4},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, err
}

// page is an answer.
type page struct {
	status   int
	location string
	body     string
}

func (b *browser) send(ctx context.Context, method, address string, form url.Values) (page, error) {
	if strings.HasPrefix(address, "/") {
		address = b.site + address
	}
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return page{}, err
	}
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

// signIn signs everybody in.
func (w *world) signIn(ctx context.Context) error {
	for _, person := range w.tenant.People() {
		one, err := w.arrive(ctx, person.ID)
		if err != nil {
			return fmt.Errorf("sign %s in: %w", person.ID, err)
		}
		if person.ID == "auditor" {
			w.auditor = one
			continue
		}
		w.people = append(w.people, one)
	}
	return nil
}

func (w *world) arrive(ctx context.Context, person string) (*browser, error) {
	b, err := newBrowser(w.url)
	if err != nil {
		return nil, err
	}
	step, err := b.send(ctx, http.MethodGet, "/login", nil)
	if err == nil {
		step, err = b.send(ctx, http.MethodGet, step.location, nil)
	}
	if err == nil {
		step, err = b.send(ctx, http.MethodPost, step.location, url.Values{"person": {person}})
	}
	if err == nil {
		step, err = b.send(ctx, http.MethodGet, step.location, nil)
	}
	if err == nil && step.status != http.StatusSeeOther {
		err = fmt.Errorf("the sign-in is answered %d", step.status)
	}
	return b, err
}

var errNoForm = errors.New("the page has no form")

// save opens a connector's form, types a version and sends it. What is measured is the answer to what was sent.
func (b *browser) save(ctx context.Context, id, version string) (status int, took time.Duration, err error) {
	path := "/connectors/" + id
	opened, err := b.send(ctx, http.MethodGet, path+"/edit", nil)
	if err != nil {
		return 0, 0, err
	}
	form, there := forms.Of(opened.body, path)
	if !there {
		return opened.status, 0, errNoForm
	}
	form.Set("version", version)
	form.Set("reason", "ticket 1")
	start := time.Now()
	saved, err := b.send(ctx, http.MethodPost, path, form)
	return saved.status, time.Since(start), err
}
