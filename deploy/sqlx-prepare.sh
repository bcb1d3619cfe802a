#!/usr/bin/env bash
# Writes hub/store/.sqlx, the committed answers that let sqlx's macros compile without a database: all migrations go into a
# throw-away PostgreSQL, and the macros themselves write what they learn there. It needs no sqlx-cli and leaves no database.
#   deploy/sqlx-prepare.sh           writes hub/store/.sqlx anew
#   deploy/sqlx-prepare.sh --check   changes nothing; fails, and says where, when hub/store/.sqlx is not what it would write
set -euo pipefail
cd "$(dirname "$0")/.."
store=hub/store
committed=$store/.sqlx

case ${1:-} in
  "" | --check) exec deploy/scratch-pg.sh "$PWD/deploy/sqlx-prepare.sh" --inside "${1:-}" ;;
  --inside) check=${2:-} ;;
  *) sed -n '2,5s/^# *//p' "$0"; exit 2 ;;
esac

export PGOPTIONS="-c client_min_messages=warning"
for file in "$store"/migrations/*.sql; do
  psql -qX -o /dev/null -v ON_ERROR_STOP=1 --single-transaction -d "$DATABASE_URL" -f "$file"
done

# The macros run when the crate is compiled, so it must look changed for a moment; its old date comes back afterwards, or
# every crate above it would be compiled again for nothing. (Unless somebody saved the file meanwhile.)
root=$store/src/lib.rs
fresh=$(mktemp -d)
touch -r "$root" "$fresh/date"
touch "$root"
ours=$(stat -c %.Y "$root")
restore() {
  [ "$(stat -c %.Y "$root")" != "$ours" ] || touch -r "$fresh/date" "$root"
  rm -rf "$fresh"
}
trap restore EXIT
mkdir "$fresh/queries"
# Absolute, because rustc's working folder is the workspace's root
if ! SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$fresh/queries" cargo check --quiet --manifest-path "$store/Cargo.toml" --all-targets; then
  echo "sqlx-prepare: the store does not compile against the migrations (see above)" >&2
  exit 1
fi

of() { find "$1" -maxdepth 1 -name 'query-*.json' -printf '%f\n' 2>/dev/null | sort; }
sql() { sed -n 's/^  "query": "\(.*\)",$/\1/p' "$1" | cut -c1-120; }
count=$(of "$fresh/queries" | wc -l)

if [ -z "$check" ]; then
  mkdir -p "$committed"
  find "$committed" -maxdepth 1 -name 'query-*.json' -delete
  [ "$count" = 0 ] || cp "$fresh"/queries/query-*.json "$committed/"
  echo "sqlx-prepare: $count queries written to $committed"
  exit 0
fi

wrong=0
while read -r name; do echo "  missing: $(sql "$fresh/queries/$name")"; wrong=1; done < <(comm -23 <(of "$fresh/queries") <(of "$committed"))
while read -r name; do echo "  no longer used: $(sql "$committed/$name")  ($name)"; wrong=1; done < <(comm -13 <(of "$fresh/queries") <(of "$committed"))
while read -r name; do
  cmp -s "$fresh/queries/$name" "$committed/$name" || { echo "  other types than committed: $(sql "$committed/$name")  ($name)"; wrong=1; }
done < <(comm -12 <(of "$fresh/queries") <(of "$committed"))
if [ $wrong = 1 ]; then
  echo "sqlx-prepare: $committed is not what the macros say today. Mend it with: deploy/sqlx-prepare.sh" >&2
  exit 1
fi
echo "sqlx-prepare: $count queries, all as committed"
