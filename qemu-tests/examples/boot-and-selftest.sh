#!/usr/bin/env bash
# Boots CosmosVm in QEMU, talks to its monitor over the serial line and checks what it answers; then runs the
# self-tests from the kernel command line and checks QEMU's exit code. Needs only bash, coreutils and QEMU.
#
#   qemu-tests/examples/boot-and-selftest.sh [KERNEL_ELF]
#
# Exit code 0: everything as expected. Otherwise the last line says what wasn't, and the lines before are the log.
set -euo pipefail

kernel=${1:-$(dirname "$0")/../../out/kernel.elf}
prompt=$'\ncosmos> '
all_tests_passed=33 # the kernel writes 0x10 to the debug-exit port, QEMU makes (0x10 << 1) | 1 of it

qemu=(qemu-system-x86_64 -m 128M -display none -nic none -no-reboot
      -device "isa-debug-exit,iobase=0xf4,iosize=0x04"
      -monitor none -serial stdio -kernel "$kernel")

# start ARGUMENT...: QEMU with its serial line on the file descriptors $from and $to.
start() {
    coproc machine { exec "${qemu[@]}" "$@"; }
    pid=$machine_PID
    exec {from}<&"${machine[0]}" {to}>&"${machine[1]}"
}

# Whatever ends this script ends QEMU.
pid=
trap '[[ -z $pid ]] || kill "$pid" 2>/dev/null || true' EXIT

fail() {
    printf '\nFAILED: %s\n' "$1" >&2
    exit 1
}

# wait_for TEXT SECONDS: reads the serial line up to and with TEXT, into $seen. Shows everything on the way.
wait_for() {
    local deadline=$((SECONDS + $2)) character
    seen=''
    while [[ $seen != *"$1" ]]; do
        IFS= read -r -N 1 -t "$(remaining "$deadline")" character <&"$from" ||
            fail "'${1//$'\n'/}' didn't come within $2 s, or QEMU ended before"
        [[ $character == $'\r' ]] && continue # lines end in CR LF
        printf '%s' "$character"
        seen+=$character
    done
}

# remaining DEADLINE: seconds until then, for read's time limit; a fraction when there is nothing left, as 0 means "look".
remaining() {
    local left=$(($1 - SECONDS))
    echo $((left > 0 ? left : 0)).01
}

# type_command LINE SECONDS: types a line at the prompt and leaves what it printed in $seen.
type_command() {
    printf '%s\r' "$1" >&"$to"
    wait_for "$prompt" "$2"
}

# expect TEXT: the last output must contain it.
expect() {
    [[ $seen == *"$1"* ]] || fail "expected '$1' in the output above"
}

# expect_exit CODE SECONDS: QEMU must end by itself with that code.
expect_exit() {
    local deadline=$((SECONDS + $2)) ended=0 code=0 line
    # The serial line closes when QEMU ends; read tells that (1) from its time limit (above 128).
    while ((ended == 0)); do
        IFS= read -r -t "$(remaining "$deadline")" line <&"$from" || ended=$?
        printf '%s\n' "${line%$'\r'}"
    done
    ((ended <= 128)) || fail "QEMU still runs after $2 s"
    wait "$pid" || code=$?
    pid=
    exec {from}<&- {to}>&-
    [[ $code == "$1" ]] || fail "QEMU ended with code $code instead of $1"
}

echo "--- the monitor over the serial line ---"
start
wait_for "$prompt" 60
type_command help 20
expect selftest
type_command "selftest conformance" 120
expect "TAP version 14"
expect "# passed "
[[ $seen != *$'\n'"not ok"* ]] || fail "a self-test failed"
printf 'poweroff\r' >&"$to"
expect_exit 0 20

echo "--- self-tests from the kernel command line ---"
start -append "selftest exit"
expect_exit "$all_tests_passed" 300

echo "PASSED"
