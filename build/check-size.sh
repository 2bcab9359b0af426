#!/usr/bin/env bash
# Builds the kernel without its in-kernel tests in another folder and prints its size; fails when it is over the limit
# that build/KernelImage.targets sets. What the tests alone use of the libraries is not in that kernel either.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

copy=$(mktemp -d -t "cosmosvm without tests.XXXXXX")
trap 'rm -rf "$copy"' EXIT
tar --create --exclude=./.git --exclude=./out --exclude=bin --exclude=obj . | tar --extract --directory "$copy"
if [[ -d out/cache ]]; then
    mkdir -p "$copy/out"
    cp -r out/cache "$copy/out"
fi

cd "$copy"
if ! dotnet build Kernel -p:SelfTests=false --nologo --tl:off --verbosity minimal >build.log 2>&1 </dev/null; then
    cat build.log
    exit 1
fi
grep -E '^ *size +kernel ' build.log
