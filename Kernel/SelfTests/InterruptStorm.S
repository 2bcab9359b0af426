/*
 * int interrupt_storm_loop(const ulong* count, ulong target, const void* pattern): keeps sixteen known values live in
 * xmm0 to xmm15 until *count reaches target, comparing all of them in every round.
 * Returns 0 if none changed, else 1 plus the number of the first register that did.
 * rdi: address of the interrupt count; rsi: target; rdx: 16 values of 16 bytes, 16-byte aligned.
 */
    .text
    .globl interrupt_storm_loop
    .type interrupt_storm_loop, @function
interrupt_storm_loop:
    .cfi_startproc
    subq $8, %rsp               /* no red zone: an interrupt would overwrite it */
    .cfi_adjust_cfa_offset 8
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movaps 16 * \n(%rdx), %xmm\n
    .endr
1:
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movq %xmm\n, %rcx
    cmpq 16 * \n(%rdx), %rcx
    movl $(\n + 1), %eax
    jne 3f
    .endr
    /* The upper halves, through memory. */
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movhps %xmm\n, (%rsp)
    movq (%rsp), %rcx
    cmpq 16 * \n + 8(%rdx), %rcx
    movl $(\n + 1), %eax
    jne 3f
    .endr
    cmpq %rsi, (%rdi)
    jb 1b
    xorl %eax, %eax
3:  addq $8, %rsp
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc
    .size interrupt_storm_loop, . - interrupt_storm_loop

    .section .note.GNU-stack, "", @progbits
