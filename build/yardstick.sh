#!/usr/bin/env bash
# Runs the yardstick on the kernel and writes its figures into the table of docs/performance.md, third column.
# usage: build/yardstick.sh INITRD [KERNEL]     INITRD: an initramfs whose /init is the yardstick
# The table has Linux's figures; the script fails when a row is above Debian's Linux.
set -euo pipefail
initrd=$(realpath "${1:?an initramfs whose /init is the yardstick}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly kernel=${2:-out/kernel.elf} table=docs/performance.md

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# One instruction is one tick, and the clock follows the instructions: two runs of one image agree.
timeout 900 qemu-system-x86_64 -accel tcg,thread=single -icount shift=0,sleep=off,align=off \
    -rtc base=2020-01-01T00:00:00,clock=vm -seed 1 -machine pc -cpu qemu64,+rdrand -smp 1 -m 512 \
    -nodefaults -no-user-config -display none -no-reboot -serial "file:$work/serial" \
    -kernel "$kernel" -initrd "$initrd" -append "console=ttyS0 panic=-1 nokaslr norandmaps mitigations=off" \
    </dev/null >/dev/null 2>&1 || true
grep -q VMBENCH-END "$work/serial" || {
    tail -n 20 "$work/serial" >&2
    echo "yardstick.sh: the yardstick did not run to its end" >&2
    exit 1
}

tr -d '\r' <"$work/serial" | awk -F'|' '
    function thousands(n,    s) {
        s = sprintf("%d", n)
        while (match(s, /[0-9][0-9][0-9][0-9](,|$)/)) s = substr(s, 1, RSTART) "," substr(s, RSTART + 1)
        return s
    }
    function plain(s) { gsub(/[ ,]/, "", s); return s + 0 }
    FNR == NR { if ($1 == "R") ours[$2] = $4; next }
    $2 ~ /^ `[0-9]+\..*` $/ {
        name = $2; gsub(/[ `]/, "", name)
        if (name in ours) {
            n = ours[name]
            $4 = " " (n < 100 && n != int(n) ? sprintf("%.1f", n) : thousands(n + 0.5)) " "
            if (plain($4) > plain($5) * 1.01) print name ": " $4 "above Linux" >"/dev/stderr"
            else below++
            for (i = 1; i <= NF; i++) printf "%s%s", $i, i < NF ? "|" : "\n"
            rows++
            next
        }
    }
    { print }
    END { if (rows == 0 || below < rows) exit 3 }' - "$table" >"$work/table" && status=0 || status=$?
((status == 0 || status == 3)) || exit "$status"
cat "$work/table" >"$table"
echo "written to $table"
exit "$status"
