/*
 * Entry of every exception and interrupt. A stub a vector pushes what the processor did not (a zero in the
 * error code's place) and the vector number; the common part completes the TrapFrame (see TrapFrame.cs, same
 * order) and calls trap_dispatch(TrapFrame*). Compiled C# uses xmm registers freely, so all sixteen and mxcsr
 * are kept; the build fails if it ever uses wider ones. Page faults have an entry of their own, below.
 *
 * The CFI makes a backtrace go through the frame to the interrupted code.
 */
#include "Frame.inc"
#include "Smap.inc"

    .set VECTOR_NON_MASKABLE, 2
    .set VECTOR_DEVICE_NOT_AVAILABLE, 7
    .set VECTOR_PAGE_FAULT, 14
    .set VECTOR_DOUBLE_FAULT, 8
    .set VECTOR_MACHINE_CHECK, 18
    .set MSR_GS_BASE, 0xc0000101

    .text

    .macro SAVE_XMM
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movaps %xmm\n, FRAME_XMM + 16 * \n(%rsp)
    .endr
    .endm

    .macro RESTORE_XMM
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movaps FRAME_XMM + 16 * \n(%rsp), %xmm\n
    .endr
    .endm

    .globl trap_common
    .type trap_common, @function
trap_common:
    .cfi_startproc
    .cfi_signal_frame
    .cfi_def_cfa rsp, FRAME_SIZE - FRAME_VECTOR
    .cfi_offset rip, FRAME_RIP - FRAME_SIZE
    .cfi_offset rsp, FRAME_RSP - FRAME_SIZE
    .irp r, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    pushq %\r
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset \r, 0
    .endr
    subq $FRAME_R15, %rsp
    .cfi_adjust_cfa_offset FRAME_R15
    cld
    SMAP clac
    testb $USER_RING_BITS, FRAME_CS(%rsp)
    jz 1f
    swapgs
1:
#ifndef COSMOSVM_TEST_WITHOUT_XMM_SAVE
    SAVE_XMM
    stmxcsr FRAME_MXCSR(%rsp)
    ldmxcsr default_mxcsr(%rip)
#endif
call_trap_dispatch:
    movq %rsp, %rdi
    call trap_dispatch
    .globl trap_return
trap_return:
    testb $USER_RING_BITS, FRAME_CS(%rsp)
    jz 3f
    cmpb $0, %gs:PROCESSOR_RETURN_WORK
    je 3f
    movq %rsp, %rdi
    call return_to_user
3:
#ifndef COSMOSVM_TEST_WITHOUT_XMM_SAVE
    ldmxcsr FRAME_MXCSR(%rsp)
    RESTORE_XMM
#endif
    testb $USER_RING_BITS, FRAME_CS(%rsp)
    jz 2f
    swapgs
2:  addq $FRAME_R15, %rsp
    .cfi_adjust_cfa_offset -FRAME_R15
    .irp r, r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax
    popq %\r
    .cfi_adjust_cfa_offset -8
    .cfi_restore \r
    .endr
    addq $FRAME_PUSHED_BY_STUB, %rsp
    .cfi_adjust_cfa_offset -FRAME_PUSHED_BY_STUB
    iretq
    .cfi_endproc
    .size trap_common, . - trap_common

/*
 * Page faults: the most frequent trap by far, and nearly always answered by mapping a page. Only what C# may change is
 * kept: the registers that belong to the caller, and of the vector registers those that the build lets the compiler
 * use (build/scan-object.sh). No C# here computes with floating point, so that mxcsr stays. What the handler can't
 * resolve goes the way of all traps: by then the other registers hold what they held before.
 */
    .macro CALLER_REGISTERS operation
    \operation rax, FRAME_RAX
    \operation rcx, FRAME_RCX
    \operation rdx, FRAME_RDX
    \operation rsi, FRAME_RSI
    \operation rdi, FRAME_RDI
    \operation r8, FRAME_R8
    \operation r9, FRAME_R9
    \operation r10, FRAME_R10
    \operation r11, FRAME_R11
    .endm

    .macro KEEP_REGISTER register, place
    movq %\register, \place(%rsp)
    .cfi_offset \register, \place - FRAME_SIZE
    .endm

    .macro BRING_REGISTER register, place
    movq \place(%rsp), %\register
    .endm

    .type page_fault_entry, @function
page_fault_entry:
    .cfi_startproc
    .cfi_signal_frame
    .cfi_def_cfa rsp, FRAME_SIZE - FRAME_ERROR
    .cfi_offset rip, FRAME_RIP - FRAME_SIZE
    .cfi_offset rsp, FRAME_RSP - FRAME_SIZE
    subq $FRAME_ERROR, %rsp
    .cfi_adjust_cfa_offset FRAME_ERROR
    CALLER_REGISTERS KEEP_REGISTER
    cld
    SMAP clac
    testb $USER_RING_BITS, FRAME_CS(%rsp)
    jz 1f
    swapgs
1:  KEEP_COMPILER_XMM
    movq %rsp, %rdi
    movq %cr2, %rsi
    testl $RFLAGS_INTERRUPT_ENABLE, FRAME_RFLAGS(%rsp)
    jz 2f
    sti
