#!/usr/bin/env bash
# Installs 城枢 on this machine, or upgrades it: the same command. It stands in a bundle made by bundle.sh, or in deploy/ of a
# checkout with target/release/chengshu built. Asks nothing, may be run again, and leaves an existing configuration as it is.
#   ./install.sh [--binary PATH] [--no-packages] [--no-start] [--prefix-root DIR]
#     --binary PATH       the program to install; else that of the bundle, or target/release/chengshu
#     --no-packages       install no PostgreSQL and no mosquitto (database.url and [[broker]] name external ones)
#     --no-start          enable nothing and start nothing
#     --prefix-root DIR   only lay the files out below DIR: no packages, no user, no service
# Files: /usr/local/bin/chengshu (the old one beside it as chengshu.previous), /etc/chengshu/chengshu.toml, /var/lib/chengshu,
# /etc/systemd/system/chengshu.service, /etc/systemd/journald.conf.d/chengshu.conf, /usr/local/share/doc/chengshu.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
say() { printf '  %s\n' "$*"; }
die() { printf 'install: %s\n' "$*" >&2; exit 1; }

binary="" root="" packages=yes start=yes
while [ $# -gt 0 ]; do
  case $1 in --binary | --prefix-root) [ -n "${2:-}" ] || die "$1 needs a path; see $0 --help" ;; esac
  case $1 in
    --binary) binary=$2; shift ;;
    --prefix-root) root=$2 packages=no start=no; shift ;;
    --no-packages) packages=no ;;
    --no-start) start=no ;;
    -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) die "unknown argument $1; see $0 --help" ;;
  esac
  shift
done
[ -n "$root" ] || [ "$(id -u)" = 0 ] || die "needs root: sudo $0 (or --prefix-root DIR to look at the files only)"

conf=$root/etc/chengshu/chengshu.toml
program=$root/usr/local/bin/chengshu
unit=$root/etc/systemd/system/chengshu.service
journal=$root/etc/systemd/journald.conf.d/chengshu.conf
doc=$root/usr/local/share/doc/chengshu

# ---- what is to be installed: whole, and of this machine --------------------------------------------------------------

