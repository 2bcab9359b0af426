#!/usr/bin/env bash
# Prints the path of Debian's cloud kernel; downloads its package first unless the cache has it.
#   fetch-linux.sh CACHE-FOLDER
# Where the package can't be had, says why on standard error and exits with 1.
set -euo pipefail
readonly meta_package=linux-image-cloud-amd64
cache=$(realpath -m "${1:?usage: fetch-linux.sh CACHE-FOLDER}")

refuse() {
    echo "no Linux to compare with: $*" >&2
    exit 1
}

# The package that the meta package stands for at present.
package_name() {
    apt-cache depends "$meta_package" 2>/dev/null | awk '$1 == "Depends:" && $2 ~ /^linux-image-/ { print $2; exit }'
}

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if [[ ! -s $cache/vmlinuz ]]; then
    if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
        refuse "this is no Debian system"
    fi
    package=$(package_name)
    if [[ -z $package ]] && ((EUID == 0)); then
        apt-get update -qq >/dev/null 2>&1 || true
        package=$(package_name)
    fi
    [[ -n $package ]] || refuse "apt knows no package $meta_package"
    folder=$(mktemp -d "$cache/download.XXXXXX")
    trap 'rm -rf "$folder"' EXIT
    chmod 755 "$folder"
    if ! (cd "$folder" && apt-get download -qq "$package" >messages 2>&1); then
        refuse "apt-get could not download $package: $(tail -n 1 "$folder/messages")"
    fi
    dpkg-deb --fsys-tarfile "$folder"/*.deb | tar --extract --to-stdout --wildcards './boot/vmlinuz-*' >"$folder/vmlinuz" ||
        refuse "$package holds no kernel"
    mv "$folder/vmlinuz" "$cache/vmlinuz"
fi
echo "$cache/vmlinuz"
