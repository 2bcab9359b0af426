/*
 * Interface calls. Compiled code does
 *     lea r11, [cell]
 *     call [r11]
 * with a cell for each call site or for several of one method: the address of one of the stubs below, and a word
 * that is, in the beginning, where ilc put the interface, later the address of a cache (see InterfaceDispatch.cs):
 * pairs of a type and the method that it has, of which a stub looks at 1, 2, 4 or 8.
 * A stub that does not find the type has it resolved; that also exchanges the cell's stub and cache.
 * rdi is the object; all argument registers must survive.
 *
 * A null object faults in a stub, which is the caller's null reference: language-specific data as that of a compiled
 * method without handlers makes the fault an exception.
 */
    .set CELL_CACHE, 8
    .set CACHE_ENTRIES, 32
    .set ENTRY_SIZE, 16
    .set ENTRY_TARGET, 8
    .set CACHE_MASK, 24

    .set PC_RELATIVE_SDATA4, 0x1b
    .section .rodata
stub_is_method:
    .byte 0

    .text

    .macro CACHED_STUB name, count
    .balign 16
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    .cfi_lsda PC_RELATIVE_SDATA4, stub_is_method
    movq CELL_CACHE(%r11), %r10
    movq (%rdi), %rax
    .set entry, 0
    .rept \count
    cmpq %rax, CACHE_ENTRIES + entry * ENTRY_SIZE(%r10)
    jne 1f
    jmp *(CACHE_ENTRIES + entry * ENTRY_SIZE + ENTRY_TARGET)(%r10)
1:
    .set entry, entry + 1
    .endr
    jmp RhpInitialDynamicInterfaceDispatch
    .cfi_endproc
    .size \name, . - \name
    .endm

CACHED_STUB RuntimeDispatch1, 1
CACHED_STUB RuntimeDispatch2, 2
CACHED_STUB RuntimeDispatch4, 4
CACHED_STUB RuntimeDispatch8, 8

/* Many types: the cache is a hash table whose mask counts bytes; collisions go on in the next entry. */
    .set HASH_SHIFT, 4
    .balign 16
    .globl RuntimeDispatchMany
    .type RuntimeDispatchMany, @function
RuntimeDispatchMany:
    .cfi_startproc
    .cfi_lsda PC_RELATIVE_SDATA4, stub_is_method
    movq (%rdi), %rax
    pushq %rdx
    .cfi_adjust_cfa_offset 8
    movq CELL_CACHE(%r11), %r10
    movq %rax, %rdx
    shrq $HASH_SHIFT, %rdx
    xorq %rax, %rdx
1:  andq CACHE_MASK(%r10), %rdx
    cmpq %rax, CACHE_ENTRIES(%r10,%rdx)
    je 2f
    cmpq $0, CACHE_ENTRIES(%r10,%rdx)
    je 3f
    addq $ENTRY_SIZE, %rdx
    jmp 1b
2:  movq CACHE_ENTRIES + ENTRY_TARGET(%r10,%rdx), %rax
    popq %rdx
    .cfi_adjust_cfa_offset -8
    jmp *%rax
    .cfi_adjust_cfa_offset 8
3:  popq %rdx
    .cfi_adjust_cfa_offset -8
    jmp RhpInitialDynamicInterfaceDispatch
    .cfi_endproc
    .size RuntimeDispatchMany, . - RuntimeDispatchMany

/* Nothing cached: asks RuntimeResolveInterfaceCall(object, cell) for the method and jumps there. */
    .set SAVED_XMM, 128
    .set PADDING, 8
    .balign 16
    .globl RhpInitialDynamicInterfaceDispatch
    .type RhpInitialDynamicInterfaceDispatch, @function
RhpInitialDynamicInterfaceDispatch:
    .cfi_startproc
    .cfi_lsda PC_RELATIVE_SDATA4, stub_is_method
    cmpb $0, (%rdi)             /* a null object faults here, in a frame without stack */
    .irp r, rdi, rsi, rdx, rcx, r8, r9
    pushq %\r
    .cfi_adjust_cfa_offset 8
    .endr
    subq $SAVED_XMM + PADDING, %rsp
    .cfi_adjust_cfa_offset SAVED_XMM + PADDING
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7
    movups %xmm\n, 16 * \n(%rsp)
    .endr
    movq %r11, %rsi
    call RuntimeResolveInterfaceCall
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7
    movups 16 * \n(%rsp), %xmm\n
    .endr
    addq $SAVED_XMM + PADDING, %rsp
    .cfi_adjust_cfa_offset -(SAVED_XMM + PADDING)
    .irp r, r9, r8, rcx, rdx, rsi, rdi
    popq %\r
    .cfi_adjust_cfa_offset -8
    .endr
    jmp *%rax
    .cfi_endproc
    .size RhpInitialDynamicInterfaceDispatch, . - RhpInitialDynamicInterfaceDispatch

/* void* RuntimeDispatchStub(int index): the stubs' addresses, by growing cache. */
    .balign 16
    .globl RuntimeDispatchStub
    .type RuntimeDispatchStub, @function
RuntimeDispatchStub:
    .cfi_startproc
    leaq dispatch_stubs(%rip), %rax
    movq (%rax,%rdi,8), %rax
    ret
    .cfi_endproc
    .size RuntimeDispatchStub, . - RuntimeDispatchStub

    .section .rodata
    .balign 8
dispatch_stubs:
    .quad RuntimeDispatch1, RuntimeDispatch2, RuntimeDispatch4, RuntimeDispatch8, RuntimeDispatchMany

    .section .note.GNU-stack, "", @progbits
