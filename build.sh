#!/usr/bin/env bash
# The verbs of the daily work; each is a thin wrapper around dotnet, QEMU and the scripts in build/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DEBIAN_FRONTEND=noninteractive
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

readonly kernel=out/kernel.elf
readonly image=out/cosmosvm.iso
readonly required_sdk=10
readonly covered=Kernel.Mm.Tests/Kernel.Mm.Tests.csproj # prints its coverage, and fails when it is too low
readonly model_report=out/model-test.txt # what the random test of the memory manager did
readonly boot_goal=40000000 # guest instructions from the kernel's entry to its prompt

usage() {
    cat <<'TEXT'
usage: ./build.sh VERB [ARGUMENT...]

  setup           install what is missing (Debian packages) and check the .NET SDK
  build [ARG...]  build everything: out/kernel.elf, out/cosmosvm.iso   (ARG: for dotnet build)
  run [ARG...]    build, then boot the image in QEMU                   (ARG: for QEMU)
  test [NAME]     build, then run all tests, or those whose name contains NAME
  test --long     the memory manager's model test with ten million random steps (half an hour)
  mutate [NAME]   plant deliberate bugs in the memory manager, check that its tests notice each
  bench           build, then count the instructions of a boot and of memory operations, and print sizes
  image           build, then say how to put the image on a USB stick
  clean           remove everything that was built
TEXT
}

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "build.sh: $*"
    exit 1
}

# install_packages PACKAGE...: with apt-get, as root or through sudo where that asks nothing.
install_packages() {
    local apt=(apt-get)
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
            fail "these packages are missing; install them and run this again:
  sudo apt-get install --no-install-recommends $*"
        fi
        apt=(sudo -n apt-get)
    fi
    command -v apt-get >/dev/null || fail "no apt-get here; install what these Debian packages hold: $*"
    say "Installing $*"
    "${apt[@]}" update -qq || fail "apt-get could not read its package lists"
    "${apt[@]}" install -qq --yes --no-install-recommends "$@" >/dev/null || fail "apt-get could not install $*"
}

setup() {
    local missing version
    missing=$(build/check-tools.sh --list test)
    if [[ -n $missing ]]; then
        # shellcheck disable=SC2086 # a list of package names
        install_packages $missing
    fi
    command -v dotnet >/dev/null ||
        fail "the .NET SDK $required_sdk is missing; https://dotnet.microsoft.com/download says how to install it"
    version=$(dotnet --version 2>/dev/null) ||
        fail "no .NET SDK that global.json accepts is installed; it needs one of version $required_sdk: https://dotnet.microsoft.com/download"
    [[ ${version%%.*} == "$required_sdk" ]] || fail "the .NET SDK $required_sdk is needed, this is $version"
}

build() {
    setup
    dotnet build CosmosVm.sln --nologo --tl:off --verbosity minimal "$@"
}

run() {
    build
    local display=(-display none)
    if [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]] && qemu-system-x86_64 -display help | grep -qE '^(gtk|sdl)'; then
        display=()
    fi
    say ""
    say "The shell's prompt appears below. Leave with 'poweroff', or with Ctrl-A and then X."
    say "(The kernel's own monitor instead of a shell: ./build.sh run -smbios type=1,family=monitor)"
    say ""
    exec qemu-system-x86_64 -m 256M -cdrom "$image" -nic none -serial mon:stdio "${display[@]}" "$@"
}

# One sequence after the other on one processor; COSMOSVM_MODEL_STEPS and COSMOSVM_MODEL_SEED choose others.
test_long() {
    setup
    dotnet build "$covered" --nologo --tl:off --verbosity minimal
    COSMOSVM_MODEL_STEPS=${COSMOSVM_MODEL_STEPS:-10000000} dotnet test "$covered" --no-build --nologo --tl:off \
        --logger 'console;verbosity=detailed' --filter FullyQualifiedName~ModelTests
}

