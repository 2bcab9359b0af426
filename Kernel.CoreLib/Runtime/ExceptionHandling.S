/*
 * The parts of exception handling that cut the stack or need exact registers. ExceptionDispatch.cs decides,
 * these do. Registers that a call keeps: rbx, rbp, r12 to r15 (System V).
 *
 * Each function that calls handlers is marked for the stack walk by language-specific data of kind 3, which
 * ilc does not use, followed by the number of its FrameKind (MethodExceptionTable.cs).
 */

/* ExceptionContext (ExceptionContext.cs). */
    .set CONTEXT_RAX, 0
    .set CONTEXT_RBX, 24
    .set CONTEXT_RBP, 48
    .set CONTEXT_RSP, 56
    .set CONTEXT_R12, 96
    .set CONTEXT_R13, 104
    .set CONTEXT_R14, 112
    .set CONTEXT_R15, 120
    .set CONTEXT_RIP, 128
    .set CONTEXT_RFLAGS, 136
    .set CONTEXT_SIZE, 144

    .set FRAME_KIND_STUB, 3
    .set FRAME_CATCH_STUB, 3
    .set FRAME_FINALLY_STUB, 4
    .set FRAME_FILTER_STUB, 5

    .set PC_RELATIVE_SDATA4, 0x1b

    .section .rodata
catch_stub_data:
    .byte FRAME_KIND_STUB, FRAME_CATCH_STUB
finally_stub_data:
    .byte FRAME_KIND_STUB, FRAME_FINALLY_STUB
filter_stub_data:
    .byte FRAME_KIND_STUB, FRAME_FILTER_STUB

    .text

/* From an ExceptionContext at rdi: the registers that calls keep. */
    .macro LOAD_KEPT_REGISTERS
    movq CONTEXT_RBX(%rdi), %rbx
    movq CONTEXT_RBP(%rdi), %rbp
    movq CONTEXT_R12(%rdi), %r12
    movq CONTEXT_R13(%rdi), %r13
    movq CONTEXT_R14(%rdi), %r14
    movq CONTEXT_R15(%rdi), %r15
    .endm

/* To an ExceptionContext at rsp: the registers that calls keep. */
    .macro STORE_KEPT_REGISTERS
    movq %rbx, CONTEXT_RBX(%rsp)
    movq %rbp, CONTEXT_RBP(%rsp)
    movq %r12, CONTEXT_R12(%rsp)
    movq %r13, CONTEXT_R13(%rsp)
    movq %r14, CONTEXT_R14(%rsp)
    movq %r15, CONTEXT_R15(%rsp)
    .endm

/* While rdi points to an ExceptionContext, a backtrace goes on at what that describes. */
    .macro CFI_CALLER_IS_CONTEXT
    .cfi_def_cfa rdi, 0
    .cfi_offset rbx, CONTEXT_RBX
    .cfi_offset rbp, CONTEXT_RBP
    .cfi_offset rsp, CONTEXT_RSP
    .cfi_offset r12, CONTEXT_R12
    .cfi_offset r13, CONTEXT_R13
    .cfi_offset r14, CONTEXT_R14
    .cfi_offset r15, CONTEXT_R15
    .cfi_offset rip, CONTEXT_RIP
    .endm

/* From here on a backtrace finds the kept registers where they belong. */
    .macro CFI_KEPT_REGISTERS_ARE_LOADED
    .irp r, rbx, rbp, r12, r13, r14, r15
    .cfi_same_value \r
    .endr
    .endm

/*
 * Collects the caller's registers into an ExceptionContext at rsp. On entry rsp points to the return address;
 * rip becomes an address inside of the call instruction.
 */
    .macro CAPTURE_CALLER
    pushfq
    .cfi_adjust_cfa_offset 8
    subq $CONTEXT_SIZE, %rsp
    .cfi_adjust_cfa_offset CONTEXT_SIZE
    STORE_KEPT_REGISTERS
    movq CONTEXT_SIZE(%rsp), %rax
    movq %rax, CONTEXT_RFLAGS(%rsp)
    movq (CONTEXT_SIZE + 8)(%rsp), %rax
    decq %rax
    movq %rax, CONTEXT_RIP(%rsp)
    leaq (CONTEXT_SIZE + 16)(%rsp), %rax
    movq %rax, CONTEXT_RSP(%rsp)
    .endm

