/*
 * The kernel's accesses to user memory, as leaf functions. A page fault in section .user_access goes to the handler of
 * page faults, as one in user mode does; nowhere else may the kernel touch the lower half. When the handler refuses,
 * execution goes on at the instruction's landing, with the FaultResult in eax. Declared to C# in UserAccess.cs.
 */
#include "Smap.inc"

    .section .user_access, "ax", @progbits

    .macro ACCESS name
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    .endm

    .macro END_ACCESS name
    .cfi_endproc
    .size \name, . - \name
    .endm

/* The instruction that may fault; for a call into user memory the one behind it. The stack is as there. */
    .macro FIXUP instruction, landing
    .pushsection .fixups, "a"
    .quad \instruction, \landing
    .popsection
    .endm

/* FaultResult user_read8(address, byte* value): zero, or why not. */
ACCESS user_read8
    SMAP stac
1:  movb (%rdi), %cl
    SMAP clac
    movb %cl, (%rsi)
    xorl %eax, %eax
    ret
2:  SMAP clac
    ret
    FIXUP 1b, 2b
END_ACCESS user_read8

/* FaultResult user_write8(address, byte value) */
ACCESS user_write8
    SMAP stac
1:  movb %sil, (%rdi)
    SMAP clac
    xorl %eax, %eax
    ret
2:  SMAP clac
    ret
    FIXUP 1b, 2b
END_ACCESS user_write8

/* FaultResult user_execute(address): calls what is there, which must be a return. Impossible where SMEP is on. */
ACCESS user_execute
    call *%rdi
1:  xorl %eax, %eax
    ret
2:  ret
    FIXUP 1b, 2b
END_ACCESS user_execute

/* UserAccessBounds* user_access_bounds() */
    .text
    .globl user_access_bounds
    .type user_access_bounds, @function
user_access_bounds:
    .cfi_startproc
    leaq bounds(%rip), %rax
    ret
    .cfi_endproc
    .size user_access_bounds, . - user_access_bounds

    .section .rodata
    .balign 8
bounds:
    .quad __user_access_start
    .quad __user_access_end
    .quad __fixups_start
    .quad __fixups_end
    .quad __smap_sites_start
    .quad __smap_sites_end

    .section .note.GNU-stack, "", @progbits
