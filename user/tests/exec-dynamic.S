/* The program for which exec-interpreter stands in: ends with 42. */
    .globl _start
    .section .interp, "a"
    .string "/tests/exec-interpreter"
    .text
_start:
    movl $231, %eax
    movl $42, %edi
    syscall
    .section .note.GNU-stack, "", @progbits
