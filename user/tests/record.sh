#!/usr/bin/env bash
# Runs the test programs on Debian's kernel and records what they print in expected/.
#   record.sh [PROGRAM...]     without a name: all of programs.txt
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output=$here/../../out/user-tests
linux=$("$here/fetch-linux.sh" "$here/../../out/linux")
"$here/build.sh" "$output" "${@/#//tests/}"
timeout 900 qemu-system-x86_64 -accel tcg -cpu qemu64,+rdrand -m 256M -display none -nic none -serial stdio -monitor none -no-reboot \
    -kernel "$linux" -initrd "$output/tests.cpio" -append "$(<"$here/linux-arguments.txt")" </dev/null |
    tr -d '\r' >"$output/log"
grep -q '^== end$' "$output/log" || {
    tail -n 20 "$output/log"
    echo "record.sh: the run did not reach its end" >&2
    exit 1
}
# "== /tests/NAME" begins a program's lines, "== exit 0" ends them and belongs to them.
awk -v folder="$here/expected" '
    /^== \/tests\// { sub(".*/", ""); file = folder "/" $0 ".txt"; printf "" > file; next }
    /^(not )?ok / { print > file }
    /^== (exit|signal) / { print > file; close(file) }
' "$output/log"
grep -h '^not ok' "$output/log" || true
echo "$(grep -c '^ok ' "$output/log") checks passed, $(grep -c '^not ok' "$output/log" || true) failed"
