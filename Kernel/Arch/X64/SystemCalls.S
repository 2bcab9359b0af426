/*
 * Entry and exit of system calls, switching between threads, and the way of a new thread into user mode.
 *
 * A system call builds a TrapFrame at the top of the thread's kernel stack, where a trap from user mode puts its own.
 * C# keeps rbx, rbp and r12 to r15 by the calling convention, so that the way back restores only the others. It goes by
 * sysret unless somebody changed the frame or has work for the thread before it returns; then by iretq, with everything
 * restored. The last page of the lower half is never mapped (VirtualMemory.UserRange), so that rcx can't be an address
 * that sysret faults on.
 */
#include "Frame.inc"
#include "Smap.inc"

    .text

    .globl system_call_entry
    .type system_call_entry, @function
system_call_entry:
    .cfi_startproc
    .cfi_signal_frame
    .cfi_def_cfa rsp, 0
    .cfi_undefined rip
    swapgs
    movq %rsp, %gs:PROCESSOR_USER_STACK
    movq %gs:PROCESSOR_KERNEL_STACK, %rsp
    subq $FRAME_SIZE, %rsp
    .cfi_def_cfa rsp, FRAME_SIZE
    movq %rcx, FRAME_RIP(%rsp)
    .cfi_offset rip, FRAME_RIP - FRAME_SIZE
    movq %r11, FRAME_RFLAGS(%rsp)
    movq %rcx, FRAME_RCX(%rsp)
    movq %gs:PROCESSOR_USER_STACK, %rcx
    movq %rcx, FRAME_RSP(%rsp)
    .cfi_offset rsp, FRAME_RSP - FRAME_SIZE
    movq $SELECTOR_USER_CODE, FRAME_CS(%rsp)
    movq $SELECTOR_USER_DATA, FRAME_SS(%rsp)
    movq $VECTOR_SYSTEM_CALL, FRAME_VECTOR(%rsp)
    movq %rax, FRAME_ERROR(%rsp)
    movq $-ENOSYS, FRAME_RAX(%rsp)
    movq %rdx, FRAME_RDX(%rsp)
    movq %rsi, FRAME_RSI(%rsp)
    movq %rdi, FRAME_RDI(%rsp)
    movq %r8, FRAME_R8(%rsp)
    movq %r9, FRAME_R9(%rsp)
    movq %r10, FRAME_R10(%rsp)
    movq %r11, FRAME_R11(%rsp)
    movq %rbx, FRAME_RBX(%rsp)
    .cfi_offset rbx, FRAME_RBX - FRAME_SIZE
    movq %rbp, FRAME_RBP(%rsp)
    .cfi_offset rbp, FRAME_RBP - FRAME_SIZE
    movq %r12, FRAME_R12(%rsp)
    .cfi_offset r12, FRAME_R12 - FRAME_SIZE
    movq %r13, FRAME_R13(%rsp)
    .cfi_offset r13, FRAME_R13 - FRAME_SIZE
    movq %r14, FRAME_R14(%rsp)
    .cfi_offset r14, FRAME_R14 - FRAME_SIZE
    movq %r15, FRAME_R15(%rsp)
    .cfi_offset r15, FRAME_R15 - FRAME_SIZE
    KEEP_COMPILER_XMM
    sti
    movq %rsp, %rdi
    cmpq $SYSTEM_CALLS, %rax
    jae 3f
0:  call *system_call_table(,%rax,8)
1:  movq %rax, FRAME_RAX(%rsp)
    cli
    cmpb $0, %gs:PROCESSOR_RETURN_WORK
    jne 2f
    BRING_COMPILER_XMM
    movq FRAME_RDX(%rsp), %rdx
    movq FRAME_RSI(%rsp), %rsi
    movq FRAME_RDI(%rsp), %rdi
    movq FRAME_R8(%rsp), %r8
    movq FRAME_R9(%rsp), %r9
    movq FRAME_R10(%rsp), %r10
    movq FRAME_RIP(%rsp), %rcx
    movq FRAME_RFLAGS(%rsp), %r11
    movq FRAME_RSP(%rsp), %rsp
    .cfi_remember_state
    .cfi_def_cfa rsp, 0
    swapgs
    sysretq
    .cfi_restore_state
