#!/usr/bin/env bash
# Fails where a Go file is not formatted, or where templ would write other code or other spacing than what is there.
# Changes nothing: templ works on a copy.
set -euo pipefail

templ=$(go tool -n templ)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
pages() { git ls-files -co --exclude-standard -- '*.templ' '*_templ.go'; }

pages | xargs -r cp --parents -t "$copy"
cp go.mod "$copy"
(cd "$copy" && "$templ" fmt . && "$templ" generate) >"$copy/.log" 2>&1 || { cat "$copy/.log" >&2; exit 1; }
stale=0
while read -r file; do # a page whose Go file is missing shows up as well
  cmp -s "$file" "$copy/$file" || { echo "$file is not what templ makes: run make format" >&2; stale=1; }
done < <({ pages; cd "$copy" && find . -name '*_templ.go' -printf '%P\n'; } | sort -u)

unformatted=$(git ls-files -co --exclude-standard -- '*.go' | grep -v '_templ\.go$' | xargs -r gofmt -l)
[ -z "$unformatted" ] || { printf 'not formatted, run make format:\n%s\n' "$unformatted" >&2; stale=1; }
exit $stale
