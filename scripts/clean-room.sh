#!/bin/sh
# Proves the set-up on a machine that has only git, make and Debian's Python (no venv, no pip).
#
# usage (as root, with debootstrap): scripts/clean-room.sh NEW-FOLDER [make target ...]
#
# Builds a bare Debian in NEW-FOLDER, clones this checkout's last commit into it and runs each
# target (default: setup, test, run) there, timed. apt's mirror, pip's settings and the
# certificates are this machine's own.
set -eu
[ $# -ge 1 ] || { sed -n 's/^# usage/usage/p' "$0"; exit 2; }
root=$1
shift
[ $# -gt 0 ] || set -- setup test run
[ ! -e "$root" ] || { echo "$root exists already." >&2; exit 2; }
checkout=$(cd "$(dirname "$0")/.." && pwd)
sources='$(SITE) $(CODENAME)'
apt-get indextargets --format "$sources" | sort -u | awk '$2 !~ /-/' >"${root}.sources"
read -r mirror suite <"${root}.sources"
rm "${root}.sources"

debootstrap --variant=minbase --include=git,make,python3,ca-certificates "$suite" "$root" "$mirror"

mounted=
trap 'for at in $mounted; do umount "$at"; done' EXIT
bind() { mkdir -p "$root$1"; mount --bind "$1" "$root$1"; mounted="$root$1 $mounted"; }
bind /proc
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
[ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
# Folders that pip's settings name, such as a local index.
for folder in $(cat /etc/pip.conf 2>/dev/null | tr ' =' '\n\n' | sed -n 's,^\(file://\)\{0,1\}/,/,p'); do
    [ ! -d "$folder" ] || bind "$folder"
done

git clone --quiet "$checkout" "$root/srv/callbench"
for target in "$@"; do
    echo "== make $target"
    start=$(date +%s)
    env -i HOME="$HOME" PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 $(env | grep ^PIP_) \
        chroot "$root" make -C /srv/callbench "$target"
    echo "== make $target: $(($(date +%s) - start)) s"
done
