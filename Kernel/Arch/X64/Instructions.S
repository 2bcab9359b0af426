/*
 * Single instructions that C# has no name for, each as a leaf function in the System V calling convention.
 * Declared to C# in Instructions.cs and, for the drivers, in Kernel.Drivers.
 */
    .text

    .macro LEAF name
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    .endm

    .macro END_LEAF name
    .cfi_endproc
    .size \name, . - \name
    .endm

/* Port input and output: (port) and (port, value). */
LEAF port_in8
    movl %edi, %edx
    xorl %eax, %eax
    inb %dx, %al
    ret
END_LEAF port_in8

LEAF port_in16
    movl %edi, %edx
    xorl %eax, %eax
    inw %dx, %ax
    ret
END_LEAF port_in16

LEAF port_in32
    movl %edi, %edx
    inl %dx, %eax
    ret
END_LEAF port_in32

LEAF port_out8
    movl %edi, %edx
    movl %esi, %eax
    outb %al, %dx
    ret
END_LEAF port_out8

LEAF port_out16
    movl %edi, %edx
    movl %esi, %eax
    outw %ax, %dx
    ret
END_LEAF port_out16

LEAF port_out32
    movl %edi, %edx
    movl %esi, %eax
    outl %eax, %dx
    ret
END_LEAF port_out32

/* ulong msr_read(uint register) */
LEAF msr_read
    movl %edi, %ecx
    rdmsr
    shlq $32, %rdx
    orq %rdx, %rax
    ret
END_LEAF msr_read

/* void msr_write(uint register, ulong value) */
LEAF msr_write
    movl %edi, %ecx
    movl %esi, %eax
    movq %rsi, %rdx
    shrq $32, %rdx
    wrmsr
    ret
END_LEAF msr_write

/* void cpuid_query(uint leaf, uint subleaf, uint* registers): stores eax, ebx, ecx, edx. */
LEAF cpuid_query
    pushq %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rbx, 0
    movq %rdx, %r8
    movl %edi, %eax
    movl %esi, %ecx
    cpuid
    movl %eax, (%r8)
    movl %ebx, 4(%r8)
    movl %ecx, 8(%r8)
    movl %edx, 12(%r8)
    popq %rbx
    .cfi_adjust_cfa_offset -8
    .cfi_restore rbx
    ret
END_LEAF cpuid_query

LEAF timestamp_read
    rdtsc
    shlq $32, %rdx
    orq %rdx, %rax
    ret
END_LEAF timestamp_read

/* ulong interrupts_save_disable(): the flags before; void interrupts_restore(ulong flags). */
LEAF interrupts_save_disable
    pushfq
    .cfi_adjust_cfa_offset 8
    popq %rax
    .cfi_adjust_cfa_offset -8
    cli
    ret
END_LEAF interrupts_save_disable

LEAF interrupts_restore
    pushq %rdi
    .cfi_adjust_cfa_offset 8
    popfq
    .cfi_adjust_cfa_offset -8
    ret
END_LEAF interrupts_restore

LEAF interrupts_enable
    sti
    ret
END_LEAF interrupts_enable

LEAF interrupts_disable
    cli
    ret
END_LEAF interrupts_disable

/* Enables interrupts and waits for one; sti holds them off until after hlt, so none is missed. */
LEAF interrupts_wait
    sti
    hlt
    ret
END_LEAF interrupts_wait

/* A random number of the processor; if it has none ready after many tries, the time. */
LEAF random_read
    movl $1000, %ecx
1:  rdrand %rax
    jc 2f
    decl %ecx
    jnz 1b
    rdtsc
    shlq $32, %rdx
    orq %rdx, %rax
2:  ret
END_LEAF random_read

LEAF processor_halt
    hlt
    ret
END_LEAF processor_halt

LEAF processor_pause
    pause
    ret
END_LEAF processor_pause

/* Zeroes a page: (page). A store for every 16 bytes and no loop: a rep stosq is twice as many instructions. */
LEAF page_clear
    xorps %xmm0, %xmm0
    .set offset, 0
    .rept 4096 / 16
    movaps %xmm0, offset(%rdi)
    .set offset, offset + 16
    .endr
    ret
END_LEAF page_clear

/* Copies a page: (destination, source). */
LEAF page_copy
    movl $4096 / 8, %ecx
    rep movsq
    ret
END_LEAF page_copy

/* INVLPG: (address). */
LEAF page_invalidate
    invlpg (%rdi)
    ret
END_LEAF page_invalidate

/* INVPCID of a single context: (id). The descriptor on the stack is the id and an address that doesn't count. */
    .set INVPCID_SINGLE_CONTEXT, 1
LEAF space_id_invalidate
    pushq $0
    .cfi_adjust_cfa_offset 8
    pushq %rdi
    .cfi_adjust_cfa_offset 8
    movl $INVPCID_SINGLE_CONTEXT, %eax
    invpcid (%rsp), %rax
    addq $16, %rsp
    .cfi_adjust_cfa_offset -16
    ret
END_LEAF space_id_invalidate

/* Control registers: control_readN() and control_writeN(value). */
    .irp n, 0, 2, 3, 4
LEAF control_read\n
    movq %cr\n, %rax
    ret
END_LEAF control_read\n
    .endr
    .irp n, 0, 3, 4
LEAF control_write\n
    movq %rdi, %cr\n
    ret
END_LEAF control_write\n
    .endr

/* void gdt_load(void* pointer, ushort code, ushort data): also reloads every segment register. */
LEAF gdt_load
    lgdt (%rdi)
    movl %edx, %eax
    movw %ax, %ss
    movw %ax, %ds
    movw %ax, %es
    xorl %eax, %eax
    movw %ax, %fs
    movw %ax, %gs
    popq %rax
    .cfi_adjust_cfa_offset -8
    .cfi_register rip, rax
    pushq %rsi
    .cfi_adjust_cfa_offset 8
    pushq %rax
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rip, 0
    lretq
END_LEAF gdt_load

LEAF idt_load
    lidt (%rdi)
    ret
END_LEAF idt_load

LEAF task_register_load
    ltr %di
    ret
END_LEAF task_register_load

/* void* processor_self(): the per-processor block, whose first word is its own address. */
LEAF processor_self
    movq %gs:0, %rax
    ret
END_LEAF processor_self

    .section .note.GNU-stack, "", @progbits
