#!/usr/bin/env bash
# Asks a demo hub thousands of right and wrong questions made from its own OpenAPI document (schemathesis): no answer may be a
# 5xx, and each must be what the document says. Takes SECONDS (default 300); not part of `make test`.
#   deploy/schemathesis.sh [SECONDS] [further arguments of `schemathesis run`]
# The hub and the questions stand in a network of their own where that is possible (root): invented receivers call nobody.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=deploy/demo-hub.sh
. deploy/demo-hub.sh

if [ "${1:-}" != --inside ]; then
  export CHENGSHU_BIN=${CHENGSHU_BIN:-$PWD/target/debug/chengshu}
  tool schemathesis
  if unshare --net true 2>/dev/null; then exec unshare --net "$PWD/deploy/schemathesis.sh" --inside "$@"; fi
  echo "schemathesis: no network of its own; webhooks and robots are not made" >&2
  export SCHEMATHESIS_SHARED=1
  exec "$PWD/deploy/schemathesis.sh" --inside "$@"
fi
shift
seconds=${1:-300}
[ $# = 0 ] || shift
[ -n "${SCHEMATHESIS_SHARED:-}" ] || ip link set lo up
start_hub 50

more=()
[ -z "${SCHEMATHESIS_SHARED:-}" ] || more=(--exclude-path-regex '/(webhooks|receivers)')
# Left out: positive_data_acceptance (a device, a cursor or a theme that does not exist is no fault of the document), and the
# live stream, which does not end; use_after_free (DELETE takes a device out of service: what it measured stays to be read).
status=0
target/schemathesis/bin/schemathesis run "$http/api/v1/openapi.json" --url "$http" --header "Authorization: Bearer $key" \
  --exclude-path /api/v1/stream --exclude-checks positive_data_acceptance,use_after_free --phases examples,coverage,fuzzing,stateful \
  --max-time "$seconds" --continue-on-failure --request-timeout 30 --suppress-health-check all --warnings off \
  "${more[@]}" "$@" || status=$?
check_hub || status=1
exit $status
