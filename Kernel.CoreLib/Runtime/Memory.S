/*
 * memset, memcpy and memmove in the System V calling convention. Compiled code calls them for blocks that are too
 * large to unroll. Short blocks are moved in registers with overlapping ends; long ones with the string
 * instructions, which processors since 2012 run by whole cache lines, forwards.
 */
    .text

    .set STRING_THRESHOLD, 256

/* void* memset(void* destination, int value, size_t bytes) */
    .globl memset
    .type memset, @function
    .balign 16
memset:
    .cfi_startproc
    movzbl %sil, %eax
    movabsq $0x0101010101010101, %rcx
    imulq %rcx, %rax
    cmpq $16, %rdx
    jb .Lset_small
    movq %rax, %xmm0
    punpcklqdq %xmm0, %xmm0
    cmpq $STRING_THRESHOLD, %rdx
    ja .Lset_string
    movups %xmm0, -16(%rdi,%rdx)
    movq %rdi, %rcx
    subq $16, %rdx
1:  movups %xmm0, (%rcx)
    addq $16, %rcx
    subq $16, %rdx
    ja 1b
    movq %rdi, %rax
    ret
.Lset_string:
    movq %rdi, %r8
    movups %xmm0, -16(%rdi,%rdx)
    movq %rdx, %rcx
    shrq $3, %rcx
    rep stosq
    movq %r8, %rax
    ret
.Lset_small:
    cmpq $8, %rdx
    jae .Lset_8
    cmpq $4, %rdx
    jae .Lset_4
    testq %rdx, %rdx
    jz 2f
    movb %al, (%rdi)
    movb %al, -1(%rdi,%rdx)
    shrq %rdx
    movb %al, (%rdi,%rdx)
2:  movq %rdi, %rax
    ret
.Lset_8:
    movq %rax, (%rdi)
    movq %rax, -8(%rdi,%rdx)
    movq %rdi, %rax
    ret
.Lset_4:
    movl %eax, (%rdi)
    movl %eax, -4(%rdi,%rdx)
    movq %rdi, %rax
    ret
    .cfi_endproc
    .size memset, . - memset

/* void* memcpy(void* destination, const void* source, size_t bytes), void* memmove(...): one does for both. */
    .globl memcpy
    .type memcpy, @function
    .globl memmove
    .type memmove, @function
    .balign 16
memcpy:
memmove:
    .cfi_startproc
    movq %rdi, %rax
    cmpq $16, %rdx
    jb .Lmove_small
    cmpq $32, %rdx
    ja .Lmove_over_32
    movups (%rsi), %xmm0
    movups -16(%rsi,%rdx), %xmm1
    movups %xmm0, (%rdi)
    movups %xmm1, -16(%rdi,%rdx)
    ret
.Lmove_small:
    cmpq $8, %rdx
    jae .Lmove_8
    cmpq $4, %rdx
    jae .Lmove_4
    testq %rdx, %rdx
    jz 1f
    movzbl (%rsi), %ecx
    movzbl -1(%rsi,%rdx), %r8d
    movq %rdx, %r9
    shrq %r9
    movzbl (%rsi,%r9), %r10d
    movb %cl, (%rdi)
    movb %r10b, (%rdi,%r9)
    movb %r8b, -1(%rdi,%rdx)
1:  ret
.Lmove_8:
    movq (%rsi), %rcx
    movq -8(%rsi,%rdx), %r8
    movq %rcx, (%rdi)
    movq %r8, -8(%rdi,%rdx)
    ret
.Lmove_4:
    movl (%rsi), %ecx
    movl -4(%rsi,%rdx), %r8d
    movl %ecx, (%rdi)
    movl %r8d, -4(%rdi,%rdx)
    ret
.Lmove_over_32:
    movq %rdi, %rcx
    subq %rsi, %rcx
    cmpq %rdx, %rcx             /* unsigned: destination inside the source goes backwards */
    jb .Lmove_backwards
    cmpq $STRING_THRESHOLD, %rdx
    ja .Lmove_string
    movups -16(%rsi,%rdx), %xmm1
    leaq -16(%rdi,%rdx), %r8
2:  movups (%rsi), %xmm0
    addq $16, %rsi
    movups %xmm0, (%rdi)
    addq $16, %rdi
    subq $16, %rdx
    cmpq $16, %rdx
    ja 2b
    movups %xmm1, (%r8)
    ret
.Lmove_string:
    movq -8(%rsi,%rdx), %r9
    leaq -8(%rdi,%rdx), %r8
    movq %rdx, %rcx
    shrq $3, %rcx
    rep movsq
    movq %r9, (%r8)
    ret
.Lmove_backwards:
    movups (%rsi), %xmm1
3:  movups -16(%rsi,%rdx), %xmm0
    movups %xmm0, -16(%rdi,%rdx)
    subq $16, %rdx
    cmpq $16, %rdx
    ja 3b
    movups %xmm1, (%rdi)
    ret
    .cfi_endproc
    .size memmove, . - memmove
    .size memcpy, . - memcpy

    .section .note.GNU-stack, "", @progbits