/* throw: rdi = the exception object or null. Does not return. */
    .globl RhpThrowEx
    .type RhpThrowEx, @function
RhpThrowEx:
    .cfi_startproc
    CAPTURE_CALLER
    movq %rsp, %rsi
    call ExceptionDispatchThrow
    ud2
    .cfi_endproc
    .size RhpThrowEx, . - RhpThrowEx

/* throw without operand, in a catch handler. Does not return. */
    .globl RhpRethrow
    .type RhpRethrow, @function
RhpRethrow:
    .cfi_startproc
    CAPTURE_CALLER
    movq %rsp, %rdi
    call ExceptionDispatchRethrow
    ud2
    .cfi_endproc
    .size RhpRethrow, . - RhpRethrow

/*
 * ExceptionCallCatch(rdi = ExceptionContext of a method's frame, rsi = its catch handler, rdx = exception):
 * makes that frame the top of the stack and calls the handler, which returns the address where the method goes
 * on. Between the frames of method and handler are the exception, for a rethrow, and the method's rip, so that
 * a walk from the handler goes on in the method.
 */
    .globl ExceptionCallCatch
    .type ExceptionCallCatch, @function
ExceptionCallCatch:
    .cfi_startproc
    .cfi_lsda PC_RELATIVE_SDATA4, catch_stub_data
    CFI_CALLER_IS_CONTEXT
    movq CONTEXT_RSP(%rdi), %rcx
    movq CONTEXT_RIP(%rdi), %rax
    movq CONTEXT_RFLAGS(%rdi), %r8
    LOAD_KEPT_REGISTERS
    CFI_KEPT_REGISTERS_ARE_LOADED
    .cfi_def_cfa rcx, 0
    .cfi_register rip, rax
    .cfi_val_offset rsp, 0
    movq %rcx, %rsp
    pushq %rdx
    pushq %rax
    .cfi_def_cfa rsp, 16
    .cfi_offset rip, -16
    movq %rdx, %rdi
    pushq %r8
    .cfi_adjust_cfa_offset 8
    popfq
    .cfi_adjust_cfa_offset -8
    call *%rsi
    addq $16, %rsp
    .cfi_adjust_cfa_offset -16
    .cfi_register rip, rax
    jmp *%rax
    .cfi_endproc
    .size ExceptionCallCatch, . - ExceptionCallCatch

/*
 * ExceptionCallFinally(rdi = ExceptionContext of a method's frame, rsi = its finally handler, rdx = UnwindTarget):
 * makes that frame the top of the stack, copies the target there, and calls the handler. When it returns, the
 * dispatcher goes on with the target and the method's registers.
 */
    .set TARGET_SIZE, 32
    .set FINALLY_PADDING, 8
    .set FINALLY_FRAME_SIZE, TARGET_SIZE + FINALLY_PADDING + 8

    .globl ExceptionCallFinally
    .type ExceptionCallFinally, @function
