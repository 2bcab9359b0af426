#!/usr/bin/env bash
# Makes the hybrid boot image: BIOS and UEFI, CD and USB stick. Its bytes depend on the inputs only.
#   make-image.sh OUTPUT STAGING KERNEL INITRAMFS MENU
set -euo pipefail
umask 022

output=$1
staging=$2
kernel=$3
initramfs=$4
menu=$5

# What the boot menu and the loader need; everything else of GRUB would only make the image larger.
modules=(normal configfile iso9660 part_msdos part_gpt part_apple search search_fs_uuid search_fs_file
    multiboot2 boot echo test true smbios minicmd halt reboot ls cat
    terminal serial terminfo all_video video video_fb)

rm -rf "$staging"
mkdir -p "$staging/boot/grub"
objcopy --strip-all --remove-section=.eh_frame --remove-section=.dotnet_eh_table "$kernel" "$staging/boot/kernel.elf"
cp "$initramfs" "$staging/boot/initramfs.cpio"
cp "$menu" "$staging/boot/grub/grub.cfg"
# The loader's licence. (What the initial file system holds has its licences in it.)
if [[ -f /usr/share/common-licenses/GPL-3 ]]; then cp /usr/share/common-licenses/GPL-3 "$staging/boot/grub/GPL-3"; fi

# grub-mkrescue derives volume identifiers from the clock and mformat a serial number, hence faketime. Files that it
# makes get real time stamps all the same (stat is not faked: xorriso would see offsets), hence -volume_date.
log=$staging.log
if ! NO_FAKE_STAT=1 TZ=UTC faketime -f "$(date --utc --date="@$SOURCE_DATE_EPOCH" '+%Y-%m-%d %H:%M:%S')" \
    grub-mkrescue -o "$output.new" --install-modules="${modules[*]}" --locales= --fonts= --themes= "$staging" \
    -- -volid COSMOSVM -volume_date all_file_dates "=$SOURCE_DATE_EPOCH" -chown_r 0 / -- -chgrp_r 0 / -- >"$log" 2>&1
then
    cat "$log"
    rm -f "$output.new"
    exit 1
fi
mv "$output.new" "$output"
