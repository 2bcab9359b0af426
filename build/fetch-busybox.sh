#!/usr/bin/env bash
# Puts Debian's busybox-static, as the package has it, and its licences into a folder that the image is made of.
#   fetch-busybox.sh FOLDER
# Takes the installed package if its file is unchanged, otherwise downloads the package with apt-get. Where it can't be
# had, or COSMOSVM_WITHOUT_BUSYBOX is set, FOLDER/missing says why there is none; that is no error. What is in the folder once, stays: remove the folder for a newer package.
set -euo pipefail
umask 022
readonly package=busybox-static
folder=$(realpath -m "${1:?usage: fetch-busybox.sh FOLDER}")

mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
if [[ -s $folder/version ]]; then exit 0; fi

work=$(mktemp -d "$folder/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

miss() {
    printf 'This image has no BusyBox: %s.\n' "$*" >"$work/missing"
    mv "$work/missing" "$folder/missing"
    echo "  busybox  $(cat "$folder/missing")"
    exit 0
}

# Fills $work/root with the package's files and prints its version.
take_installed() {
    [[ $(dpkg-query --search /bin/busybox 2>/dev/null) == "$package: /bin/busybox" ]] || return 1
    if dpkg --verify "$package" 2>/dev/null | grep -q /bin/busybox; then return 1; fi
    mkdir -p "$work/root/bin" "$work/root/usr/share/doc/$package"
    cp /bin/busybox "$work/root/bin" || return 1
    cp "/usr/share/doc/$package/copyright" "$work/root/usr/share/doc/$package" 2>/dev/null || return 1
    dpkg-query --showformat '${Version}' --show "$package"
}

take_download() {
    (cd "$work" && apt-get -o Acquire::Retries=0 -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10 \
        download -qq "$package" >messages 2>&1) || return 1
    dpkg-deb --extract "$work"/*.deb "$work/root" || return 1
    dpkg-deb --field "$work"/*.deb Version
}

if [[ -n ${COSMOSVM_WITHOUT_BUSYBOX:-} ]]; then miss "COSMOSVM_WITHOUT_BUSYBOX was set when it was built"; fi
if [[ $(uname -m) != x86_64 ]]; then miss "it was built on $(uname -m)"; fi
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then miss "it was not built on a Debian system"; fi
if ! version=$(take_installed); then
    rm -rf "$work/root"
    version=$(take_download) || miss "apt-get could not download $package ($(tail -n 1 "$work/messages"))"
fi
[[ -x $work/root/bin/busybox ]] || miss "$package has no /bin/busybox"

cp "$work/root/bin/busybox" "$folder/busybox"
cp "$work/root/usr/share/doc/$package/copyright" "$folder/copyright"
# Debian's copyright files refer to these; BusyBox is under the one, the C library linked into it under the other.
for licence in GPL-2 LGPL-2.1; do
    cp "/usr/share/common-licenses/$licence" "$folder/$licence" || miss "/usr/share/common-licenses has no $licence to go with it"
done
# Process 1 is ours.
"$folder/busybox" --list | grep -vxE 'busybox|init|linuxrc' | LC_ALL=C sort >"$folder/applets"
printf '%s %s\n' "$package" "$version" >"$work/version"
rm -f "$folder/missing"
mv "$work/version" "$folder/version"
echo "  busybox  $(cat "$folder/version")"
