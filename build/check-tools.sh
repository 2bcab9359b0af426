#!/usr/bin/env bash
# Names every missing system package in one message. Exits 0 when nothing is missing.
#   check-tools.sh build          what `dotnet build` needs
#   check-tools.sh run            what it takes to boot the image, too
#   check-tools.sh test           what the tests need, too
#   check-tools.sh --list LEVEL   prints the missing packages only, for build.sh setup
set -euo pipefail

only_list=no
if [[ ${1:-} == --list ]]; then
    only_list=yes
    shift
fi
level=${1:-build}

missing=()
need() { # PACKAGE, then either a command or a path that the package brings
    case $2 in
        /*) [[ -e $2 ]] || missing+=("$1") ;;
        *) command -v "$2" >/dev/null || missing+=("$1") ;;
    esac
}

need binutils ld
need binutils objdump
need gcc gcc
need grub-common grub-mkrescue
need grub-pc-bin /usr/lib/grub/i386-pc
need grub-efi-amd64-bin /usr/lib/grub/x86_64-efi
need xorriso xorriso
need mtools mformat
need cpio cpio
need faketime faketime
if [[ $level != build ]]; then
    need qemu-system-x86 qemu-system-x86_64
fi
if [[ $level == test ]]; then
    need musl-tools musl-gcc
    need ovmf /usr/share/OVMF/OVMF_CODE_4M.fd
fi

mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u | grep .)
if [[ $only_list == yes ]]; then
    echo "${missing[*]}"
elif ((${#missing[@]} > 0)); then
    echo "CosmosVm needs system packages that are not installed: ${missing[*]}"
    echo "Install them with:  sudo apt-get install --no-install-recommends ${missing[*]}"
    echo "or let './build.sh setup' do it."
    exit 1
fi
