/*
 * Takes processor exceptions on purpose, for the monitor's "panic vector N" and the tests. Each function makes the
 * processor itself raise the exception where QEMU's software processor can; see docs/testing.md for those it can't.
 */
    .set CR0_TS, 1 << 3
    .set EFLAGS_TF, 1 << 8
    .set X87_DEFAULT_CONTROL, 0x037f
    .set X87_MASK_ZERO_DIVIDE, 1 << 2

    .text
    .macro TRIGGER name
    .globl trigger_\name
    .type trigger_\name, @function
trigger_\name:
    .cfi_startproc
    .endm
    .macro END_TRIGGER name
    ret
    .cfi_endproc
    .size trigger_\name, . - trigger_\name
    .endm

TRIGGER divide_error
    xorl %edx, %edx
    movl $1, %eax
    xorl %ecx, %ecx
    divl %ecx
END_TRIGGER divide_error

/* A single step: the trap comes after the instruction that follows popf. */
TRIGGER debug
    pushfq
    .cfi_adjust_cfa_offset 8
    orq $EFLAGS_TF, (%rsp)
    popfq
    .cfi_adjust_cfa_offset -8
    nop
    nop
END_TRIGGER debug

TRIGGER breakpoint
    int3
END_TRIGGER breakpoint

/* INTO and BOUND don't exist in 64-bit mode; INT n gives the same frame. */
TRIGGER overflow
    int $4
END_TRIGGER overflow

TRIGGER bound_range
    int $5
END_TRIGGER bound_range

TRIGGER invalid_opcode
    ud2
END_TRIGGER invalid_opcode

/* CR0.TS set: the next SSE instruction faults. */
TRIGGER device_not_available
    movq %cr0, %rax
    orq $CR0_TS, %rax
    movq %rax, %cr0
    movaps %xmm0, %xmm0
END_TRIGGER device_not_available

/* A fault that can't be delivered: the stack pointer is no address at all. The double fault has its own stack. */
TRIGGER double_fault
    movabsq $0x8000000000000000, %rsp
    ud2
END_TRIGGER double_fault

/* void trigger_not_present(selector) */
TRIGGER segment_not_present
    movl %edi, %eax
    movw %ax, %ds
END_TRIGGER segment_not_present

/* void trigger_stack_fault(selector): a stack segment whose descriptor is not present. */
TRIGGER stack_fault
    movl %edi, %eax
    movw %ax, %ss
END_TRIGGER stack_fault

TRIGGER general_protection
    movabsq $0x8000000000000000, %rax
    movq (%rax), %rax
END_TRIGGER general_protection

/* A write to an address in the lower half that nothing maps, far from null. */
TRIGGER page_fault
    movl $0x12345678, %eax
    movq %rax, (%rax)
END_TRIGGER page_fault

/* x87 with the zero-divide exception unmasked; the fault comes at the next waiting instruction. */
TRIGGER x87
    fninit
    subq $8, %rsp
    .cfi_adjust_cfa_offset 8
    movl $(X87_DEFAULT_CONTROL & ~X87_MASK_ZERO_DIVIDE), (%rsp)
    fldcw (%rsp)
    movl $0, (%rsp)
    fld1
    fdivs (%rsp)
    fwait
    addq $8, %rsp
    .cfi_adjust_cfa_offset -8
END_TRIGGER x87

/* Software interrupt into a vector whose gate uses the interrupt-stack table, while the task register's limit is
   too small to hold it: the processor raises an invalid-TSS fault. The caller has loaded such a task register. */
TRIGGER invalid_task_state
    int $2
END_TRIGGER invalid_task_state

/*
 * void trigger_replay(stub, errorCode, hasErrorCode): builds exactly the frame that the processor would push and
 * enters the vector's stub, for exceptions that the processor in use can't raise.
 */
TRIGGER replay
    movq %rsp, %rax
    .cfi_def_cfa_register rax
    movl %ss, %ecx
    andq $-16, %rsp
    pushq %rcx
    pushq %rax
    pushfq
    movl %cs, %ecx
    pushq %rcx
    leaq 1f(%rip), %rcx
    pushq %rcx
    testl %edx, %edx
    jz 2f
    pushq %rsi
2:  jmp *%rdi
1:  nop
END_TRIGGER replay

/* Panic.Fail's way into the trap path: a frame with all registers of the caller. */
    .globl panic_trap
    .type panic_trap, @function
panic_trap:
    .cfi_startproc
    int $0xfd
    ret
    .cfi_endproc
    .size panic_trap, . - panic_trap

/* long recurse_without_end(depth): overflows the stack, eight bytes and a return address at a time. */
    .globl recurse_without_end
    .type recurse_without_end, @function
recurse_without_end:
    .cfi_startproc
    pushq %rdi
    .cfi_adjust_cfa_offset 8
    incq %rdi
    call recurse_without_end
    popq %rdi
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc
    .size recurse_without_end, . - recurse_without_end

    .section .note.GNU-stack, "", @progbits
