#!/usr/bin/env bash
# Asks a demo hub thousands of right and wrong questions made from its own OpenAPI document (schemathesis): no answer may be a
# 5xx, and each must be what the document says. Takes SECONDS (default 300); not part of `make test`.
#   deploy/schemathesis.sh [SECONDS] [further arguments of `schemathesis run`]
# The hub and the questions stand in a network of their own where that is possible (root): invented webhooks call nobody.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" != --inside ]; then
  binary=${CHENGSHU_BIN:-$PWD/target/debug/chengshu}
  [ -x "$binary" ] || { echo "schemathesis: no $binary; build it first (cargo build --workspace --bins), or set CHENGSHU_BIN" >&2; exit 1; }
  venv=$PWD/target/schemathesis
  if ! cmp -s tests/schemathesis/requirements.txt "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r tests/schemathesis/requirements.txt
    cp tests/schemathesis/requirements.txt "$venv/"
  fi
  export CHENGSHU_BIN=$binary
  if unshare --net true 2>/dev/null; then exec unshare --net "$PWD/deploy/schemathesis.sh" --inside "$@"; fi
  echo "schemathesis: no network of its own; webhooks are not made" >&2
  export SCHEMATHESIS_SHARED=1
  exec "$PWD/deploy/schemathesis.sh" --inside "$@"
fi
shift
seconds=${1:-300}
[ $# = 0 ] || shift
[ -n "${SCHEMATHESIS_SHARED:-}" ] || ip link set lo up

work=$(mktemp -d)
hub=
# shellcheck disable=SC2317 # called by the trap
finish() {
  if [ -n "$hub" ]; then
    kill "$hub" 2>/dev/null || true
    wait "$hub" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT
chmod 711 "$work"
mkdir "$work/data"
if [ "$(id -u)" = 0 ] && id chengshu >/dev/null 2>&1; then chown chengshu: "$work/data"; fi
CHENGSHU__HUB__LOG_LEVEL=warn "$CHENGSHU_BIN" demo --devices 50 --http 127.0.0.1:0 --mqtt 127.0.0.1:0 --data "$work/data" \
  --ready-file "$work/ready.json" >"$work/hub.log" 2>&1 &
hub=$!
for _ in $(seq 600); do
  [ ! -s "$work/ready.json" ] || break
  kill -0 "$hub" 2>/dev/null || { cat "$work/hub.log" >&2; exit 1; }
  sleep 0.1
done
read -r http key < <(python3 -c 'import json,sys; r=json.load(open(sys.argv[1])); print(r["http"], r["admin_key"])' "$work/ready.json")

more=()
[ -z "${SCHEMATHESIS_SHARED:-}" ] || more=(--exclude-path-regex '/webhooks')
# Left out: positive_data_acceptance (a device, a cursor or a theme that does not exist is no fault of the document), and the
# live stream, which does not end; use_after_free (DELETE takes a device out of service: what it measured stays to be read).
status=0
target/schemathesis/bin/schemathesis run "$http/api/v1/openapi.json" --url "$http" --header "Authorization: Bearer $key" \
  --exclude-path /api/v1/stream --exclude-checks positive_data_acceptance,use_after_free --phases examples,coverage,fuzzing,stateful \
  --max-time "$seconds" --continue-on-failure --request-timeout 30 --suppress-health-check all --warnings off \
  "${more[@]}" "$@" || status=$?
if grep -n "panicked" "$work/hub.log"; then status=1; fi
kill -0 "$hub" || { echo "schemathesis: the hub has ended" >&2; status=1; }
if [ $status != 0 ]; then tail -20 "$work/hub.log" >&2; fi
exit $status