test_all() {
    local filter=() project log beside='' pid='' status=0 passed=0 failed=0 summary=()
    if (($# > 0)); then
        filter=(--filter "FullyQualifiedName~$1")
    fi
    build || {
        echo "The build failed; its message stands above."
        echo "0 passed, 1 failed"
        return 1
    }
    log=$(mktemp)
    beside=$(mktemp)
    trap 'rm -f "$log" "$beside"' RETURN
    # The memory manager's tests keep one processor busy for minutes; what is small runs beside them, the machine tests after that.
    if (($# == 0)); then
        test_project "$covered" >"$beside" 2>&1 &
        pid=$!
    fi
    while read -r project; do
        if [[ $project == "$covered" && -n $pid ]]; then
            continue
        fi
        if [[ $project == qemu-tests* && -n $pid ]]; then
            run_check "the deliberate bugs fit the sources" build/mutate.sh --check
            run_check "the kernel without its tests is within its limit" build/check-size.sh
            run_check "a second build gives the same bytes" build/verify-reproducible.sh
            say ""
            say "== $covered"
            status=0
            wait "$pid" || status=$?
            cat "$beside"
            count_tests "$covered" "$beside" "$status"
        fi
        say ""
        say "== $project"
        status=0
        test_project "$project" "${filter[@]}" 2>&1 | tee "$log" || status=$?
        count_tests "$project" "$log" "$status"
    done < <(dotnet sln list | grep 'Tests\.csproj$' | awk '/^qemu-tests/ { last = $0; next } { print } END { print last }')
    echo
    printf '%s\n' "${summary[@]}"
    echo "$passed passed, $failed failed"
    ((failed == 0 && passed > 0))
}

# run_check WHAT COMMAND...: adds one to the counts of test_all.
run_check() {
    local what=$1
    shift
    say ""
    say "== $*"
    if "$@" </dev/null; then
        count "$what" 1 0
    else
        count "$what" 0 1
    fi
}

# test_project PROJECT FILTER...
test_project() {
    local project=$1 coverage=()
    shift
    # A part of the tests can't reach what is asked of all.
    if (($# == 0)) && [[ $project == "$covered" ]]; then
        coverage=(-p:CollectCoverage=true)
        rm -f "$model_report"
        export COSMOSVM_MODEL_REPORT=$PWD/$model_report
    fi
    dotnet test "$project" --no-build --nologo --tl:off "${coverage[@]}" "$@" </dev/null
}

# count_tests PROJECT LOG STATUS: adds what test_project has printed, and ended with, to the counts of test_all.
count_tests() {
    local project=$1 log=$2 status=$3
    if [[ $(grep -E '^(Passed|Failed|Skipped)!' "$log" | tail -n 1) =~ Failed:\ *([0-9]+),\ Passed:\ *([0-9]+) ]]; then
        count "$project" "${BASH_REMATCH[2]}" "${BASH_REMATCH[1]}"
        if ((status != 0 && BASH_REMATCH[1] == 0)); then
            count "$project ended with code $status" 0 1
        fi
    elif ((status != 0)); then
        count "$project ended with code $status before it counted its tests" 0 1
    fi
    if [[ $(grep '^| Total ' "$log") =~ ([0-9.]+)%\ *\|\ *([0-9.]+)% ]]; then
        cat "$model_report"
        summary+=("$(printf '%*s  covers %s %% of its lines, %s %% of its branches' 28 '' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}")")
    fi
}

# count WHAT PASSED FAILED: for test_all's summary.
count() {
    passed=$((passed + $2))
    failed=$((failed + $3))
    summary+=("$(printf '%6d passed %6d failed  %s' "$2" "$3" "$1")")
}

bench() {
    build
    local line first='' prompt='' pid
    # One instruction is one tick of the time-stamp counter; the clock follows the instructions.
    coproc machine {
        exec qemu-system-x86_64 -m 128M -display none -nic none -monitor none -no-reboot -serial stdio \
            -icount shift=0,sleep=off,align=off -rtc clock=vm -kernel "$kernel" -initrd out/initramfs.cpio -append monitor </dev/null 2>&1
    }
    # shellcheck disable=SC2154 # coproc sets it
    pid=$machine_PID
    # shellcheck disable=SC2064 # this process, not a later one
    trap "kill $pid 2>/dev/null || true" EXIT
    while [[ -z $prompt ]] && IFS= read -r -t 120 line <&"${machine[0]}"; do
        if [[ $line =~ entry\ to\ first\ byte\ ([0-9]+)\ ticks,\ to\ prompt\ ([0-9]+)\ ticks ]]; then
            first=${BASH_REMATCH[1]} prompt=${BASH_REMATCH[2]}
        fi
    done
    [[ -n $prompt ]] || fail "the kernel didn't print how long it took to boot (waited for 120 s)"
    echo "boot: first serial byte at $first instructions, prompt at $prompt (goal: both within $boot_goal)"
    say "Building the kernel without its tests"
    build/check-size.sh
    echo "  files    $kernel $(stat -c %s "$kernel") bytes, $image $(stat -c %s "$image") bytes"
    say "Counting the instructions of the memory manager's operations"
    local figures status=0
    figures=$(qemu-system-x86_64 -m 512M -display none -nic none -monitor none -no-reboot -serial stdio \
        -icount shift=0,sleep=off,align=off -rtc clock=vm -device isa-debug-exit,iobase=0xf4,iosize=0x04 \
        -kernel "$kernel" -append "bench exit" </dev/null 2>&1) || status=$?
    grep -a '^bench: ' <<<"$figures" || fail "the kernel printed no figures"
    ((status == 33)) || fail "an operation takes more instructions than its goal"
    ((first <= boot_goal && prompt <= boot_goal)) || fail "the boot takes more instructions than its goal"
}

make_image() {
    build
    cat <<TEXT

The image is $PWD/$image: one for CD and USB stick, BIOS and UEFI.

To put it on a USB stick (this overwrites the whole stick; lsblk shows its name):
  sudo dd if=$image of=/dev/sdX bs=4M conv=fsync status=progress
On Windows, Rufus writes it in its "DD image" mode. docs/real-hardware.md tells more.
TEXT
}

clean() {
    find . -name '*.csproj' -not -path './out/*' -printf '%h\0' | while IFS= read -r -d '' folder; do
        rm -rf "${folder:?}/bin" "${folder:?}/obj"
    done
    rm -rf out
}

verb=${1:-}
shift || true
case $verb in
    setup) setup ;;
    build) build "$@" ;;
    run) run "$@" ;;
    test) if [[ ${1:-} == --long ]]; then test_long; else test_all "$@"; fi ;;
    mutate)
        setup
        build/mutate.sh "$@"
        ;;
    bench) bench ;;
    image) make_image ;;
    clean) clean ;;
    help | -h | --help) usage ;;
    *)
        usage >&2
        exit 2
        ;;
esac
