#!/usr/bin/env bash
# Packs ONE archive with which a machine without any network installs 城枢: program (dashboards and themes are inside it), unit,
# scripts, example configuration, alert rules, licences, and the Debian packages that it needs, with everything that these need.
#   deploy/bundle.sh [--binary PATH] [--suites "bookworm trixie"] [--out DIR] [--cache DIR]
#     --binary PATH   the release program; else target/release/chengshu (it is not built here)
#     --suites        Debian releases whose packages go in: bookworm (12), trixie (13), both, or "" for none
#     --out DIR       where the archive and its .sha256 are put; default target/bundle
#     --cache DIR     TimescaleDB for Debian 12 as setup.sh has built it; default /var/cache/chengshu
# Reads Debian's archive through this machine's own mirror; apt here does not notice. On the target machine:
#   tar -xzf chengshu-….tar.gz && sudo chengshu-…/install.sh
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf '  %s\n' "$*"; }
die() { printf 'bundle: %s\n' "$*" >&2; exit 1; }

binary=target/release/chengshu suites="bookworm trixie" out=target/bundle cache=/var/cache/chengshu
while [ $# -gt 0 ]; do
  case $1 in --*) [ $# -gt 1 ] || [ "$1" = --help ] || die "$1 needs a value; see deploy/bundle.sh --help" ;; esac
  case $1 in
    --binary) binary=$2 ;;
    --suites) suites=$2 ;;
    --out) out=$2 ;;
    --cache) cache=$2 ;;
    -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) die "unknown argument $1; see deploy/bundle.sh --help" ;;
  esac
  shift 2
done
for suite in $suites; do
  case $suite in bookworm | trixie) ;; *) die "unknown Debian release $suite; possible: bookworm trixie" ;; esac
done
arch=$(dpkg --print-architecture)
[ -x "$binary" ] || die "no program at $binary; build it first (make bench does, or cargo build --release --bin chengshu), or name one with --binary"
version=$("$binary" --version | awk '{ print $2 }')
[ -d dashboards/node_modules ] || die "dashboards/node_modules is not there, and with it the licences of what the dashboards contain; run: make web"

# Debian 12 has glibc 2.36: a program that was built on something newer would not start there
glibc=$(grep -ao 'GLIBC_2\.[0-9]*' "$binary" | sort -uV | tail -n 1)
if [[ " $suites " == *" bookworm "* ]] && [ "$(printf 'GLIBC_2.36\n%s\n' "$glibc" | sort -V | tail -n 1)" != GLIBC_2.36 ]; then
  die "$binary wants $glibc, Debian 12 has GLIBC_2.36; build it on Debian 12, or pack --suites trixie"
fi

work=$(mktemp -d /var/tmp/chengshu-bundle.XXXXXX)
trap 'rm -rf "$work"' EXIT
name=chengshu-$version-$arch
top=$work/$name
mkdir -p "$top/bin" "$top/licences" "$out"

# ---- our own files ---------------------------------------------------------------------------------------------------

install -m 755 "$binary" "$top/bin/chengshu"
cp -r deploy/{install.sh,uninstall.sh,hold.sh,chengshu.toml,chengshu.service,journald.conf,METRICS.md,ACCESS.md,prometheus,grafana} "$top/"
cp deploy/BUNDLE.md "$top/README.md"

# ---- licences --------------------------------------------------------------------------------------------------------

