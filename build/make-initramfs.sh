#!/usr/bin/env bash
# Packs files into a cpio archive (newc) whose bytes depend on the files' names and contents only.
#   make-initramfs.sh OUTPUT STAGING FILE...     a FILE is SOURCE=PATH-IN-THE-ARCHIVE
set -euo pipefail
umask 022

output=$(realpath -m "$1")
staging=$2
shift 2

rm -rf "$staging"
mkdir -p "$staging"
for pair in "$@"; do
    target=$staging/${pair#*=}
    mkdir -p "$(dirname "$target")"
    cp "${pair%%=*}" "$target"
    if [[ -x ${pair%%=*} ]]; then chmod 755 "$target"; else chmod 644 "$target"; fi
done
find "$staging" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
cd "$staging"
find . -mindepth 1 -print0 | LC_ALL=C sort -z |
    cpio --null --create --format=newc --reproducible --owner=0:0 --quiet >"$output"
