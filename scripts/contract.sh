#!/usr/bin/env bash
# Runs the suite from outside, the folder that is given, against bin/switchboard: as it stands, which is on SQLite, and once
# more with scripts/onpostgres in the program's place, which is on PostgreSQL. No test is left out of either.
set -euo pipefail
suite=$(readlink -f "$1")
cd "$(dirname "$0")/.."

run() { # PROGRAM
  (cd "$suite" && SWITCHBOARD_BIN=$1 go test -count=1 ./...)
}

# A run's databases carry the number of its process.
databases=switchboard_contract_
drop() { # NUMBER
  psql --quiet --no-psqlrc "$server" <<<"SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', datname)
    FROM pg_database WHERE starts_with(datname, '$databases$1_') \gexec"
}

drop_left_behind() { # by runs that were killed
  local number
  psql --quiet --no-psqlrc --tuples-only --no-align "$server" -c "SELECT DISTINCT split_part(datname, '_', 3)
    FROM pg_database WHERE starts_with(datname, '$databases')" | while read -r number; do
    [ -d "/proc/$number" ] || drop "$number"
  done
}

echo "SQLite"
run "$PWD/bin/switchboard"

echo "PostgreSQL"
server=${SWITCHBOARD_TEST_POSTGRES:-$(scripts/postgres.sh)}
drop_left_behind
folder=$(mktemp -d)
trap 'drop $$; rm -rf "$folder"' EXIT
go build -o "$folder/switchboard" \
  -ldflags "-X main.program=$PWD/bin/switchboard -X main.server=$server -X main.prefix=$databases$$_" ./scripts/onpostgres
run "$folder/switchboard"
