package main

// guard is a line of the project without which something goes wrong, and the cells that are to notice.
type guard struct{ what, file, is, becomes, cells string }

const cell = "^TestMatrix$/^faults$/"

func guards() []guard {
	return []guard{
		{"no change without a committed intent", "internal/changes/intent.go", "	return Change{}, notIntended(err)\n}\n", "	return change, nil\n}\n", cell + "the_database"},
		{"a change that got no answer is not sent again", "graphclient/change.go", "case e.again && e.Class == NotSent && left.dial:", "case left.dial:", cell + "the_way_to_Graph:_reset"},
		{"no answer is in doubt, not a failure", "internal/changes/outcome.go", "		return audit.InDoubt\n	case failed.Class == graphclient.NotSent", "		return audit.NotApplied\n	case failed.Class == graphclient.NotSent", cell + "the_way_to_Graph:_reset"},
		{"HTML with 200 is nobody's yes", "graphclient/change.go", "if !empty && !got.isJSON() {", "if !empty && false {", cell + "Graph's_body:_HTML"},
		{"a proxy's refusal is not Graph's", "graphclient/speaker.go", "len(bytes.TrimSpace(a.body)) > 0:\n		return Between", "len(bytes.TrimSpace(a.body)) > 0:\n		return Graph", cell + "a_proxy's_status:_40"},
		{"the next page stays at Graph's host", "graphclient/page.go", "target.User != nil || origin(target) != c.origin", "target.User != nil", cell + "Graph's_body:_the_next_page_at"},
		{"an answer about another connector is none", "graphclient/decode.go", "case !strings.EqualFold(objects[0].ID(), id):", "case false:", cell + "Graph's_body:_another"},
		{"a property that comes twice is unreadable", "graphclient/row.go", "		into.fault(kept + \" comes twice\")\n", "", cell + "Graph's_body:_a_property"},
		{"a certificate is checked", "graphclient/transport.go", "&tls.Config{MinVersion", "&tls.Config{InsecureSkipVerify: true, MinVersion", cell + "the_way_to_Graph:_bad"},
		{"saved values are called so", "internal/inventory/inventory.go", "	last.Failure, last.Late = &failure, isLate(err)\n	return last, nil\n}\n\n// Last is", "	return last, nil\n}\n\n// Last is", cell + "Graph's_status:_500"},
		{"503 says when to come again", "handlers/kernel_fail.go", "		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(wait.Seconds()))))\n", "		_, _ = strconv.Itoa(0), math.Ceil(wait.Seconds())\n", cell + "Graph's_status:_500"},
		{"a bearer stays out of the log", "graphclient/log.go", "slog.String(\"path\", out.name), slog.Int", "slog.String(\"path\", out.bearer), slog.Int", cell + "Graph's_status:_500"},
		{"a provider that is away signs nobody out", "internal/oidc/refusal.go", "func (r *Refusal) EndsSession() bool {", "func (r *Refusal) EndsSession() bool {\n	if true {\n		return true\n	}", cell + "the_provider,_a_token_due:_503"},
		{"a look that shows the change found it applied", "internal/changes/resolve.go", "	case asked:\n		return audit.AppliedObserved, false\n", "", cell + "applied_all_the_same:_504"},
		{"values before may still be overtaken", "internal/changes/resolve.go", "	return audit.NotApplied, true\n", "	return audit.Superseded, true\n", cell + "the_way_to_Graph:_reset"},
	}
}
