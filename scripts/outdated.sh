#!/usr/bin/env bash
# Lists the Go modules that a go.mod of ours names, and the npm packages, that have a newer version. Changes nothing.
set -uo pipefail
cd "$(dirname "$0")/.."

git ls-files '*go.mod' | while read -r file; do
  [ "$(dirname "$file")" = . ] && what='all that it names' || what='what it is there for'
  echo "== $file, $what"
  go mod edit -json "$file" | node -e '
    const { Require = [], Tool = [] } = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const whole = process.argv[1] === "go.mod";
    for (const { Path, Version } of Require) if (whole || Tool.some((tool) => tool.Path.startsWith(Path))) console.log(Path, Version);
  ' "$file" | while read -r module version; do
    newest=$(go list -m -f '{{.Version}}' "$module@latest" 2>/dev/null) || { echo "$module $version: the newest is not known"; continue; }
    [ "$newest" = "$version" ] || echo "$module $version -> $newest"
  done
done

git ls-files '*package.json' | while read -r file; do
  echo "== $file"
  (cd "$(dirname "$file")" && npm outdated --all=false) || true # it fails where something is outdated
done
