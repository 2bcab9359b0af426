#!/usr/bin/env bash
# Builds the kernel and its image a second time, from nothing, in another folder, with another time zone, language
# and umask, and compares every byte with what lies in out/. Finds both: what isn't reproducible, and a build in
# this folder that left something old in place.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[[ -f out/cosmosvm.iso ]] || { echo "out/cosmosvm.iso is missing: build first"; exit 1; }

copy=$(mktemp -d -t "cosmosvm second build.XXXXXX")
trap 'rm -rf "$copy"' EXIT
tar --create --exclude=./.git --exclude=./out --exclude=bin --exclude=obj . | tar --extract --directory "$copy"

# What was downloaded is an input.
if [[ -d out/cache ]]; then
    mkdir -p "$copy/out"
    cp -r out/cache "$copy/out"
fi

echo "Building a copy in $copy"
# No build servers: they would keep the first build's environment.
if ! (umask 077 && cd "$copy" && TZ=Pacific/Auckland LC_ALL=C \
    dotnet build Kernel --nologo --tl:off --verbosity quiet --disable-build-servers >build.log 2>&1 </dev/null)
then
    cat "$copy/build.log"
    exit 1
fi

result=0
for file in kernel.elf initramfs.cpio cosmosvm.iso; do
    if cmp "out/$file" "$copy/out/$file"; then
        echo "  same     $file $(sha256sum <"out/$file" | cut -c 1-16)"
    else
        echo "  DIFFERS  $file"
        result=1
    fi
done
exit $result