2:  movq %rsp, %rdi
    call return_to_user
    jmp user_return
3:  movl %eax, %eax                 /* the upper half of the number doesn't count */
    cmpl $SYSTEM_CALLS, %eax
    jae 4f
    movq %rax, FRAME_ERROR(%rsp)
    jmp 0b
4:  call system_call_unknown
    jmp 1b
    .cfi_endproc
    .size system_call_entry, . - system_call_entry

/* The frame at rsp becomes the thread's registers. Of a system call (or of a new thread), with interrupts off. */
    .type user_return, @function
user_return:
    .cfi_startproc
    .cfi_signal_frame
    .cfi_def_cfa rsp, FRAME_SIZE
    .cfi_offset rip, FRAME_RIP - FRAME_SIZE
    .cfi_offset rsp, FRAME_RSP - FRAME_SIZE
    BRING_COMPILER_XMM
    swapgs
    .irp r, r15, r14, r13, r12, r11, r10, r9, r8
    movq FRAME_\r(%rsp), %\r
    .endr
    movq FRAME_RBP(%rsp), %rbp
    movq FRAME_RDI(%rsp), %rdi
    movq FRAME_RSI(%rsp), %rsi
    movq FRAME_RDX(%rsp), %rdx
    movq FRAME_RCX(%rsp), %rcx
    movq FRAME_RBX(%rsp), %rbx
    movq FRAME_RAX(%rsp), %rax
    addq $FRAME_RIP, %rsp
    .cfi_adjust_cfa_offset -FRAME_RIP
    iretq
    .cfi_endproc
    .size user_return, . - user_return

/* void thread_switch(nuint* savedStack, nuint stack): the caller returns when somebody switches back to it. */
    .globl thread_switch
    .type thread_switch, @function
thread_switch:
    .cfi_startproc
    .irp r, rbx, rbp, r12, r13, r14, r15
    pushq %\r
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset \r, 0
    .endr
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    .irp r, r15, r14, r13, r12, rbp, rbx
    popq %\r
    .cfi_adjust_cfa_offset -8
    .cfi_restore \r
    .endr
    ret
    .cfi_endproc
    .size thread_switch, . - thread_switch

/* Where a thread's first switch returns to: rbx is a function to call before user mode, or zero; the
 * frame is at rsp. */
    .type thread_start, @function
thread_start:
    .cfi_startproc
    .cfi_undefined rip
    call thread_started
    sti
    testq %rbx, %rbx
    jz 1f
    call *%rbx
1:  movq %rsp, %rdi
    call return_to_user
    jmp user_return
    .cfi_endproc
    .size thread_start, . - thread_start

    .macro ADDRESS_OF symbol
    .globl \symbol\()_address
    .type \symbol\()_address, @function
\symbol\()_address:
    .cfi_startproc
    leaq \symbol(%rip), %rax
    ret
    .cfi_endproc
    .size \symbol\()_address, . - \symbol\()_address
    .endm

ADDRESS_OF system_call_entry
ADDRESS_OF system_call_table
ADDRESS_OF thread_start

/* The thread's x87, SSE and, with XSAVE, AVX state; area aligned to 64 bytes. */
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

LEAF fpu_save
    fxsave64 (%rdi)
    ret
END_LEAF fpu_save

LEAF fpu_restore
    fxrstor64 (%rdi)
    ret
END_LEAF fpu_restore

/* (area, components) */
LEAF fpu_save_extended
    movl %esi, %eax
    movq %rsi, %rdx
    shrq $32, %rdx
    xsave64 (%rdi)
    ret
END_LEAF fpu_save_extended

LEAF fpu_restore_extended
    movl %esi, %eax
    movq %rsi, %rdx
    shrq $32, %rdx
    xrstor64 (%rdi)
    ret
END_LEAF fpu_restore_extended

/* xsetbv of register 0 (components). */
LEAF fpu_enable_components
    movl %edi, %eax
    movq %rdi, %rdx
    shrq $32, %rdx
    xorl %ecx, %ecx
    xsetbv
    ret
END_LEAF fpu_enable_components

    .bss
    .balign 8
    .globl system_call_table
system_call_table:
    .skip SYSTEM_CALLS * 8

    .section .note.GNU-stack, "", @progbits
