package handlers

import (
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"switchboard/internal/problem"
	"switchboard/views/frame"
	"switchboard/views/problems"
)

// contentPolicy lets a page load what this site serves and nothing else (security.md).
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"

// guardHeaders are shared by all answers, and are not written to: what is set beside them has a list of its own.
var guardHeaders = http.Header{
	"Content-Security-Policy":      {contentPolicy},
	"X-Content-Type-Options":       {"nosniff"},
	"X-Frame-Options":              {"DENY"},
	"Referrer-Policy":              {"no-referrer"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Cross-Origin-Embedder-Policy": {"require-corp"},
	"Permissions-Policy":           {"camera=(), microphone=(), geolocation=()"},
	"X-Robots-Tag":                 {"noindex, nofollow"},
	"Cache-Control":                {"no-store"},
}

// guardHeaders puts the security headers on every answer, errors and redirects included.
func (k *kernel) guardHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		header := c.Response().Header()
		maps.Copy(header, guardHeaders)
		if k.overTLS(c.Request()) {
			header.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		return next(c)
	}
}

// probes are asked by machines that know the address of this process and not its public name.
var probes = []string{"/healthz", "/readyz"}

// checkHost serves public_url's host only: a page under a foreign name could be somebody else's.
func (k *kernel) checkHost(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if slices.Contains(probes, r.URL.Path) || sameHost(k.PublicURL, r.Host) {
			return next(c)
		}
		return problem.New(problem.Misdirected, "This address does not belong to Switchboard.")
	}
}

// showMisdirected gives the right address to somebody who came by another name than public_url's. It does not repeat that name,
// which anybody may have made up, and has no other link: all of them would lead to this page again.
func (k *kernel) showMisdirected(c echo.Context, said problem.Problem) error {
	model := problems.Misdirected{Problem: said, Address: k.PublicURL.String(), Link: k.rightAddress(c.Request()), RequestID: requestID(c)}
	return k.send(c, nil, page{
		status: status(said), title: said.Title(), fragment: problems.MisdirectedPart(model),
		whole: func(frame.Shell) templ.Component { return problems.MisdirectedPage(model) },
	})
}

// rightAddress is where the request should have gone: to the same page, where two names of this machine were mixed up. An
// answer of the provider is not sent on.
func (k *kernel) rightAddress(r *http.Request) string {
	host := (&url.URL{Host: r.Host}).Hostname()
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	if read && loopback(host) && loopback(k.PublicURL.Hostname()) && !strings.HasPrefix(r.URL.Path, "/auth/") {
		return k.PublicURL.String() + r.URL.RequestURI()
	}
	return k.PublicURL.String() + "/"
}

func loopback(host string) bool {
	at, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && at.IsLoopback()
}

// sameHost compares a Host header with a URL's host; a default port may be left out.
func sameHost(public *url.URL, host string) bool {
	port := map[string]string{"http": ":80", "https": ":443"}[public.Scheme]
	trim := func(host string) string { return strings.TrimSuffix(strings.ToLower(host), port) }
	return trim(host) == trim(public.Host)
}

// checkOrigin refuses what another site's page sends: Sec-Fetch-Site decides where it is there, else Origin has to be
// public_url's. Under Referrer-Policy no-referrer a genuine form comes with "Origin: null" and Sec-Fetch-Site.
func (k *kernel) checkOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Method == http.MethodGet || r.Method == http.MethodHead || k.sameOrigin(r) {
			return next(c)
		}
		return problem.New(problem.Forbidden, "This request comes from another site.").
			Saying("Nothing was sent to Graph.").Advising("Open the form in Switchboard and send it there.")
	}
}

func (k *kernel) sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	origin, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && origin.Scheme == k.PublicURL.Scheme && origin.Host != "" && sameHost(k.PublicURL, origin.Host)
}
