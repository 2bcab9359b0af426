#!/usr/bin/env bash
# Makes the image's initial file system, a cpio archive (newc) whose bytes depend on names and contents only.
#   make-initramfs.sh OUTPUT STAGING BUSYBOX FILE...
# BUSYBOX is the folder that fetch-busybox.sh filled. A FILE is SOURCE=PATH-IN-THE-ARCHIVE.
set -euo pipefail
umask 022

output=$(realpath -m "$1")
staging=$2
busybox=$3
shift 3

rm -rf "$staging"
mkdir -p "$staging"/{bin,dev,etc,mnt,proc,root,run,tmp,usr,var}
chmod 1777 "$staging/tmp"
chmod 700 "$staging/root"
ln -s bin "$staging/sbin"
ln -s ../bin "$staging/usr/bin"
ln -s ../bin "$staging/usr/sbin"
for pair in "$@"; do
    target=$staging/${pair#*=}
    mkdir -p "$(dirname "$target")"
    cp "${pair%%=*}" "$target"
    if [[ -x ${pair%%=*} ]]; then chmod 755 "$target"; else chmod 644 "$target"; fi
done

if [[ -s $busybox/version ]]; then
    install -m 755 "$busybox/busybox" "$staging/bin/busybox"
    licences=$staging/usr/share/licenses/busybox
    mkdir -p "$licences"
    install -m 644 "$busybox"/{copyright,GPL-2,LGPL-2.1,version} "$licences"
    while read -r applet; do
        ln -s busybox "$staging/bin/$applet"
    done <"$busybox/applets"
else
    install -m 644 "$busybox/missing" "$staging/etc/no-busybox"
    for tool in sh ls cat ps echo mkdir rmdir rm kill sleep poweroff halt reboot; do
        ln -s tools "$staging/bin/$tool"
    done
fi

find "$staging" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
cd "$staging"
find . -mindepth 1 -print0 | LC_ALL=C sort -z |
    cpio --null --create --format=newc --reproducible --owner=0:0 --quiet >"$output"
