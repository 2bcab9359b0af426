/* The bottom of a user program: the entry from the kernel and the way into it (System V ABI for x86-64, 3.4.1 and A.2). */
    .text

/* The kernel starts the program here: argument count, arguments and environment lie on the stack. */
    .globl _start
    .type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined rip
    xorl %ebp, %ebp
    movq %rsp, %rdi
    andq $-16, %rsp
    call UserStart
    ud2
    .cfi_endproc
    .size _start, . - _start

/* long user_system_call(long number, long a, long b, long c, long d, long e, long f): the kernel's answer as it is. */
    .balign 16
    .globl user_system_call
    .type user_system_call, @function
user_system_call:
    .cfi_startproc
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    movq %r8, %r10
    movq %r9, %r8
    movq 8(%rsp), %r9
    syscall
    ret
    .cfi_endproc
    .size user_system_call, . - user_system_call

/* For waiting loops of the core library. */
    .balign 16
    .globl processor_pause
    .type processor_pause, @function
processor_pause:
    .cfi_startproc
    pause
    ret
    .cfi_endproc
    .size processor_pause, . - processor_pause

    .section .note.GNU-stack, "", @progbits
