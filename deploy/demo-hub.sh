#!/usr/bin/env bash
# Sourced by the scripts that attack a hub (schemathesis.sh, sqlmap.sh), not run: a demo hub of their own, which ends with them.
# Sets http, key and work, and the functions tool and start_hub.

# A Python tool in an environment of its own, pinned: tool NAME makes target/NAME from tests/NAME/requirements.txt.
tool() {
  local venv=$PWD/target/$1
  cmp -s "tests/$1/requirements.txt" "$venv/requirements.txt" && return
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "tests/$1/requirements.txt"
  cp "tests/$1/requirements.txt" "$venv/"
}

# shellcheck disable=SC2317 # called by the trap
end_hub() {
  if [ -n "$hub" ]; then
    kill "$hub" 2>/dev/null || true
    wait "$hub" 2>/dev/null || true
  fi
  rm -rf "$work"
}

# start_hub DEVICES
start_hub() {
  [ -x "$CHENGSHU_BIN" ] || { echo "no $CHENGSHU_BIN; build it first (cargo build --workspace --bins), or set CHENGSHU_BIN" >&2; exit 1; }
  work=$(mktemp -d)
  hub=
  trap end_hub EXIT
  chmod 711 "$work"
  mkdir "$work/data"
  if [ "$(id -u)" = 0 ] && id chengshu >/dev/null 2>&1; then chown chengshu: "$work/data"; fi
  CHENGSHU__HUB__LOG_LEVEL=warn "$CHENGSHU_BIN" demo --devices "$1" --http 127.0.0.1:0 --mqtt 127.0.0.1:0 --data "$work/data" \
    --ready-file "$work/ready.json" >"$work/hub.log" 2>&1 &
  hub=$!
  for _ in $(seq 600); do
    [ ! -s "$work/ready.json" ] || break
    kill -0 "$hub" 2>/dev/null || { cat "$work/hub.log" >&2; exit 1; }
    sleep 0.1
  done
  # shellcheck disable=SC2034 # whoever sources this uses them
  read -r http key < <(python3 -c 'import json,sys; r=json.load(open(sys.argv[1])); print(r["http"], r["admin_key"])' "$work/ready.json")
}

# Whether the hub came through it: 1 when it panicked or is gone.
check_hub() {
  local well=0
  if grep -n "panicked" "$work/hub.log"; then well=1; fi
  kill -0 "$hub" || { echo "the hub has ended" >&2; well=1; }
  [ $well = 0 ] || tail -20 "$work/hub.log" >&2
  return $well
}
