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

/*
 * ulong user_copy(to, from, bytes): one side is user memory. The bytes at the end that could not be copied: a fault in
 * the words leaves the word count in rcx and the rest of the bytes in rdx, one in the bytes has no words left.
 */
ACCESS user_copy
    SMAP stac
    movq %rdx, %rcx
    shrq $3, %rcx
    andl $7, %edx
1:  rep movsq
    movl %edx, %ecx
2:  rep movsb
    SMAP clac
    xorl %eax, %eax
    ret
3:  SMAP clac
    leaq (%rdx,%rcx,8), %rax
    ret
4:  SMAP clac
    movq %rcx, %rax
    ret
    FIXUP 1b, 3b
    FIXUP 2b, 4b
END_ACCESS user_copy

/* ulong user_clear(to, bytes): as user_copy. */
ACCESS user_clear
    SMAP stac
    movq %rsi, %rcx
    shrq $3, %rcx
    movl %esi, %edx
    andl $7, %edx
    xorl %eax, %eax
1:  rep stosq
    movl %edx, %ecx
2:  rep stosb
    SMAP clac
    ret
3:  SMAP clac
    leaq (%rdx,%rcx,8), %rax
    ret
4:  SMAP clac
    movq %rcx, %rax
    ret
    FIXUP 1b, 3b
    FIXUP 2b, 4b
END_ACCESS user_clear

/* long user_copy_string(to, from, most): its length without the zero, or most if there is none; -1 for a fault. */
ACCESS user_copy_string
    SMAP stac
    xorl %eax, %eax
1:  cmpq %rdx, %rax
    je 3f
2:  movb (%rsi,%rax), %cl
    movb %cl, (%rdi,%rax)
    testb %cl, %cl
    jz 3f
    incq %rax
    jmp 1b
3:  SMAP clac
    ret
4:  SMAP clac
    movq $-1, %rax
    ret
    FIXUP 2b, 4b
END_ACCESS user_copy_string

/* ulong user_load32(from, value*): zero, or not. */
ACCESS user_load32
    SMAP stac
1:  movl (%rdi), %eax
    SMAP clac
    movl %eax, (%rsi)
    xorl %eax, %eax
    ret
2:  SMAP clac
    movl $1, %eax
    ret
    FIXUP 1b, 2b
END_ACCESS user_load32

/* ulong user_compare_exchange32(address, expected*, value): zero, or not; what was found is stored. */
ACCESS user_compare_exchange32
    SMAP stac
    movl (%rsi), %eax
1:  lock cmpxchgl %edx, (%rdi)
    SMAP clac
    movl %eax, (%rsi)
    xorl %eax, %eax
    ret
2:  SMAP clac
    movl $1, %eax
    ret
    FIXUP 1b, 2b
END_ACCESS user_compare_exchange32

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