2:  call page_fault_dispatch
    cli
    testb %al, %al
    jz 4f
    BRING_COMPILER_XMM
    testb $USER_RING_BITS, FRAME_CS(%rsp)
    jz 3f
    cmpb $0, %gs:PROCESSOR_RETURN_WORK
    jne 4f
    swapgs
3:  CALLER_REGISTERS BRING_REGISTER
    addq $FRAME_RIP, %rsp
    .cfi_adjust_cfa_offset -FRAME_RIP
    iretq
    .cfi_adjust_cfa_offset FRAME_RIP
4:  movzbl %al, %eax
    movq %rax, FRAME_VECTOR(%rsp)
    .irp n, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15
    movaps %xmm\n, FRAME_XMM + 16 * \n(%rsp)
    .endr
    stmxcsr FRAME_MXCSR(%rsp)
    ldmxcsr default_mxcsr(%rip)
    KEEP_REGISTER rbx, FRAME_RBX
    KEEP_REGISTER rbp, FRAME_RBP
    KEEP_REGISTER r12, FRAME_R12
    KEEP_REGISTER r13, FRAME_R13
    KEEP_REGISTER r14, FRAME_R14
    KEEP_REGISTER r15, FRAME_R15
    cmpb $0, FRAME_VECTOR(%rsp)
    movq $VECTOR_PAGE_FAULT, FRAME_VECTOR(%rsp)
    je call_trap_dispatch
    jmp trap_return
    .cfi_endproc
    .size page_fault_entry, . - page_fault_entry

/*
 * Non-maskable interrupts, machine checks and double faults may come where the kernel runs with the user's GS: at the
 * first and last instructions of a system call or of a trap. GS itself says whose it is: the kernel's base is negative.
 */
    .type trap_anywhere, @function
trap_anywhere:
    .cfi_startproc
    .cfi_signal_frame
    .cfi_def_cfa rsp, FRAME_SIZE - FRAME_VECTOR
    .cfi_offset rip, FRAME_RIP - FRAME_SIZE
    .cfi_offset rsp, FRAME_RSP - FRAME_SIZE
    .irp r, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    pushq %\r
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset \r, 0
    .endr
    subq $FRAME_R15, %rsp
    .cfi_adjust_cfa_offset FRAME_R15
    cld
    SMAP clac
    SAVE_XMM
    stmxcsr FRAME_MXCSR(%rsp)
    ldmxcsr default_mxcsr(%rip)
    movl $MSR_GS_BASE, %ecx
    rdmsr
    movl %edx, %ebx
    testl %ebx, %ebx
    js 1f
    swapgs
1:  movq %rsp, %rdi
    call trap_dispatch
    testl %ebx, %ebx
    js 2f
    swapgs
2:  ldmxcsr FRAME_MXCSR(%rsp)
    RESTORE_XMM
    addq $FRAME_R15, %rsp
    .cfi_adjust_cfa_offset -FRAME_R15
    .irp r, r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax
    popq %\r
    .cfi_adjust_cfa_offset -8
    .cfi_restore \r
    .endr
    addq $FRAME_PUSHED_BY_STUB, %rsp
    .cfi_adjust_cfa_offset -FRAME_PUSHED_BY_STUB
    iretq
    .cfi_endproc
    .size trap_anywhere, . - trap_anywhere

    .section .rodata
    .balign 4
default_mxcsr:
    .long 0x1f80                /* all exceptions masked, round to nearest: the processor's reset value */

/*
 * The stubs, 16 bytes apart so that the descriptor table's builder computes their addresses. The processor
 * pushes an error code for vectors 8, 10 to 14, 17, 21, 29 and 30 (Intel SDM vol. 3, 6.3.1; AMD vol. 2, 8.2).
 */
    .text
    .balign 16
    .globl trap_stubs
    .type trap_stubs, @function
trap_stubs:
    .cfi_startproc
    .cfi_signal_frame
    .cfi_def_cfa rsp, FRAME_SIZE - FRAME_ERROR
    .cfi_offset rip, FRAME_RIP - FRAME_SIZE
    .cfi_offset rsp, FRAME_RSP - FRAME_SIZE
    .set vector, 0
    .rept 256
    .balign 16
    .if (vector != 8) && !((vector >= 10) && (vector <= 14)) && (vector != 17) && (vector != 21) && (vector != 29) && (vector != 30)
    pushq $0
    .endif
    .if vector == VECTOR_PAGE_FAULT
    jmp page_fault_entry
    .else
    pushq $vector
    .if vector == VECTOR_DEVICE_NOT_AVAILABLE
    clts                        /* the common part uses xmm registers itself */
    .endif
    .if (vector == VECTOR_NON_MASKABLE) || (vector == VECTOR_DOUBLE_FAULT) || (vector == VECTOR_MACHINE_CHECK)
    jmp trap_anywhere
    .else
    jmp trap_common
    .endif
    .endif
    .set vector, vector + 1
    .endr
    .cfi_endproc
    .size trap_stubs, . - trap_stubs

    .globl trap_stubs_address
    .type trap_stubs_address, @function
trap_stubs_address:
    .cfi_startproc
    leaq trap_stubs(%rip), %rax
    ret
    .cfi_endproc
    .size trap_stubs_address, . - trap_stubs_address

    .section .note.GNU-stack, "", @progbits
