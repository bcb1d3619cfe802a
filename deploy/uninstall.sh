#!/usr/bin/env bash
# Stops 城枢 and removes its program and unit. Data, configuration, user and packages stay, so that install.sh goes on where it was.
#   uninstall.sh [--purge [--yes]]
#     --purge   also removes /etc/chengshu, /var/lib/chengshu with every reading and key, and user chengshu; asks first
#     --yes     does not ask
# Backups in [backup] dir and Debian's packages are never removed.
set -euo pipefail
die() { printf 'uninstall: %s\n' "$*" >&2; exit 1; }
say() { printf '  %s\n' "$*"; }
purge=no yes=no
for argument; do
  case $argument in
    --purge) purge=yes ;;
    --yes) yes=yes ;;
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) die "unknown argument $argument; see $0 --help" ;;
  esac
done
[ "$(id -u)" = 0 ] || die "needs root: sudo $0 $*"

conf=/etc/chengshu/chengshu.toml data=/var/lib/chengshu
named=$(sed -n 's/^[[:space:]]*data_dir[[:space:]]*=[[:space:]]*"\([^"]*\)".*/\1/p' "$conf" 2>/dev/null | head -n 1)
if [ $purge = yes ] && [ $yes = no ]; then
  [ -t 0 ] || die "--purge destroys every reading and key; nobody is there to be asked, so say --purge --yes"
  echo "This destroys $data ($(du -sh "$data" 2>/dev/null | cut -f1)): readings, alarms, keys, spool; and /etc/chengshu. There is no way back but a backup."
  read -rp "Type the word chengshu to go on: " word
  [ "$word" = chengshu ] || die "nothing was removed"
fi

if [ -d /run/systemd/system ]; then
  if systemctl is-active --quiet chengshu; then systemctl stop chengshu; say "stopped"; fi
  systemctl disable --quiet chengshu 2>/dev/null || true
fi
if pgrep -u chengshu -x 'chengshu|postgres|mosquitto' >/dev/null 2>&1; then
  die "processes of user chengshu still run: $(pgrep -u chengshu -l | tr '\n' ' '); stop them first"
fi
rm -f /etc/systemd/system/chengshu.service
rm -f /usr/local/bin/chengshu /usr/local/bin/chengshu.previous
rm -rf /usr/local/share/doc/chengshu
[ ! -d /run/systemd/system ] || systemctl daemon-reload
say "removed: program, unit, documents"
if [ $purge = no ]; then
  say "kept: ${named:-$data}, /etc/chengshu, journald.conf.d/chengshu.conf, user chengshu (--purge removes them)"
  exit 0
fi
rm -rf --one-file-system /etc/chengshu /etc/systemd/system/chengshu.service.d \
  /etc/systemd/journald.conf.d/chengshu.conf "$data"
if id chengshu >/dev/null 2>&1; then userdel chengshu; fi
say "removed: /etc/chengshu, $data, user chengshu"
case ${named:-$data} in "$data" | "$data"/*) ;; *) say "kept: $named, which the configuration named as the data folder; remove it yourself" ;; esac
