/*
 * Where the machine enters the kernel, by PVH (QEMU -kernel) or by multiboot2 (GRUB): 32-bit protected mode,
 * paging off, at the physical load address. Builds first page tables, switches to long mode, jumps to the
 * higher half and calls KernelMain(protocol, information address, time stamp at entry).
 *
 * First page tables (replaced by KernelPageTables as soon as C# runs):
 *   0x0000000000000000  the first 4 GiB, identity, for the jump out of 32-bit code
 *   0xffff800000000000  the first 4 GiB, the direct map's place
 *   0xffffffff80000000  the first 1 GiB, where the kernel is linked
 */
    .set KERNEL_VIRTUAL_BASE, 0xffffffff80000000
    .set MULTIBOOT2_HEADER_MAGIC, 0xe85250d6
    .set MULTIBOOT2_BOOT_MAGIC, 0x36d76289
    .set PROTOCOL_PVH, 1
    .set PROTOCOL_MULTIBOOT2, 2
    .set PROTOCOL_UNKNOWN, 0

    .set CR0_PE, 1 << 0
    .set CR0_MP, 1 << 1
    .set CR0_EM, 1 << 2
    .set CR0_NE, 1 << 5
    .set CR0_WP, 1 << 16
    .set CR0_PG, 1 << 31
    .set CR4_PAE, 1 << 5
    .set CR4_OSFXSR, 1 << 9
    .set CR4_OSXMMEXCPT, 1 << 10
    .set MSR_EFER, 0xc0000080
    .set EFER_LME, 1 << 8
    .set EFER_NXE, 1 << 11
    .set CPUID_EXTENDED_FEATURES, 0x80000001
    .set CPUID_EXTENDED_NX, 1 << 20
    .set CPUID_EXTENDED_LONG_MODE, 1 << 29

    .set PTE_PRESENT_WRITABLE, 0x3
    .set PTE_LARGE, 0x80
    .set LARGE_PAGE_SIZE, 0x200000
    .set BOOT_DIRECTORIES, 4

    .set COM1_DATA, 0x3f8

#define PHYS(symbol) ((symbol) - KERNEL_VIRTUAL_BASE)

/* Xen's note: the physical address of the 32-bit PVH entry. */
    .section .note.Xen, "a", @note
    .balign 4
    .long 4, 4, 18              /* name size, descriptor size, XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz "Xen"
    .long PHYS(boot_pvh_entry)

    .section .boot.headers, "ax", @progbits
    .balign 8
multiboot2_header:
    .long MULTIBOOT2_HEADER_MAGIC
    .long 0                     /* i386 protected mode */
    .long multiboot2_header_end - multiboot2_header
    .long -(MULTIBOOT2_HEADER_MAGIC + 0 + (multiboot2_header_end - multiboot2_header))
    .balign 8                   /* framebuffer wished for, any size; text mode is fine too */
    .short 5, 1
    .long 20, 1024, 768, 32
    .balign 8                   /* modules start on page boundaries */
    .short 6, 1
    .long 8
    .balign 8
    .short 0, 0
    .long 8
multiboot2_header_end:

    .section .boot.text, "ax", @progbits
    .code32
    .globl boot_pvh_entry
boot_pvh_entry:
    movl $PROTOCOL_PVH, %edi
    movl %ebx, %esi
    jmp boot_common

    .globl boot_multiboot2_entry
boot_multiboot2_entry:
    movl $PROTOCOL_MULTIBOOT2, %edi
    movl %ebx, %esi
    cmpl $MULTIBOOT2_BOOT_MAGIC, %eax
    je boot_common
    movl $PROTOCOL_UNKNOWN, %edi

boot_common:
    cli
    cld
    rdtsc
    movl %eax, PHYS(boot_entry_ticks)
    movl %edx, PHYS(boot_entry_ticks) + 4
    movl $PHYS(boot_stack_top), %esp

    movl $CPUID_EXTENDED_FEATURES, %eax
    cpuid
    movl %edx, %ebp
    testl $CPUID_EXTENDED_LONG_MODE, %ebp
    jz boot_no_long_mode

    /* Page directories: the first 4 GiB in 2 MiB pages. */
    movl $PHYS(boot_directories), %ebx
    movl $(PTE_PRESENT_WRITABLE | PTE_LARGE), %eax
    movl $(BOOT_DIRECTORIES * 512), %ecx
    xorl %edx, %edx
