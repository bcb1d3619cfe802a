#!/usr/bin/env bash
# Checks the alert rules and the Grafana dashboard (`make lint` calls it): promtool reads and tests the rules, every rule has a test,
# the dashboard is JSON, and both name only metrics that METRICS.md lists.
set -euo pipefail
cd "$(dirname "$0")"
export PATH="/opt/chengshu/bin:$PATH"
failed=no
wrong() { printf 'check-alerts: %s\n' "$*" >&2; failed=yes; }

command -v promtool >/dev/null || { echo "check-alerts: promtool is missing; deploy/setup.sh all installs it" >&2; exit 1; }
promtool check rules prometheus/alerts.yaml
promtool test rules prometheus/alerts.test.yaml

while read -r alert; do
  grep -q "$alert\b" prometheus/alerts.test.yaml || wrong "rule $alert has no test in prometheus/alerts.test.yaml"
done < <(sed -n 's/^ *- alert: //p' prometheus/alerts.yaml)

# its questions, written as rules, so that promtool reads them too
questions=$(mktemp)
trap 'rm -f "$questions"' EXIT
# shellcheck disable=SC2016  # Grafana's words
if node -e 'const panels = JSON.parse(require("fs").readFileSync("grafana/chengshu.json", "utf8")).panels
  const asked = panels.flatMap(panel => (panel.targets ?? []).map(target => target.expr))
  const plain = asked.map(expr => expr.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*"))
  console.log(JSON.stringify({ groups: [{ name: "grafana/chengshu.json", rules: plain.map((expr, n) => ({ record: `panel:${n}`, expr })) }] }))' >"$questions"
then promtool check rules "$questions" >/dev/null || wrong "grafana/chengshu.json asks what Prometheus does not understand (above, by number of the question)"
else wrong "grafana/chengshu.json is not JSON with panels; node says above where it breaks"; fi

known=$(grep -o '^| `chengshu_[a-z_]*' METRICS.md | sed 's/^| `//' | sort)
[ -n "$known" ] || wrong "METRICS.md lists no metric: is its table still | \`chengshu_…\` | …?"
histograms=$(sed -n 's/^| `\(chengshu_[a-z_]*\)[^|]*| histogram |.*/\1/p' METRICS.md)
for name in $histograms; do known+=$'\n'$(printf '%s\n' "${name}_bucket" "${name}_sum" "${name}_count"); done
for file in prometheus/alerts.yaml prometheus/alerts.test.yaml grafana/chengshu.json; do
  while read -r name; do
    grep -qx "$name" <<<"$known" || wrong "$file names $name, which METRICS.md does not list"
  done < <(grep -o '\bchengshu_[a-z_]*' "$file" | sort -u)
done
[ $failed = no ] || exit 1
echo "check-alerts: rules, tests and dashboard agree with METRICS.md"
