#!/bin/sh
# Signs a body and sends it, as a service that must sign does: sign.sh http://HUB /api/v1/ingest FILE
# KEY is the service's key, SECRET the one with which it signs. What is signed is the time in seconds, a nonce that was never
# used, the path, each with a line end behind it, and the body as it is before gzip. A signature is good once, for five minutes
# before and after its time; whoever tries again signs anew, under the same Idempotency-Key.
set -eu
hub=$1 path=$2 file=$3
t=$(date +%s)
n=$(openssl rand -hex 12)
mac=$({ printf '%s\n%s\n%s\n' "$t" "$n" "$path"; cat "$file"; } | openssl dgst -sha256 -hmac "$SECRET" -r | cut -d' ' -f1)
exec curl -sS --fail-with-body --data-binary "@$file" -H "Content-Type: application/json" -H "Authorization: Bearer $KEY" \
  -H "X-Chengshu-Signature: t=$t,n=$n,v1=$mac" -H "Idempotency-Key: ${IDEMPOTENCY_KEY:-$n}" "$hub$path"