1:  movl %eax, (%ebx)
    movl %edx, 4(%ebx)
    addl $LARGE_PAGE_SIZE, %eax
    addl $8, %ebx
    decl %ecx
    jnz 1b

    /* Pointer tables. */
    movl $(PHYS(boot_directories) + PTE_PRESENT_WRITABLE), %eax
    movl %eax, PHYS(boot_pointers_low)
    movl %eax, PHYS(boot_pointers_high) + 510 * 8
    addl $4096, %eax
    movl %eax, PHYS(boot_pointers_low) + 8
    addl $4096, %eax
    movl %eax, PHYS(boot_pointers_low) + 16
    addl $4096, %eax
    movl %eax, PHYS(boot_pointers_low) + 24

    movl $(PHYS(boot_pointers_low) + PTE_PRESENT_WRITABLE), %eax
    movl %eax, PHYS(boot_root)
    movl %eax, PHYS(boot_root) + 256 * 8
    movl $(PHYS(boot_pointers_high) + PTE_PRESENT_WRITABLE), %eax
    movl %eax, PHYS(boot_root) + 511 * 8

    movl $PHYS(boot_root), %eax
    movl %eax, %cr3
    movl $(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
    movl %eax, %cr4
    movl $MSR_EFER, %ecx
    rdmsr
    orl $EFER_LME, %eax
    testl $CPUID_EXTENDED_NX, %ebp
    jz 2f
    orl $EFER_NXE, %eax
2:  wrmsr
    movl $(CR0_PE | CR0_MP | CR0_NE | CR0_WP | CR0_PG), %eax
    movl %eax, %cr0
    lgdt PHYS(boot_gdt_pointer)
    ljmp $8, $PHYS(boot_long_mode)

/* A processor without long mode: say so on the serial port and stop. */
boot_no_long_mode:
    movl $PHYS(boot_no_long_mode_text), %esi
    movw $COM1_DATA, %dx
3:  lodsb
    testb %al, %al
    jz 4f
    outb %al, %dx
    jmp 3b
4:  hlt
    jmp 4b
boot_no_long_mode_text:
    .asciz "CosmosVm needs a 64-bit x86 processor.\r\n"

    .code64
boot_long_mode:
    xorl %eax, %eax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw %ax, %fs
    movw %ax, %gs
    movabsq $boot_higher_half, %rax
    jmp *%rax

    .type boot_higher_half, @function
boot_higher_half:
    .cfi_startproc
    .cfi_undefined rip
    movq $boot_stack_top, %rsp
    xorl %ebp, %ebp
    movl %edi, %edi
    movl %esi, %esi
    movq boot_entry_ticks(%rip), %rdx
    pushq $0
    pushq $0
    call KernelMain
5:  cli
    hlt
    jmp 5b
    .cfi_endproc
    .size boot_higher_half, . - boot_higher_half

/* void run_on_stack(stack top, function): calls a function that doesn't return, as the first one on a new stack. */
    .globl run_on_stack
    .type run_on_stack, @function
run_on_stack:
    .cfi_startproc
    .cfi_undefined rip
    movq %rdi, %rsp
    xorl %ebp, %ebp
    pushq $0
    pushq $0
    call *%rsi
6:  cli
    hlt
    jmp 6b
    .cfi_endproc
    .size run_on_stack, . - run_on_stack

    .balign 8
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff    /* 64-bit code, ring 0 */
boot_gdt_pointer:
    .short . - boot_gdt - 1
    .quad PHYS(boot_gdt)

    .data
    .balign 8
    .globl boot_entry_ticks
boot_entry_ticks:
    .quad 0

/* Used until KernelPageTables are in force; the frames are handed to the allocator afterwards. */
    .section .boot.bss, "aw", @nobits
    .balign 4096
    .globl boot_tables_start
boot_tables_start:
boot_root:
    .skip 4096
boot_pointers_low:
    .skip 4096
boot_pointers_high:
    .skip 4096
boot_directories:
    .skip 4096 * BOOT_DIRECTORIES
    .globl boot_tables_end
boot_tables_end:
/* The first stack, with a page below it that KernelPageTables leaves unmapped. */
    .globl boot_stack_guard
boot_stack_guard:
    .skip 4096
    .globl boot_stack_bottom
boot_stack_bottom:
    .skip 4096 * 4
    .globl boot_stack_top
boot_stack_top:

    .section .note.GNU-stack, "", @progbits
