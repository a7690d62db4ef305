#!/usr/bin/env bash
# Prints the URL of a PostgreSQL server for tests, on stdout and nothing else. Starts one where none runs: 0.9 s once, then 0.03 s.
# Any number of processes may call it at once, as root or as an ordinary user. `scripts/postgres.sh stop` stops it; nothing else does.
# The server survives a checkout, keeps nothing worth keeping (fsync is off) and is reached on 127.0.0.1 with a password.
set -euo pipefail

binaries() { # the newest server installed; Debian keeps the programs of a server outside PATH
  local dir
  dir=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  [ -x "$dir/initdb" ] || dir=$(dirname "$(readlink -f "$(command -v initdb || echo /missing/initdb)")")
  [ -x "$dir/initdb" ] || { echo "PostgreSQL is not installed. Run: scripts/setup.sh" >&2; exit 1; }
  echo "$dir"
}

as_server() { # PostgreSQL refuses to run as root; its files then belong to the user that its package made
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups "$@"; else "$@"; fi
}

pick_directory() { # outside the checkout, which the user postgres may not be able to traverse
  local parent
  for parent in "${TMPDIR:-/tmp}" /tmp; do
    [ -d "$parent" ] && as_server test -x "$parent" && { echo "${parent%/}/switchboard-postgres-$(id -u)"; return; }
  done
  echo "The server's user can traverse neither \$TMPDIR nor /tmp." >&2
  exit 1
}

free_port() {
  local port
  for port in $(seq 54329 54428); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  echo "No port from 54329 to 54428 is free." >&2
  exit 1
}

make_cluster() {
  rm -rf "$data" "$socket"
  (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$base/password")
  mkdir "$data" "$socket"
  [ "$(id -u)" != 0 ] || chown postgres:postgres "$data" "$socket"
  # initdb reads the password as the server's user, who may not read ours
  as_server sh -c 'umask 077; cat >"$0"' "$socket/password" <"$base/password"
  as_server "$bin/initdb" --pgdata="$data" --username=switchboard --auth=scram-sha-256 --pwfile="$socket/password" \
    --encoding=UTF8 --locale=C --no-sync >"$base/initdb.log" 2>&1 || { cat "$base/initdb.log" >&2; exit 1; }
  rm "$socket/password"
  as_server tee -a "$data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$socket'
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
CONF
  touch "$base/made-$version"
}

start() {
  local attempt
  for attempt in 1 2 3; do # somebody may take the port between the look and the start
    [ -s "$base/port" ] || free_port >"$base/port"
    # descriptor 9 is the lock: a server that inherited it would hold it for ever
    as_server "$bin/pg_ctl" --pgdata="$data" --wait --log="$data/server.log" --options="-p $(cat "$base/port")" start \
      >"$base/start.log" 2>&1 9>&- && return
    rm -f "$base/port"
  done
  cat "$base/start.log" >&2
  as_server tail -n 20 "$data/server.log" >&2
  exit 1
}

bin=$(binaries)
version=$("$bin/postgres" --version | grep -oE '[0-9]+' | head -n 1)
base=$(pick_directory)
data=$base/data-$version
socket=$base/socket
mkdir -p -m 0755 "$base"
[ -O "$base" ] || { echo "$base belongs to somebody else." >&2; exit 1; }
cd "$base"

exec 9>"$base/lock"
flock 9
if [ "${1:-}" = stop ]; then
  as_server "$bin/pg_ctl" --pgdata="$data" --mode=fast stop >&2
  exit
fi
[ -e "$base/made-$version" ] || make_cluster
as_server "$bin/pg_ctl" --pgdata="$data" status >/dev/null 2>&1 || start
echo "postgres://switchboard:$(cat "$base/password")@127.0.0.1:$(cat "$base/port")/postgres?sslmode=disable"
