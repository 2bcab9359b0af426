#!/usr/bin/env bash
# Links a user program of ilc's object: assembles the stubs, links once, makes the unwind table of that, links again.
#   link-user-program.sh OUTPUT NATIVE-FOLDER DOTNET SYMBOLTOOL STUB... -- ASSEMBLY...
# NATIVE-FOLDER holds program.o and gets what arises on the way, OUTPUT.elf with symbols included.
set -euo pipefail
umask 022
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
output=$1
native=$2
dotnet=$3
symbol_tool=$4
shift 4

rm -rf "${native:?}/stubs"
mkdir -p "$native/stubs"
cd "$root"
while (($# > 0)) && [[ $1 != -- ]]; do
    stub=${1#"$root"/}
    gcc -c -g -m64 -fno-pic -ffile-prefix-map="$root"=. -Wa,--noexecstack -o "$native/stubs/${stub//\//-}.o" "$stub"
    shift
done
shift

link() {
    ld -static -nostdlib -z max-page-size=4096 -z noexecstack --build-id=none \
        -T user/Runtime/user.ld "$native"/stubs/*.o "$native/program.o" "$@"
}

cd "$root"
link -o "$native/first.elf"
"$dotnet" "$symbol_tool" make "$native/first.elf" "$native/symbols.bin" "$native/unwind.bin" "$@" >/dev/null
(cd "$native" && printf '.section .unwind, "a"\n.incbin "unwind.bin"\n' >tables.S && as --noexecstack -o tables.o tables.S)
elf=$native/$(basename "$output").elf
link "$native/tables.o" -o "$elf"
objcopy --strip-all --remove-section=.eh_frame --remove-section=.dotnet_eh_table "$elf" "$output.new"
chmod 755 "$output.new"
mv "$output.new" "$output"
