package tracing

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
)

// Warning says why traces that the environment asks for are not exported; it is empty where they are, or where nobody asked.
func Warning() string {
	_, warning := wanted(os.Getenv)
	return warning
}

// wanted says whether traces are asked for in a way that is spoken here. All else of the variables the SDK reads itself.
func wanted(get func(string) string) (on bool, warning string) {
	endpointKey, endpoint := first(get, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
	exporters := strings.FieldsFunc(get("OTEL_TRACES_EXPORTER"), func(r rune) bool { return r == ',' || r == ' ' })
	if endpoint == "" || strings.EqualFold(get("OTEL_SDK_DISABLED"), "true") || slices.Contains(exporters, "none") {
		return false, ""
	}
	if len(exporters) > 0 && !slices.Contains(exporters, "otlp") {
		return false, "OTEL_TRACES_EXPORTER names no exporter that Switchboard has, so there are no traces: write otlp, or leave it out"
	}
	key, protocol := first(get, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
	if protocol != "" && protocol != "http/protobuf" && protocol != "http/json" {
		return false, key + " is none that Switchboard speaks, so there are no traces: write http/protobuf, and the endpoint that the collector has for it (port 4318 as a rule)"
	}
	if at, err := url.Parse(endpoint); err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return false, fmt.Sprintf("%s is no address, so there are no traces: write it like http://127.0.0.1:4318", endpointKey)
	}
	return true, ""
}

// first is the first of the variables that is set; an empty one counts as not set, as the specification has it.
func first(get func(string) string, names ...string) (name, value string) {
	for _, name := range names {
		if value := strings.TrimSpace(get(name)); value != "" {
			return name, value
		}
	}
	return "", ""
}

// linked says whether the traces that come in with requests are to be read.
func linked(get func(string) string) bool {
	named := get("OTEL_PROPAGATORS")
	return named == "" || slices.Contains(strings.FieldsFunc(named, func(r rune) bool { return r == ',' || r == ' ' }), "tracecontext")
}
