#!/usr/bin/env bash
# S01: tries SQL injection on every parameter of the OpenAPI document of a demo hub (sqlmap): path, query, body and header. Ends
# with 1 when one of them can be injected. Part of `make soak`; takes some twenty minutes.
#   deploy/sqlmap.sh [further arguments of sqlmap]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=deploy/demo-hub.sh
. deploy/demo-hub.sh

if [ "${1:-}" != --inside ]; then
  export CHENGSHU_BIN=${CHENGSHU_BIN:-$PWD/target/debug/chengshu}
  tool sqlmap
  if unshare --net true 2>/dev/null; then exec unshare --net "$PWD/deploy/sqlmap.sh" --inside "$@"; fi
  exec "$PWD/deploy/sqlmap.sh" --inside --shared "$@"
fi
shift
if [ "${1:-}" = --shared ]; then shift; else ip link set lo up; fi
start_hub 50

# The live stream does not end, and whoever signs out or locks the door ends the test.
curl --silent --fail --noproxy '*' "$http/api/v1/openapi.json" | python3 -c '
import json, sys
document = json.load(sys.stdin)
for path in ("/api/v1/stream", "/api/v1/logout", "/api/v1/access/policy"):
    document["paths"].pop(path, None)
json.dump(document, sys.stdout)
print(len(document["paths"]), "paths", file=sys.stderr)' >"$work/openapi.json"
status=0
target/sqlmap/bin/sqlmap --openapi "$work/openapi.json" --openapi-base "$http" --headers "Authorization: Bearer $key" --batch \
  --disable-coloring --dbms PostgreSQL --level 1 --risk 1 --technique BEUSQ --threads 4 --timeout 20 --retries 1 --skip-waf \
  --ignore-proxy --output-dir "$work/out" --results-file "$work/results.csv" "$@" >"$work/sqlmap.log" 2>&1 || status=$?
tested=$(grep -c "testing if .* parameter .* is dynamic\|heuristic (basic) test shows" "$work/sqlmap.log" || true)
found=$(tail -n +2 "$work/results.csv" 2>/dev/null | grep -c . || true)
if grep -n "is vulnerable\|appears to be .* injectable\|identified the following injection point" "$work/sqlmap.log"; then found=$((found + 1)); fi
check_hub || status=1
[ "$tested" -gt 50 ] || { echo "sqlmap: only $tested parameters were tried" >&2; tail -30 "$work/sqlmap.log" >&2; status=1; }
echo "sqlmap: $tested parameters tried, $found can be injected"
[ "$found" = 0 ] || status=1
exit $status
