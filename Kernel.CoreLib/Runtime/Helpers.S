/*
 * Helpers that compiled code calls with their own register rules. There is no collector, so that storing a
 * reference is a plain store and a transition between kinds of code is nothing.
 */
    .text

    .macro HELPER name
    .balign 16
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    .endm

    .macro END_HELPER name
    .cfi_endproc
    .size \name, . - \name
    .endm

/* rdi: where to, rsi: the reference. Keeps all registers but rax, rcx, r8 and flags, as compiled code expects. */
HELPER RhpAssignRef
    movq %rsi, (%rdi)
    ret
END_HELPER RhpAssignRef

HELPER RhpCheckedAssignRef
    movq %rsi, (%rdi)
    ret
END_HELPER RhpCheckedAssignRef

/* rdi: where to, rsi: where from; both go on by eight bytes. */
HELPER RhpByRefAssignRef
    movq (%rsi), %rcx
    movq %rcx, (%rdi)
    addq $8, %rdi
    addq $8, %rsi
    ret
END_HELPER RhpByRefAssignRef

HELPER RhpGcPoll
    ret
END_HELPER RhpGcPoll

HELPER RhpReversePInvoke
    ret
END_HELPER RhpReversePInvoke

HELPER RhpReversePInvokeReturn
    ret
END_HELPER RhpReversePInvokeReturn

HELPER RhpPInvoke
    ret
END_HELPER RhpPInvoke

HELPER RhpPInvokeReturn
    ret
END_HELPER RhpPInvokeReturn

/*
 * r11: the lowest address of a large frame. Touches every page from the top of the stack down to it, so that a
 * frame cannot jump over the guard page. Keeps all registers but rax and flags.
 */
    .set PAGE_SIZE, 4096
HELPER RhpStackProbe
    movq %rsp, %rax
    andq $-PAGE_SIZE, %rax
1:  subq $PAGE_SIZE, %rax
    testl %eax, (%rax)
    cmpq %r11, %rax
    ja 1b
    ret
END_HELPER RhpStackProbe

/* Compiled code found its frame damaged, or something that cannot be. */
HELPER RhpFallbackFailFast
    subq $8, %rsp
    .cfi_adjust_cfa_offset 8
    call RuntimeFailFast
    ud2
END_HELPER RhpFallbackFailFast

HELPER RhDebugBreak
    int3
    ret
END_HELPER RhDebugBreak

/* void* RuntimeModules(): where ilc left the address of the image's ready-to-run header. */
HELPER RuntimeModules
    leaq __modules_start(%rip), %rax
    ret
END_HELPER RuntimeModules

/* Compiled code checks that this value lies unharmed in frames with buffers. */
    .section .rodata
    .balign 8
    .globl __security_cookie
__security_cookie:
    .quad 0x5dec0de5c0de0b1d

    .section .note.GNU-stack, "", @progbits