cp LICENSE "$top/licences/LICENSE"
cp dashboards/public/map/SOURCES.md "$top/licences/map-SOURCES.md"
texts() { find "$1" -maxdepth 1 -type f \( -iname 'licen*' -o -iname 'copying*' -o -iname 'notice*' -o -iname 'copyright*' -o -iname 'unlicense*' \); }
gather() { # gather FOLDER INTO: the licence texts of one package
  local found
  mapfile -t found < <(texts "$1")
  [ ${#found[@]} -gt 0 ] || return 1
  mkdir -p "$2" && cp "${found[@]}" "$2/"
}
rust=0 web=0
while read -r crate; do
  for source in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$crate"; do
    [ -d "$source" ] || continue
    echo "$crate: $(sed -n 's/^license = "\(.*\)"/\1/p' "$source/Cargo.toml" | head -n 1)" >>"$top/licences/rust.txt"
    gather "$source" "$top/licences/rust/$crate" && rust=$((rust + 1)) && break
  done || true
done < <(awk '/^name = / { gsub(/"/, ""); n = $3 } /^version = / { gsub(/"/, ""); v = $3 } /^source = / { print n "-" v }' Cargo.lock)
while read -r folder; do
  gather "$folder" "$top/licences/web/${folder##*/node_modules/}" && web=$((web + 1))
done < <(cd dashboards && npm ls --omit=dev --all --parseable 2>/dev/null | tail -n +2) || true
if [ "$rust" -lt 50 ] || [ "$web" = 0 ]; then
  die "licence texts of only $rust crates and $web web packages were found; the sources of what the program contains must be here: build it in this checkout (make web, cargo build --release)"
fi
say "licences: $rust crates, $web web packages"

# ---- Debian packages -------------------------------------------------------------------------------------------------

# As if nothing were installed: the answer is everything that a minimal machine can lack, whatever this one has.
packages_of() { # packages_of SUITE PACKAGE…
  local suite=$1 own view=$work/apt-$1; shift
  # shellcheck disable=SC1091
  own=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mkdir -p "$view/lists/partial" "$view/cache/archives/partial" "$top/debs/$suite"
  # shellcheck disable=SC2016  # apt fills these in
  apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v own="$own" -v suite="$suite" '$1 == "Debian" && $3 == "main" && index($2, own) == 1 {
      sub(own, suite, $2); print "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] " $4 " " $2 " main" }' |
    sort -u >"$view/sources.list"
  grep -q " $suite main" "$view/sources.list" || die "apt's sources name no Debian mirror; run apt-get update once"
  : >"$view/status"
  local apt=(apt-get -q -y -o "Dir::Etc::SourceList=$view/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$view/lists"
    -o "Dir::State::Status=$view/status" -o "Dir::Cache=$view/cache" -o "Dir::Etc::Preferences=-" -o "Dir::Etc::PreferencesParts=-"
    -o APT::Sandbox::User=root -o Acquire::Retries=5 -o Acquire::Languages=none)
  if ! { "${apt[@]}" update && "${apt[@]}" --no-install-recommends --download-only install "$@"; } >"$view/log" 2>&1; then
    tail -n 15 "$view/log" >&2
    die "Debian's packages for $suite could not be fetched; apt's words are above"
  fi
  mv "$view/cache/archives"/*.deb "$top/debs/$suite/"
}

for suite in $suites; do
  case $suite in
    bookworm) # TimescaleDB is not Debian 12's own; all that it needs is PostgreSQL
      timescale=$(find "$cache" -name "postgresql-15-timescaledb_*_$arch.deb" 2>/dev/null | sort -V | tail -n 1 || true)
      [ -n "$timescale" ] || die "no TimescaleDB for Debian 12 in $cache; run deploy/setup.sh on a Debian 12 machine and copy its /var/cache/chengshu here (--cache DIR), or pack --suites trixie"
      packages_of bookworm postgresql-15 mosquitto mosquitto-clients ca-certificates curl util-linux
      cp "$timescale" "$top/debs/bookworm/"
      ;;
    trixie) packages_of trixie postgresql-17 postgresql-17-timescaledb mosquitto mosquitto-clients ca-certificates curl util-linux ;;
  esac
  (cd "$top/debs/$suite" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
  say "packages for $suite: $(find "$top/debs/$suite" -name '*.deb' | wc -l) files, $(du -sh "$top/debs/$suite" | cut -f1)"
done

# ---- manifest and archive --------------------------------------------------------------------------------------------

commit=$(git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
{
  echo "# chengshu $version, $arch, packages for: ${suites:-none}, scripts of commit $commit, packed $(date -u +%Y-%m-%dT%H:%MZ)"
  cd "$top" && find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum
} >"$work/MANIFEST"
mv "$work/MANIFEST" "$top/MANIFEST"
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -cf - "$name" | gzip -6 >"$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
say "$out/$name.tar.gz: $(du -h "$out/$name.tar.gz" | cut -f1), $(grep -vc '^#' "$top/MANIFEST") files"
say "sha256 $(cut -d' ' -f1 "$out/$name.tar.gz.sha256"): hand it over by another way than the archive"