ExceptionCallFinally:
    .cfi_startproc
    .cfi_lsda PC_RELATIVE_SDATA4, finally_stub_data
    CFI_CALLER_IS_CONTEXT
    movq CONTEXT_RSP(%rdi), %rcx
    movq CONTEXT_RIP(%rdi), %rax
    movq CONTEXT_RFLAGS(%rdi), %r8
    LOAD_KEPT_REGISTERS
    CFI_KEPT_REGISTERS_ARE_LOADED
    .cfi_def_cfa rcx, 0
    .cfi_register rip, rax
    .cfi_val_offset rsp, 0
    movq 0(%rdx), %r9
    movq 8(%rdx), %r10
    movq 16(%rdx), %r11
    movq 24(%rdx), %rdx
    movq %rcx, %rsp
    subq $FINALLY_PADDING, %rsp
    pushq %rdx
    pushq %r11
    pushq %r10
    pushq %r9
    pushq %rax
    .cfi_def_cfa rsp, FINALLY_FRAME_SIZE
    .cfi_offset rip, -FINALLY_FRAME_SIZE
    pushq %r8
    .cfi_adjust_cfa_offset 8
    popfq
    .cfi_adjust_cfa_offset -8
    call *%rsi
    movq (%rsp), %rax
    leaq 8(%rsp), %rdi
    leaq FINALLY_FRAME_SIZE(%rsp), %rcx
    pushfq
    .cfi_adjust_cfa_offset 8
    popq %rdx
    .cfi_adjust_cfa_offset -8
    subq $CONTEXT_SIZE, %rsp
    .cfi_adjust_cfa_offset CONTEXT_SIZE
    STORE_KEPT_REGISTERS
    movq %rax, CONTEXT_RIP(%rsp)
    movq %rcx, CONTEXT_RSP(%rsp)
    movq %rdx, CONTEXT_RFLAGS(%rsp)
    movq %rsp, %rsi
    call ExceptionDispatchContinue
    ud2
    .cfi_endproc
    .size ExceptionCallFinally, . - ExceptionCallFinally

/*
 * int ExceptionCallFilter(rdi = ExceptionContext of a method's frame, rsi = its filter, rdx = exception).
 * An exception that leaves the filter makes this return 0 (ExceptionDispatch.RefuseInFilter).
 */
    .globl ExceptionCallFilter
    .type ExceptionCallFilter, @function
ExceptionCallFilter:
    .cfi_startproc
    .cfi_lsda PC_RELATIVE_SDATA4, filter_stub_data
    .irp r, rbx, rbp, r12, r13, r14, r15
    pushq %\r
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset \r, 0
    .endr
    subq $8, %rsp
    .cfi_adjust_cfa_offset 8
    LOAD_KEPT_REGISTERS
    movq %rdx, %rdi
    call *%rsi
    addq $8, %rsp
    .cfi_adjust_cfa_offset -8
    .irp r, r15, r14, r13, r12, rbp, rbx
    popq %\r
    .cfi_adjust_cfa_offset -8
    .cfi_restore \r
    .endr
    ret
    .cfi_endproc
    .size ExceptionCallFilter, . - ExceptionCallFilter

/* ExceptionResume(rdi = ExceptionContext): arrives at its rip like a function that returns rax. */
    .globl ExceptionResume
    .type ExceptionResume, @function
ExceptionResume:
    .cfi_startproc
    CFI_CALLER_IS_CONTEXT
    movq CONTEXT_RSP(%rdi), %rcx
    movq CONTEXT_RIP(%rdi), %rdx
    movq CONTEXT_RAX(%rdi), %rax
    movq CONTEXT_RFLAGS(%rdi), %r8
    LOAD_KEPT_REGISTERS
    CFI_KEPT_REGISTERS_ARE_LOADED
    .cfi_def_cfa rcx, 0
    .cfi_register rip, rdx
    .cfi_val_offset rsp, 0
    movq %rcx, %rsp
    pushq %r8
    popfq
    jmp *%rdx
    .cfi_endproc
    .size ExceptionResume, . - ExceptionResume

/* byte* ExceptionUnwindTable(): the table that the build made of .eh_frame. */
    .globl ExceptionUnwindTable
    .type ExceptionUnwindTable, @function
ExceptionUnwindTable:
    .cfi_startproc
    leaq __unwind_start(%rip), %rax
    ret
    .cfi_endproc
    .size ExceptionUnwindTable, . - ExceptionUnwindTable

/* byte* ExceptionUnwindTableEnd(): one past its last byte. */
    .globl ExceptionUnwindTableEnd
    .type ExceptionUnwindTableEnd, @function
ExceptionUnwindTableEnd:
    .cfi_startproc
    leaq __unwind_end(%rip), %rax
    ret
    .cfi_endproc
    .size ExceptionUnwindTableEnd, . - ExceptionUnwindTableEnd

    .section .note.GNU-stack, "", @progbits
