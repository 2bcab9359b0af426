#!/usr/bin/env bash
# Builds the test programs and an initramfs that runs them.
#   build.sh OUTPUT-FOLDER [COMMAND...]     OUTPUT-FOLDER/tests.cpio runs the commands, or all programs of programs.txt
# Needs gcc, musl-tools and cpio.
set -euo pipefail
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output=$(realpath -m "${1:?usage: build.sh OUTPUT-FOLDER [COMMAND...]}")
shift

flags=(-std=gnu11 -O1 -Wall -Wextra -Werror -Wno-unused-function -fno-stack-protector -fcf-protection=none
    -fno-strict-aliasing -fno-builtin-malloc)
programs=$output/programs
root=$output/root
rm -rf "$root"
mkdir -p "$programs" "$root/tests"

# compile TARGET SOURCE [OPTION...]: unless the target is newer than the sources. Statically, unless options are given.
compile() {
    local target=$1 source=$2
    shift 2
    if [[ $target -ot $source || $target -ot $here/check.h || $target -ot $here/threads.h || $target -ot $here/build.sh ]]; then
        if (($# == 0)); then set -- -static -no-pie; fi
        musl-gcc "${flags[@]}" "$@" -o "$target" "$source"
        strip "$target"
    fi
}

for source in "$here"/*.c; do
    name=$(basename "$source" .c)
    if [[ $name == exec-interpreter ]]; then continue; fi
    compile "$programs/$name" "$source"
    cp "$programs/$name" "$root/tests"
done
mv "$root/tests/init" "$root/init"

# Other kinds of programs, for exec: position-independent, its interpreter, and one that asks for that interpreter.
# musl's wrapper of gcc knows no -static-pie.
independent=(-fPIE -static -nostartfiles "-Wl,-pie,--no-dynamic-linker" /usr/lib/x86_64-linux-musl/rcrt1.o)
compile "$programs/exec-target-pie" "$here/exec-target.c" "${independent[@]}"
compile "$programs/exec-interpreter" "$here/exec-interpreter.c" "${independent[@]}"
gcc -nostdlib -no-pie -Wl,-Ttext-segment=0x10000000 -Wl,--build-id=none -o "$programs/exec-dynamic" "$here/exec-dynamic.S"
cp "$programs"/exec-{target-pie,interpreter,dynamic} "$root/tests"

if (($# > 0)); then
    printf '%s\n' "$@"
else
    sed -e 's/#.*//' -e 's/ *$//' -e '/^$/d' -e 's|^|/tests/|' "$here/programs.txt"
fi >"$root/tests/list"

find "$root" -exec touch --no-dereference --date=@0 {} +
cd "$root"
find . -mindepth 1 -print0 | LC_ALL=C sort -z |
    cpio --null --create --format=newc --reproducible --owner=0:0 --quiet >"$output/tests.cpio"
