/* The linker script's symbols for KernelImage.cs: C# can call symbols but not take the address of data. */
    .text
    .globl kernel_image_symbols
    .type kernel_image_symbols, @function
kernel_image_symbols:
    .cfi_startproc
    leaq image_symbols(%rip), %rax
    ret
    .cfi_endproc
    .size kernel_image_symbols, . - kernel_image_symbols

    .section .rodata
    .balign 8
image_symbols:
    .quad kernel_image_start
    .quad kernel_code_end
    .quad kernel_constants_start
    .quad kernel_data_start
    .quad kernel_data_end
    .quad kernel_image_end
    .quad boot_tables_start
    .quad boot_tables_end
    .quad boot_stack_guard
    .quad boot_stack_bottom
    .quad boot_stack_top
    .quad __ksyms_start
    .quad __ksyms_end

    .section .note.GNU-stack, "", @progbits
