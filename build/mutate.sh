#!/usr/bin/env bash
# Checks the tests of Kernel.Mm: plants one deliberate bug after another in a copy of the sources, and runs the test that
# has to notice it.
#   mutate.sh [NAME]     all of build/mutations, or those whose name contains NAME
#   mutate.sh --check    only says whether all of them still fit the sources
# A bug is build/mutations/NAME.patch: one sentence that says what is wrong, a line "Test: NAME" (a part of the full name
# of the tests of which at least one must fail), and a unified diff of files in Kernel.Mm/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

readonly smallest_number=10
readonly longest_run=300 # seconds, for one build or one test run
readonly project=Kernel.Mm.Tests
readonly library=$project/bin/Debug/net10.0/$project.dll

fail() {
    printf 'mutate.sh: %s\n' "$*" >&2
    exit 1
}

# run COMMAND...: in the copy, its output goes to the log; 124 when it takes too long.
run() {
    (cd "$copy" && exec timeout --kill-after=5 "$longest_run" "$@" >"$log" 2>&1 </dev/null) &
    running=$!
    local status=0
    wait "$running" || status=$?
    running=
    return "$status"
}

compile() { run dotnet build "$project" --nologo --tl:off --verbosity quiet "$@"; }

# run_tests FILTER: sets failed and passed, the counts; both are zero when no test was run to its end.
run_tests() {
    failed=0 passed=0
    run dotnet test "$library" --nologo --logger 'console;verbosity=normal' --filter "$1" || true
    failed=$(grep -cE '^ +Failed ' "$log") || true
    passed=$(grep -cE '^ +Passed ' "$log") || true
    # The totals come last: without them, the tests were not run to their end.
    grep -qE '^Test Run (Failed|Successful)\.' "$log" || failed=0 passed=0
}

# header_of PATCH: sets bug and test.
header_of() {
    local text
    text=$(sed -n '/^\(diff \|--- \)/q; p' "$1")
    bug=$(sed '/^$/d; q' <<<"$text")
    test=$(sed -n 's/^Test: *//p' <<<"$text")
    [[ -n $bug && $bug != Test:* ]] || fail "$1 doesn't begin with a sentence that says what the bug is"
    [[ $test =~ ^[A-Za-z0-9_.]+$ ]] || fail "$1 lacks a line 'Test: NAME' before the diff"
    ! grep -E '^(---|\+\+\+) ' "$1" | grep -qvE '^(---|\+\+\+) [ab]/Kernel\.Mm/' || fail "$1 changes files outside of Kernel.Mm/"
}

# plant PATCH [--reverse]: in the copy, whatever repository it may lie in.
plant() { (cd "$copy" && GIT_CEILING_DIRECTORIES=${copy%/*} git apply "${@:2}" "$1" >"$log" 2>&1); }

# try PATCH: sets verdict and reason.
try() {
    local patch=$copy/$1
    verdict=broken
    if ! plant "$patch"; then
        reason="the patch doesn't apply"
        return
    fi
    if ! compile --no-restore; then
        reason="it doesn't build"
    else
        run_tests "FullyQualifiedName~$test"
        if ((failed > 0)); then
            verdict=caught
        elif ((passed > 0)); then
            verdict=SURVIVED reason="$test passed"
        else
            reason="$test didn't run to its end within $longest_run s"
        fi
    fi
    local output
    output=$(<"$log")
    plant "$patch" --reverse || fail "could not undo $1: $(<"$log")"
    printf '%s\n' "$output" >"$log"
}

if [[ ${1:-} == --check ]]; then
    copy=$PWD log=/dev/stderr
    for patch in build/mutations/*.patch; do
        header_of "$patch"
        plant "$PWD/$patch" --check || fail "$patch doesn't apply; renew it (docs/testing.md)"
    done
    echo "All deliberate bugs fit the sources."
    exit
fi

patches=(build/mutations/*"${1:-}"*.patch)
[[ -e ${patches[0]} ]] || fail "no mutation's name contains '${1:-}'"

copy=$(mktemp -d -t "cosmosvm mutations.XXXXXX")
log=$copy/mutate.log
running=
trap '[[ -z $running ]] || { kill "$running" && wait "$running"; } 2>/dev/null || true; rm -rf "$copy"' EXIT
trap 'exit 130' INT TERM
tar --create --exclude=./.git --exclude=./out --exclude=bin --exclude=obj . | tar --extract --directory "$copy"

filter=
for patch in "${patches[@]}"; do
    header_of "$patch"
    filter+="${filter:+|}FullyQualifiedName~$test"
done
echo "Building a copy in $copy, and running the named tests without any mutation"
compile || { cat "$log"; fail "the copy doesn't build"; }
run_tests "$filter"
((failed == 0)) || { cat "$log"; fail "$failed of the tests fail without any mutation"; }
((passed > 0)) || grep -q '^No test matches' "$log" || { cat "$log"; fail "the tests didn't run to their end without any mutation"; }
names=$(grep -E '^ +Passed ' "$log") || true
for patch in "${patches[@]}"; do
    header_of "$patch"
    [[ $names == *"$test"* ]] || fail "$patch: no test's name contains '$test'"
done

caught=0 survived=0 broken=0
for patch in "${patches[@]}"; do
    header_of "$patch"
    try "$patch"
    name=$(basename "$patch" .patch)
    case $verdict in
        caught)
            caught=$((caught + 1))
            echo "caught    $name: $bug"
            ;;
        SURVIVED)
            survived=$((survived + 1))
            echo "SURVIVED  $name: $bug ($reason)"
            ;;
        *)
            broken=$((broken + 1))
            echo "broken    $name: $reason"
            tail -n 12 "$log" | cut -c 1-160 | sed 's/^/    /'
            ;;
    esac
done
echo "$caught caught, $survived survived, $broken broken"
((survived == 0 && broken == 0)) || exit 1
if (($# == 0 && caught < smallest_number)); then
    fail "there are $caught mutations; $smallest_number is the least"
fi
