package handlers

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// trusts says whether the request comes from a proxy that is trusted to speak for others, and from which address.
func trusts(proxies []netip.Prefix, r *http.Request) (peer netip.Addr, trusted bool) {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	peer = at.Addr().Unmap()
	return peer, contains(proxies, peer)
}

func contains(prefixes []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(prefix netip.Prefix) bool { return prefix.Contains(address) })
}

// overTLS says whether the browser came over TLS: here, or at a proxy that is trusted to say so. Of several proxies the
// last one, which is the nearest, is believed.
func (k *kernel) overTLS(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	_, trusted := trusts(k.TrustedProxies, r)
	said := members(r.Header.Values(echo.HeaderXForwardedProto))
	return trusted && len(said) > 0 && strings.EqualFold(said[len(said)-1], "https")
}

// ClientAddress tells whom a request comes from: the peer, or behind trusted proxies the nearest address that
// is not one of them. Where the header holds something other than addresses, only the peer is known.
func ClientAddress(proxies []netip.Prefix) func(*http.Request) string {
	return func(r *http.Request) string {
		peer, trusted := trusts(proxies, r)
		if !trusted {
			return echo.ExtractIPDirect()(r)
		}
		client := peer
		for _, text := range slices.Backward(members(r.Header.Values(echo.HeaderXForwardedFor))) {
			address, ok := address(text)
			if !ok {
				return peer.String()
			}
			if client = address; !contains(proxies, address) {
				break
			}
		}
		return client.String()
	}
}

// members are those of a header's list, over all its lines; an empty one counts as none (RFC 9110 section 5.6.1).
func members(lines []string) (all []string) {
	for text := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		if text = strings.Trim(text, " \t"); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// address reads an IP address that may carry a port, as some proxies write it.
func address(text string) (netip.Addr, bool) {
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap(), true
	}
	if inner, bracketed := strings.CutPrefix(text, "["); bracketed && strings.HasSuffix(inner, "]") {
		text = strings.TrimSuffix(inner, "]")
	}
	at, err := netip.ParseAddr(text)
	return at.Unmap(), err == nil
}
