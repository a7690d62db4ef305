package config

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// publicURL is where people reach the program: scheme and host, as a browser writes them in Origin.
func (j *judge) publicURL() *url.URL {
	const path = "public_url"
	u := j.webURL(path, "write the address that people type, such as https://switchboard.example")
	if u == nil {
		return nil
	}
	if u.Path != "" {
		j.fault(path, "has a path", "Switchboard is served at the root of a host; write https://HOST")
		return nil
	}
	if !isASCII(u.Host) {
		mend := "write the host as browsers send it, in ASCII"
		if ascii, err := idna.Lookup.ToASCII(u.Hostname()); err == nil {
			mend += ": " + u.Scheme + "://" + strings.Replace(u.Host, u.Hostname(), ascii, 1)
		}
		j.fault(path, "has letters in its host that no browser sends as they are", mend)
		return nil
	}
	u.Host = strings.ToLower(u.Host)
	for scheme, port := range map[string]string{"http": ":80", "https": ":443"} {
		if u.Scheme == scheme {
			u.Host = strings.TrimSuffix(u.Host, port)
		}
	}
	return u
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}

// issuer stays as it was written: an ID token's issuer must equal it letter by letter.
func (j *judge) issuer() string {
	j.webURL("oidc.issuer", "write the issuer as the provider's discovery document has it, for Entra ID https://login.microsoftonline.com/TENANT-ID/v2.0")
	return j.text("oidc.issuer")
}

func (j *judge) baseURL() *url.URL {
	return j.webURL("graph.base_url", "write Graph's root with its version, such as https://graph.microsoft.com/beta")
}

// webURL is an absolute http(s) URL without a slash at its end. Plain http is for this machine alone: tokens and cookies
// travel over it.
func (j *judge) webURL(path, mend string) *url.URL {
	text := j.text(path)
	if text == "" {
		j.fault(path, "is missing", mend)
		return nil
	}
	return j.webAddress(path, text, mend)
}

// webAddress is webURL of a part of the key's value.
func (j *judge) webAddress(path, text, mend string) *url.URL {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		j.fault(path, "is not a web address", mend)
	case !usablePort(u):
		j.fault(path, "has a port that is none", "write one from 1 to 65535 after the colon, or leave the colon out")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(text, "#"):
		j.fault(path, "has more than scheme, host and path", mend)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		j.fault(path, "would send secrets in plain text", "write https; http is for 127.0.0.1 and localhost")
	default:
		u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
		return u
	}
	return nil
}

// usablePort says whether a browser can reach the address: without a port, or with one that there is. A colon alone stays
// behind where a variable was empty, and no browser sends it.
func usablePort(u *url.URL) bool {
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && port > 0 || u.Port() == "" && !strings.HasSuffix(u.Host, ":")
}

// scope is what was given, else the permission at Graph's own host: every national cloud prefixes its scopes with its root.
func (j *judge) scope(path string, base *url.URL, permission string) string {
	if j.set(path) || base == nil {
		return j.text(path)
	}
	return base.Scheme + "://" + base.Host + "/" + permission
}
