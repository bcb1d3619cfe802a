#!/usr/bin/env bash
# What the hub is made of. Both tools are installed into target/tools, pinned.
#   deploy/supply.sh deny   licences, bans, sources and known dangers, as deny.toml says (cargo-deny; dangers need the network)
#   deploy/supply.sh sbom   target/sbom/{hub,dashboards}.cdx.json: bills of materials in the form CycloneDX 1.5
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/target/tools

# install NAME VERSION
install() {
  [ -x "$tools/bin/$1" ] && [ "$("$tools/bin/$1" "${1#cargo-}" --version 2>/dev/null | awk "{ print \$NF }")" = "$2" ] && return
  CARGO_TARGET_DIR=$PWD/target/tools/build cargo install --quiet --locked --root "$tools" --version "$2" "$1"
}

case ${1:-} in
  deny)
    install cargo-deny 0.20.2
    "$tools/bin/cargo-deny" check licenses bans sources
    # what is known to be dangerous stands in a repository elsewhere: without it nothing is said, and that is said
    "$tools/bin/cargo-deny" check advisories
    npm audit --prefix dashboards --omit dev
    ;;
  sbom)
    install cargo-cyclonedx 0.5.9
    mkdir -p target/sbom
    "$tools/bin/cargo-cyclonedx" cyclonedx --format json --spec-version 1.5 --target x86_64-unknown-linux-gnu --manifest-path hub/Cargo.toml --override-filename hub.cdx
    find . -path ./target -prune -o -name hub.cdx.json -print | grep -v '^./hub/hub.cdx.json$' | xargs -r rm -f
    mv hub/hub.cdx.json target/sbom/
    npm sbom --prefix dashboards --omit dev --sbom-format cyclonedx >target/sbom/dashboards.cdx.json
    ls -l target/sbom
    ;;
  *) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
