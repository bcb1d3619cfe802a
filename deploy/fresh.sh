#!/usr/bin/env bash
# Proves README's two commands on a bare Debian: a debootstrap chroot, the committed HEAD, `make run` until the hub says that it
# is ready, then `make test`. It lives in namespaces of its own, so that no mount and no process outlives it, whatever happens.
#   deploy/fresh.sh [bookworm|trixie]
# Taken from the environment, all optional:
#   FRESH_DIR=/var/tmp/chengshu-fresh   where the chroot is made (about 6 GB; removed at the end unless FRESH_KEEP=1)
#   FRESH_ONLY=setup                    prove deploy/setup.sh alone: run, test, and that a second run takes under 5 s
#   FRESH_WORKTREE=1                    take the files as they lie here, committed or not
#   FRESH_COPY=path:path…               this machine's own settings that its network needs (certificates, client configuration)
#   FRESH_ENV="NAME NAME…"              environment variables to hand in, for the same reason
#   FRESH_CARGO_HOME=path               lend the crates fetched already (a registry folder), read and written
#   FRESH_ARGS="…"                      more arguments for the demo, e.g. --http 127.0.0.1:0 where port 8080 is taken
set -euo pipefail
cd "$(dirname "$0")/.."
suite=${1:-bookworm}
case $suite in bookworm | trixie) ;; *) sed -n '2,13s/^# *//p' "$0"; exit 2 ;; esac
[ "$(id -u)" = 0 ] || { echo "fresh: needs root (chroot, mounts)" >&2; exit 1; }
if [ -z "${FRESH_INSIDE:-}" ]; then
  command -v debootstrap >/dev/null || deploy/setup.sh all
  FRESH_INSIDE=1 exec unshare --mount --pid --mount-proc --fork --kill-child --propagation private deploy/fresh.sh "$suite"
fi

base=${FRESH_DIR:-/var/tmp/chengshu-fresh}
root=$base/$suite
say() { printf '\n== %s: %s\n' "$suite" "$*"; }
stop() {
  trap - EXIT INT TERM
  # the namespace takes its mounts with it; they must be gone before anything is removed through them
  awk -v r="$root/" 'index($2, r) == 1 { print $2 }' /proc/self/mounts | sort -r | while read -r m; do umount -l "$m"; done
  if [ -n "${FRESH_KEEP:-}" ]; then say "kept in $root"; else rm -rf --one-file-system "$root"; fi
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say "a bare system"
[ ! -e "$root" ] || rm -rf --one-file-system "$root"
mkdir -p "$root"
# shellcheck disable=SC2016  # apt fills these in
mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' | awk '$1 == "Debian" && !/security/ { print $2; exit }')
[ -n "$mirror" ] || { echo "fresh: apt's sources name no Debian mirror; run apt-get update once" >&2; exit 1; }
debootstrap --variant=minbase --include=ca-certificates,make "$suite" "$root" "$mirror" >"$base/$suite-debootstrap.log" 2>&1 ||
  { tail -n 20 "$base/$suite-debootstrap.log"; exit 1; }

mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t sysfs -o ro sys "$root/sys"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n::1 localhost\n' "$(hostname)" >"$root/etc/hosts" # an installer would have
settings=()
IFS=: read -ra settings <<<"${FRESH_COPY:-}"
for path in "${settings[@]}"; do
  mkdir -p "$root$(dirname "$path")"
  cp -aL "$path" "$root$(dirname "$path")/"
done
chroot "$root" update-ca-certificates >/dev/null 2>&1

# The chroot's own Rust: from rustup where that is reachable (setup.sh sees to it), else this machine's, read-only
vars=(HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" PATH=/root/.cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
for name in ${FRESH_ENV:-}; do [ -z "${!name+x}" ] || vars+=("$name=${!name}"); done
cargo_home=${CARGO_HOME:-$HOME/.cargo} rustup_home=${RUSTUP_HOME:-$HOME/.rustup}
if [ -d "$rustup_home/toolchains" ]; then
  mkdir -p "$root/root/.rustup" "$root/root/.cargo/bin"
  mount --bind "$rustup_home" "$root/root/.rustup" && mount -o remount,bind,ro "$root/root/.rustup"
  mount --bind "$cargo_home/bin" "$root/root/.cargo/bin" && mount -o remount,bind,ro "$root/root/.cargo/bin"
  say "note: Rust is this machine's ($(cargo --version)), mounted read-only; not fetched by rustup"
fi
if [ -n "${FRESH_CARGO_HOME:-}" ]; then
  mkdir -p "$root/root/.cargo/registry"
  mount --bind "$FRESH_CARGO_HOME/registry" "$root/root/.cargo/registry"
  say "note: crates fetched already are lent from this machine"
fi

mkdir "$root/srv/chengshu"
if [ -n "${FRESH_WORKTREE:-}" ]; then
  git ls-files -z --cached --others --exclude-standard | tar -c --null -T - | tar -x -C "$root/srv/chengshu"
  say "note: the work tree as it lies here, not HEAD"
else
  git archive HEAD | tar -x -C "$root/srv/chengshu"
fi
inside() { chroot "$root" /usr/bin/env -i "${vars[@]}" /bin/bash -c "cd /srv/chengshu && $1" </dev/null; }
timed() { local start=$SECONDS; "${@:2}"; say "$1: $((SECONDS - start)) s"; }

if [ "${FRESH_ONLY:-}" = setup ]; then
  for mode in run test all; do
    timed "deploy/setup.sh $mode" inside "deploy/setup.sh $mode"
    start=$(date +%s%N)
    inside "deploy/setup.sh $mode"
    ms=$((($(date +%s%N) - start) / 1000000))
    say "a second deploy/setup.sh $mode: $ms ms"
    [ $ms -lt 5000 ] || { echo "fresh: a second run took 5 s or more" >&2; exit 1; }
  done
  if pgrep -x postgres || pgrep -x mosquitto; then echo "fresh: setup left a service running" >&2; exit 1; fi # this namespace's own
  say "deploy/setup.sh proved"
  exit 0
fi

say "make run"
start=$SECONDS
inside "exec make run ARGS='--ready-file /tmp/ready.json ${FRESH_ARGS:-}'" &
demo=$!
until [ -s "$root/tmp/ready.json" ]; do
  kill -0 $demo 2>/dev/null || { echo "fresh: make run ended before the hub was ready" >&2; exit 1; }
  [ $((SECONDS - start)) -lt 2400 ] || { echo "fresh: not ready after 40 minutes" >&2; exit 1; }
  sleep 1
done
http=$(sed -n 's/.*"http": *"\([^"]*\)".*/\1/p' "$root/tmp/ready.json")
inside "curl --silent --show-error --fail --max-time 10 $http/healthz" >/dev/null
inside "curl --silent --show-error --fail --max-time 10 $http/ | grep -qi '<html'"
say "make run: ready and serving the wall at $http after $((SECONDS - start)) s"
stopping=$SECONDS
pkill -TERM -f 'debug/chengshu demo' || true # sees this namespace's processes only
while kill -0 $demo 2>/dev/null; do
  [ $((SECONDS - stopping)) -lt 20 ] || { echo "fresh: the hub did not stop within 20 s" >&2; exit 1; }
  sleep 0.2
done
wait $demo || true

timed "make test" inside "make test"
say "both commands work on a bare $suite"
