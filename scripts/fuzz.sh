#!/usr/bin/env bash
# Fuzzes everything that parses foreign bytes: each target for FUZZTIME (10s), one after the other, in one process. A text
# that fails is kept in the room's testdata/fuzz, where every later test run tries it again. FUZZ picks targets by name.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
while IFS=: read -r file target; do
	room="./$(dirname "$file")"
	if ! output="$(go test "$room" -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-10s}" -fuzzminimizetime 20x -parallel "${FUZZPARALLEL:-2}" 2>&1)"; then
		echo "$output"
		failed=1
	fi
	printf '%-24s %-22s %s\n' "$room" "$target" "$(grep -oE 'execs: [0-9]+' <<<"$output" | tail -1)"
done < <(grep -rnoE --include='*_test.go' --exclude-dir=node_modules '^func Fuzz\w+' . |
	sed -E 's#^\./##; s#:[0-9]+:func #:#' | grep -E ":.*${FUZZ:-}" | sort)
exit "$failed"
