package handlers

import (
	"encoding/base64"
	"encoding/json"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"switchboard/internal/audit"
	"switchboard/internal/connector"
)

// FuzzEditForm: a form that is read is one of its own connector, with a one-time id, of fields that a form of ours has.
func FuzzEditForm(f *testing.F) {
	state := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	const good = `{"id":"a","once":"6f9619ff-8b86-4d01-b42d-00c04fc964ff","shown":{"version":"1"},"opened":"2026-11-24T10:00:00Z"}`
	f.Add("reason=x&version=2&choice.version=yours&state=" + state(good))
	f.Add("state=" + state(`{"id":"A","once":"{6f9619ff-8b86-4d01-b42d-00c04fc964ff}"}`))
	f.Add("state=" + state(good+good))
	f.Add("state=" + state(`{"id":"a","once":"urn:uuid:6f9619ff-8b86-4d01-b42d-00c04fc964ff","shown":null,"seen":{"version":null},"reverts":"x"}`))
	f.Add("id=b&status=connected")
	f.Fuzz(func(t *testing.T, body string) {
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		read, err := readEditForm(form, "a")
		if err != nil {
			return
		}
		edit := read.edit()
		if edit.ID != "a" || uuid.Validate(edit.IdempotencyKey) != nil {
			t.Errorf("%q is an edit of %q by %q", body, edit.ID, edit.IdempotencyKey)
		}
		for name := range edit.Wanted {
			if !editable(name) {
				t.Errorf("%q edits %q", body, name)
			}
		}
		for _, field := range edit.Changed() {
			if _, sent := edit.Wanted[field.Name]; !sent {
				t.Errorf("%q changes %q, which it did not send", body, field.Name)
			}
		}
		edit.FieldErrors()
		edit.Merge(connector.New(nil))
	})
}

// FuzzOnce: an id that a form carries is looked up as it is stored, in however many ways it may be written.
func FuzzOnce(f *testing.F) {
	for _, once := range []string{"6f9619ff-8b86-4d01-b42d-00c04fc964ff", "{6F9619FF-8B86-4D01-B42D-00C04FC964FF}", "urn:uuid:6f9619ff-8b86-4d01-b42d-00c04fc964ff", "6f9619ff8b864d01b42d00c04fc964ff"} {
		f.Add(once)
	}
	f.Fuzz(func(t *testing.T, once string) {
		text, err := json.Marshal(formState{ID: "a", Once: once})
		if err != nil {
			return
		}
		state, err := openState(url.Values{stateField: {base64.RawURLEncoding.EncodeToString(text)}}, "a")
		if err != nil {
			return
		}
		if parsed, err := uuid.Parse(once); err != nil || parsed.String() != state.Once {
			t.Errorf("%q is kept as %q: the same id has two spellings, and is spent twice", once, state.Once)
		}
	})
}

// FuzzForwarded: whatever a proxy forwards, a client is one address, and an untrusted peer is itself.
func FuzzForwarded(f *testing.F) {
	f.Add("203.0.113.9:51234, [2001:db8::1]:443", "10.0.0.1:1", "https")
	f.Add("unknown, ,::ffff:10.0.0.2", "10.0.0.1:1", "http, HTTPS")
	f.Add("\x00,[::1,%25", "[2001:db8::9%eth0]:1", ",")
	f.Add("10.0.0.2", "not an address", "")
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	tell := ClientAddress(proxies)
	f.Fuzz(func(t *testing.T, forwarded, peer, proto string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = peer
		r.Header["X-Forwarded-For"], r.Header["X-Forwarded-Proto"] = []string{forwarded}, []string{proto}
		at, trusted := trusts(proxies, r)
		got := tell(r)
		if _, err := netip.ParseAddr(got); err != nil && trusted {
			t.Errorf("%q from %q: the client is %q", forwarded, peer, got)
		}
		if !trusted && at.IsValid() && strings.Contains(forwarded, got) && !strings.Contains(peer, got) {
			t.Errorf("%q is believed of %q: %q", forwarded, peer, got)
		}
		if overTLS := (&kernel{Settings: Settings{TrustedProxies: proxies}}).overTLS(r); overTLS && !trusted {
			t.Errorf("%q is believed of %q", proto, peer)
		}
	})
}

// FuzzRecordFilter: what cannot be read of a filter is told part by part, and a time without a zone is UTC.
func FuzzRecordFilter(f *testing.F) {
	for _, text := range []string{"2026-11-24 10:00", "2026-11-24", "2026-11-24T10:00:00.5+02:00", "24 Nov 2026 at 10:00 pm", "last monday 7:00", "3/4/2026", "24/11/2026", "29 Feb", "=", "from=", "\xff", "99999-01-01"} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, from, action string) {
		plain := url.Values{"from": {from}, "action": {action}}
		for _, fault := range readBounds(plain, time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)) {
			if fault.Message == "" || plain.Get(fault.Name) != "" {
				t.Errorf("%q: %+v, and %q is left", from, fault, plain)
			}
		}
		_, err := audit.ParseFilter(plain)
		faults := filterFaults(plain)
		if (err != nil) != (len(faults) > 0) {
			t.Errorf("%q: %v, and told is %v", plain, err, faults)
		}
		for _, fault := range faults {
			if fault.Message == "" {
				t.Errorf("%q: nothing is said of %s", plain, fault.Name)
			}
		}
	})
}
