#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL with TimescaleDB: DATABASE_URL is set for it, and afterwards everything is gone,
# whatever happened. Unix socket only, nothing is flushed to disk: never for data that somebody wants to keep.
#   deploy/scratch-pg.sh COMMAND ARGS…
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,4s/^# *//p' "$0"; exit 2; }

extension=$(compgen -G '/usr/lib/postgresql/*/lib/timescaledb.so' | sort -V | tail -n 1 || true)
[ -n "$extension" ] || { echo "no PostgreSQL with TimescaleDB on this machine: run deploy/setup.sh" >&2; exit 1; }
bin=${extension%/lib/*}/bin

# PostgreSQL refuses to run as root
as=()
if [ "$(id -u)" = 0 ]; then
  owner=$(id -un chengshu 2>/dev/null || echo postgres)
  as=(runuser -u "$owner" --)
fi
dir=$(mktemp -d /tmp/chengshu-pg.XXXXXX) # short: a socket's path has room for 107 bytes
[ ${#as[@]} -eq 0 ] || chown "$owner:" "$dir"

stop() {
  trap - EXIT INT TERM HUP
  (cd / && "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop) >/dev/null 2>&1 || true
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

failed() { echo "the throw-away PostgreSQL did not start:" >&2; cat "$dir"/*.log >&2; exit 1; }
( # from a folder that the other user may enter
  cd "$dir"
  "${as[@]}" "$bin/initdb" -D "$dir/data" -U chengshu -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1
  cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
shared_preload_libraries = 'timescaledb'
timescaledb.telemetry_level = off
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
CONF
  "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w start >"$dir/start.log" 2>&1
  "$bin/psql" -qX -v ON_ERROR_STOP=1 -h "$dir" -U chengshu postgres -c 'CREATE DATABASE chengshu' >"$dir/create.log" 2>&1
  "$bin/psql" -qX -v ON_ERROR_STOP=1 -h "$dir" -U chengshu chengshu -c 'CREATE EXTENSION IF NOT EXISTS timescaledb' >>"$dir/create.log" 2>&1
) || failed

export DATABASE_URL="postgres:///chengshu?host=$dir&user=chengshu"
export PATH="$bin:$PATH"
# In the background, so that a signal reaches this script at once and not after the command; TERM, because a command in the
# background ignores INT.
"$@" <&0 &
child=$!
trap 'kill $child 2>/dev/null; exit 130' INT
trap 'kill $child 2>/dev/null; exit 143' TERM HUP
wait $child
