# For setup.sh and install.sh, which read it in: Debian starts what it installs (a cluster on 5432, a broker on 1883), where the
# hub's own parts would meet them. Only the first start of what *this* run installs is held back; both files go again at the end.
# It needs a function as_root.
# shellcheck shell=bash

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
missing_of() { local p; for p; do installed "$p" || echo "$p"; done; }

held=()
hold_services() { # hold_services PACKAGE…: those that are about to be installed
  local p
  for p; do
    case $p in
      mosquitto) held+=(mosquitto) ;;
      postgresql-[0-9]*-*) ;; # an extension starts nothing
      postgresql-[0-9]*) [[ " ${held[*]} " == *" postgresql "* ]] || held+=(postgresql) ;;
    esac
  done
  [ ${#held[@]} -gt 0 ] || return 0
  if [[ " ${held[*]} " == *" postgresql "* ]]; then
    as_root mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.d/chengshu-setup.conf >/dev/null
  fi
  [ -e /usr/sbin/policy-rc.d ] && return 0 # somebody decides already
  # shellcheck disable=SC2016  # $1 belongs to the script that is written
  printf '#!/bin/sh\n# chengshu-setup: gone again when it ends\ncase "$1" in %s) exit 101 ;; esac\n' \
    "$(printf '%s*|' "${held[@]}" | sed 's/|$//')" | as_root tee /usr/sbin/policy-rc.d >/dev/null
  as_root chmod 755 /usr/sbin/policy-rc.d
}

release_services() {
  [ ${#held[@]} -gt 0 ] || return 0
  if [[ " ${held[*]} " == *" mosquitto "* ]] && installed mosquitto; then # else the next boot would start it
    if command -v systemctl >/dev/null; then as_root systemctl disable mosquitto
    else as_root update-rc.d mosquitto disable; fi >/dev/null 2>&1 || true
  fi
  as_root rm -f /etc/postgresql-common/createcluster.d/chengshu-setup.conf
  if grep -qs chengshu-setup: /usr/sbin/policy-rc.d; then as_root rm -f /usr/sbin/policy-rc.d; fi
  held=()
}