if [ -f "$here/MANIFEST" ]; then
  (cd "$here" && sha256sum --check --quiet --strict MANIFEST) ||
    die "the bundle is damaged (files above differ from MANIFEST, or are missing); copy it again and compare its .sha256"
  extra=$(cd "$here" && find . -type f ! -name MANIFEST | sed 's|^\./||' | sort | comm -23 - <(sed -n 's/^[0-9a-f]\{64\}  //p' MANIFEST | sort))
  [ -z "$extra" ] || die "files that MANIFEST does not name: $(echo "$extra" | head -n 5 | tr '\n' ' '); unpack the bundle into an empty folder"
  say "the bundle is whole: $(sed -n 's/^# //p' "$here/MANIFEST" | head -n 1)"
  binary=${binary:-$here/bin/chengshu}
  licences=("$here"/licences/*)
else
  binary=${binary:-$here/../target/release/chengshu}
  licences=("$here/../LICENSE")
fi
[ -x "$binary" ] || die "no program at $binary; build it (cargo build --release) or name one with --binary PATH"
new=$("$binary" --version 2>&1) || die "$binary does not run on this machine (exit code $?): $new"

# ---- packages --------------------------------------------------------------------------------------------------------

# shellcheck disable=SC1091  # checked by itself
. "$here/hold.sh"
as_root() { "$@"; }
trap release_services EXIT
timescaledb_there() { compgen -G '/usr/share/postgresql/*/extension/timescaledb.control' >/dev/null; }

install_packages() {
  # shellcheck disable=SC1091
  . /etc/os-release
  local suite=${VERSION_CODENAME:-unknown} want=() missing state
  timescaledb_there || case $suite in
    bookworm) want+=(postgresql-15 postgresql-15-timescaledb) ;;
    trixie) want+=(postgresql-17 postgresql-17-timescaledb) ;;
    *) die "${PRETTY_NAME:-this system} is not Debian 12 or 13: install PostgreSQL 15 or newer with TimescaleDB and mosquitto 2 yourself, then run this with --no-packages" ;;
  esac
  command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || want+=(mosquitto)
  mapfile -t missing < <(missing_of "${want[@]}" mosquitto-clients ca-certificates curl)
  if [ ${#missing[@]} -eq 0 ]; then say "packages: PostgreSQL with TimescaleDB, mosquitto: there"; return 0; fi
  [ -d "$here/debs/$suite" ] ||
    die "missing packages: ${missing[*]}. This is not a bundle with packages for $suite: run deploy/setup.sh, or make one (deploy/bundle.sh), or use external servers with --no-packages"
  # A view of the bundle alone: no network, and apt's own sources stay as they are. What the machine has in the same or a newer
  # version is not touched. MANIFEST vouches for the files.
  state=$(mktemp -d /var/tmp/chengshu-install.XXXXXX)
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  ln -s "$here/debs/$suite" "$state/debs" # a path without blanks
  echo "deb [trusted=yes] copy:$state/debs ./" >"$state/sources.list"
  local apt=(apt-get -qy -o "Dir::Etc::SourceList=$state/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$state/lists"
    -o "Dir::Cache=$state/cache" -o APT::Sandbox::User=root -o DPkg::Lock::Timeout=300)
  hold_services "${missing[@]}"
  say "packages: ${missing[*]} …"
  if ! { "${apt[@]}" update && DEBIAN_FRONTEND=noninteractive "${apt[@]}" --no-install-recommends install "${missing[@]}"; } \
    >"$state/log" 2>&1 </dev/null; then
    tail -n 20 "$state/log" >&2
    die "apt could not install ${missing[*]}; its words are above, all of them in $state/log"
  fi
  release_services
  rm -rf "$state"
}
[ "$packages" = no ] || install_packages

# ---- configuration: kept, and tried by the new program before anything is replaced -------------------------------------

if [ -e "$conf" ]; then
  words=$("$binary" check-config "$conf" 2>&1) ||
    die "$new does not accept $conf, so nothing was replaced. Mend it and run this again:
$words"
  grep -Eq '^[[:space:]]*data_dir[[:space:]]*=' "$conf" ||
    say "note: $conf sets no hub.data_dir; under systemd the data then stands in /var/lib/chengshu/data"
  say "$conf: kept"
fi

# ---- user, folders, files --------------------------------------------------------------------------------------------

owned=()
if [ -z "$root" ]; then
  if ! id chengshu >/dev/null 2>&1; then
    useradd --system --user-group --home-dir /var/lib/chengshu --shell /usr/sbin/nologin chengshu
    say "system user chengshu: made"
  fi
  owned=(-o root -g chengshu)
  install -d -o chengshu -g chengshu -m 750 /var/lib/chengshu
else
  install -d -m 750 "$root/var/lib/chengshu"
fi
install -d "${owned[@]}" -m 750 "$(dirname "$conf")"
if [ ! -e "$conf" ]; then
  sed 's|^# data_dir = .*|data_dir = "/var/lib/chengshu"|' "$here/chengshu.toml" >"$conf.new"
  chmod 640 "$conf.new"
  [ -n "$root" ] || chgrp chengshu "$conf.new" # passwords may come to stand in it
  mv "$conf.new" "$conf"
  say "$conf: made, with the data in /var/lib/chengshu; every key stands in it"
fi

changed=no
put() { # put FROM TO: replaces a file when it differs, as a whole
  ! cmp -s "$1" "$2" || return 0
  install -D -m 644 "$1" "$2.new" && mv "$2.new" "$2"
  changed=yes
  say "$2: written"
}
if cmp -s "$binary" "$program"; then
  say "$program: $new, unchanged"
else
  install -D -m 755 "$binary" "$program.new"
  if [ -e "$program" ]; then
    say "$program.previous: $("$program" --version 2>/dev/null || echo 'the old program'), kept"
    ln -f "$program" "$program.previous"
  fi
  mv "$program.new" "$program"
  changed=yes
  say "$program: $new"
fi
put "$here/chengshu.service" "$unit"
put "$here/chengshu.toml" "$doc/chengshu.toml"
put "$here/README.md" "$doc/README.md"
put "$here/METRICS.md" "$doc/METRICS.md"
put "$here/uninstall.sh" "$doc/uninstall.sh"
chmod 755 "$doc/uninstall.sh"
rm -rf "$doc/licences"
mkdir -p "$doc/licences"
cp -r "${licences[@]}" "$doc/licences/"
for folder in prometheus grafana; do
  mkdir -p "$doc/$folder"
  cp "$here/$folder"/* "$doc/$folder/"
done
if [ -e "$journal" ]; then say "$journal: kept"; else
  put "$here/journald.conf" "$journal"
  [ "$start" = no ] || [ ! -d /run/systemd/system ] || systemctl restart systemd-journald
fi
[ -z "$root" ] || { say "laid out below $root"; exit 0; }

# ---- service ---------------------------------------------------------------------------------------------------------

if [ ! -d /run/systemd/system ]; then
  say "systemd does not run here; start it by hand: chengshu run --config $conf"
  exit 0
fi
systemctl daemon-reload
if [ "$start" = no ]; then say "not started; when you want it: systemctl enable --now chengshu"; exit 0; fi
systemctl enable --quiet chengshu
if [ "$changed" = yes ]; then systemctl restart chengshu; else systemctl start chengshu; fi
http=$(sed -n 's/^[[:space:]]*http[[:space:]]*=[[:space:]]*"\([^"]*\)".*/\1/p' "$conf" | head -n 1)
http=${http:-127.0.0.1:8080}
http=${http/#0.0.0.0:/127.0.0.1:} http=${http/#\[::\]:/127.0.0.1:}
scheme=http tls=()
# the hub asks for TLS: its certificate names the district's host, not this one
grep -q '^[[:space:]]*tls_cert_file[[:space:]]*=' "$conf" && scheme=https tls=(--insecure)
answer="no answer"
for _ in $(seq 120); do
  # a hub that waits for its database or a broker runs and says what is missing
  answer=$(curl --silent --max-time 5 "${tls[@]}" "$scheme://$http/readyz" 2>/dev/null) && [[ $answer == *'"ready":true'* ]] && break
  sleep 0.5
done
case $answer in
  *'"ready":true'*) say "ready: $scheme://$http/ · the first administrator: the link in setup.link of the data folder" ;;
  *'"ready":false'*) say "runs, but waits: $answer"; say "see: journalctl -u chengshu" ;;
  *)
    journalctl --unit chengshu --lines 15 --no-pager >&2 || true
    hint="a first installation: mend what the lines above say, then systemctl restart chengshu"
    [ ! -e "$program.previous" ] || hint="back to the old program: mv $program.previous $program && systemctl restart chengshu (if the new one had already changed the database: restore the backup)"
    die "the hub does not answer at $scheme://$http/readyz within 60 s. $hint"
    ;;
esac
