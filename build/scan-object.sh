#!/usr/bin/env bash
# Fails when ilc's code touches a register that the interrupt stubs don't save or that isn't the compiler's to use:
# xmm registers that the entry of page faults doesn't save (Traps.S: all but xmm0 to xmm3 and xmm8), AVX (ymm, zmm, mask registers, any VEX or EVEX form), x87, MMX, or the FS and GS segments (GS holds the
# processor's own data). All other entries save xmm0 to xmm15 and mxcsr, which is all that legacy SSE can change.
#   scan-object.sh OBJECT
set -euo pipefail

object=$1

# objdump prints ADDRESS, tab, MNEMONIC and operands. VEX and EVEX forms have mnemonics that begin with v; the
# legacy ones that do are verr, verw and the vm* of virtualization, none of which a compiler emits either.
forbidden='%xmm([4-79]|1[0-5])\b|%[yz]mm|%k[0-7]|%mm[0-7]|%st\b|%[fg]s\b|:\t(v[a-z0-9]+|f[a-z0-9]+|emms)\b'
found=$(objdump --disassemble --no-show-raw-insn "$object" | { LC_ALL=C grep --perl-regexp "$forbidden" || [[ $? == 1 ]]; })
if [[ -n $found ]]; then
    head -n 20 <<<"$found"
    exit 1
fi
