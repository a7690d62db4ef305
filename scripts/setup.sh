#!/usr/bin/env bash
# Installs what the tests need beside Go and Node.js: Chromium, PostgreSQL, and a C compiler for the race detector.
# Says nothing and takes no time where all is there. Without the right to install, names the one command that does.
set -euo pipefail

missing=()
command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium fonts-liberation)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
printf '#include <stdlib.h>\n' | gcc -E - >/dev/null 2>&1 || missing+=(gcc libc6-dev)
command -v flock >/dev/null && command -v setpriv >/dev/null || missing+=(util-linux)
[ ${#missing[@]} -gt 0 ] || exit 0

command="apt-get install -y --no-install-recommends ${missing[*]}"
as_root=()
if [ "$(id -u)" != 0 ]; then
  as_root=(sudo)
  # without a terminal sudo must not ask
  [ -t 0 ] || as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
  echo "The tests need ${missing[*]}. Run as root: apt-get update && $command" >&2
  exit 1
fi
echo "Installing ${missing[*]}" >&2
# two of these at once wait for each other
apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq)
"${as_root[@]}" "${apt[@]}" update
"${as_root[@]}" "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2
