#!/bin/sh
# Installs App Connect's own framework for the tests that drive the real one, outside the checkout.
#
# Run it as often as you like: with nothing to do it is done at once. A machine that lacks something
# is no failure: the reason is printed and kept, and the tests skip with it.
set -eu
cd "$(dirname "$0")/../tests/connectors/appconnect/core"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/callbench-tests
name=core-$(cat package.json package-lock.json | sha256sum | cut -c1-16)
[ ! -d "$cache/$name" ] || exit 0
mkdir -p "$cache"

skip() {
    printf 'App Connect'\''s framework is not installed: %s.\n' "$*" | tee "$cache/$name.reason"
    exit 0
}

command -v node >/dev/null || skip "Node is missing"
command -v npm >/dev/null || skip "npm is missing"

# Processes that come at the same time wait here for the first one.
if command -v flock >/dev/null; then
    exec 9>"$cache/$name.lock"
    flock 9
    [ ! -d "$cache/$name" ] || exit 0
fi

draft=$(mktemp -d "$cache/$name.XXXXXX")
trap 'rm -rf "$draft"' EXIT
trap 'exit 1' INT TERM
cp package.json package-lock.json .npmrc "$draft"
# SQLite's driver is compiled where no built one can be had: with the headers beside Node, if any.
prefix=$(dirname "$(dirname "$(command -v node)")")
[ ! -f "$prefix/include/node/node.h" ] || export npm_config_nodedir="$prefix"
printf 'Installing App Connect'\''s framework for the tests (up to three minutes, once)\n'
if ! (cd "$draft" && npm ci >install.log 2>&1); then
    why=$(grep -m 1 -E 'not found|ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|EUSAGE|ENOSPC' \
        "$draft/install.log" || tail -n 1 "$draft/install.log")
    skip "npm could not install it ($(printf '%s' "$why" | sed 's/^npm error //' | cut -c1-200))"
fi
mv "$draft" "$cache/$name"
rm -f "$cache/$name.reason"
