/* Signals of faults: code, address, error code and trap number; repair and return; the alternate stack; guard pages. */
#include "check.h"

#define TRAP_DIVIDE 0
#define TRAP_BREAKPOINT 3
#define TRAP_INVALID_OPCODE 6
#define TRAP_PROTECTION 13
#define TRAP_PAGE_FAULT 14
#define ERROR_PRESENT 1
#define ERROR_WRITE 2
#define ERROR_USER 4
#define ERROR_FETCH 16

static void check_fault(const char *what, enum Access access, void *address, int signal, int code, long error)
{
    Line line = {.length = 0};
    try_access(access, address);
    add_text(&line, last_fault.signal == signal && last_fault.code == code ? "right signal and code" : fault_name());
    add_text(&line, last_fault.address == address ? ", address" : ", wrong address");
    add_text(&line, last_fault.trap == TRAP_PAGE_FAULT ? ", trap" : ", wrong trap");
    add_text(&line, ", error code ");
    add_number(&line, last_fault.error);
    Line wanted = {.length = 0};
    add_text(&wanted, "right signal and code, address, trap, error code ");
    add_number(&wanted, error);
    check_text(what, line.text, wanted.text);
}

static void test_contexts(void)
{
    char *memory = map_pages(3);
    check_fault("fault read of nothing", READ, (void *)0x10, SIGSEGV, SEGV_MAPERR, ERROR_USER);
    check_fault("fault write of nothing", WRITE, (void *)0x10, SIGSEGV, SEGV_MAPERR, ERROR_USER | ERROR_WRITE);
    check_fault("fault execute of nothing", EXECUTE, (void *)0x10, SIGSEGV, SEGV_MAPERR, ERROR_USER | ERROR_FETCH);
    memory[0] = 1;
    sys(SYS_mprotect, memory, PAGE, PROT_READ);
    check_fault("fault write of a present read-only page", WRITE, memory + 5, SIGSEGV, SEGV_ACCERR, ERROR_USER | ERROR_WRITE | ERROR_PRESENT);
    sys(SYS_mprotect, memory + PAGE, PAGE, PROT_READ);
    check_fault("fault write of an absent read-only page", WRITE, memory + PAGE, SIGSEGV, SEGV_ACCERR, ERROR_USER | ERROR_WRITE);
    check_fault("fault execute of a present page", EXECUTE, memory, SIGSEGV, SEGV_ACCERR, ERROR_USER | ERROR_FETCH | ERROR_PRESENT);
    sys(SYS_mprotect, memory + 2 * PAGE, PAGE, PROT_NONE);
    check_fault("fault read of an absent PROT_NONE page", READ, memory + 2 * PAGE, SIGSEGV, SEGV_ACCERR, ERROR_USER);
    check_fault("fault read of the kernel's half", READ, (void *)0xffffffff80200000UL, SIGSEGV, SEGV_MAPERR, ERROR_USER | ERROR_PRESENT);
    check_fault("fault write of the kernel's half", WRITE, (void *)0xffffffffff000000UL, SIGSEGV, SEGV_MAPERR, ERROR_USER | ERROR_PRESENT | ERROR_WRITE);
    unmap(memory, 3 * PAGE);
    long file = sys(SYS_memfd_create, "f", 0);
    sys(SYS_ftruncate, file, 100);
    memory = (char *)sys(SYS_mmap, 0, 2 * PAGE, READ_WRITE, MAP_SHARED, file, 0);
    check_access("fault read of a file's last page behind its end", READ, memory + PAGE - 1, "done");
    check_fault("fault read behind a file's last page", READ, memory + PAGE, SIGBUS, BUS_ADRERR, ERROR_USER);
    check_fault("fault write behind a file's last page", WRITE, memory + PAGE + 7, SIGBUS, BUS_ADRERR, ERROR_USER | ERROR_WRITE);
    sys(SYS_close, file);
    unmap(memory, 2 * PAGE);
    try_access(READ, (void *)0x8000000000000000UL);
    check("fault read of a non-canonical address: signal", last_fault.signal, SIGSEGV);
    check("fault read of a non-canonical address: code", last_fault.code, SI_KERNEL);
    check("fault read of a non-canonical address: address", (long)last_fault.address, 0);
    check("fault read of a non-canonical address: trap", last_fault.trap, TRAP_PROTECTION);
    check("fault read of a non-canonical address: error code", last_fault.error, 0);
}

/* ---- other exceptions ---- */

static volatile long resume_at;
static volatile long stopped_at;

static void step_over(int signal, siginfo_t *information, void *context)
{
    ucontext_t *user = context;
    last_fault.signal = signal;
    last_fault.code = information->si_code;
    last_fault.address = information->si_addr;
    last_fault.trap = user->uc_mcontext.gregs[REG_TRAPNO];
    last_fault.error = user->uc_mcontext.gregs[REG_ERR];
    stopped_at = user->uc_mcontext.gregs[REG_RIP];
    user->uc_mcontext.gregs[REG_RIP] = resume_at;
}

#define TRY_INSTRUCTION(instruction, ...)                                                                                \
    do {                                                                                                                \
        memset((void *)&last_fault, 0, sizeof last_fault);                                                               \
        __asm__ volatile("lea 2f(%%rip), %%rax\n mov %%rax, %0\n lea 1f(%%rip), %%rsi\n xor %%ecx, %%ecx\n"               \
                         "mov $1, %%eax\n xor %%edx, %%edx\n 1: " instruction "\n2:"                                     \
                         : "=m"(resume_at), "=S"(at)                                                                     \
                         :                                                                                              \
                         : "rax", "rcx", "rdx", "memory");                                                               \
    } while (0)

static void check_exception(const char *what, long at, int signal, int code, long trap, long error, int at_instruction)
{
    Line line = {.length = 0};
    add_text(&line, last_fault.signal == signal ? "signal" : "wrong signal");
    add_text(&line, last_fault.code == code ? ", code" : ", wrong code");
    add_text(&line, last_fault.trap == trap ? ", trap" : ", wrong trap");
    add_text(&line, last_fault.error == error ? ", error code" : ", wrong error code");
    add_text(&line, stopped_at == at + !at_instruction ? ", place" : ", wrong place");
    add_text(&line, (long)last_fault.address == (signal == SIGFPE || signal == SIGILL ? at : 0) ? ", address" : ", wrong address");
    check_text(what, line.text, "signal, code, trap, error code, place, address");
}

static void test_exceptions(void)
{
    long at;
    handle(SIGFPE, step_over, 0);
    handle(SIGILL, step_over, 0);
    handle(SIGTRAP, step_over, 0);
    handle(SIGSEGV, step_over, 0);
    TRY_INSTRUCTION("divl %%ecx");
    check_exception("exception divide by zero", at, SIGFPE, FPE_INTDIV, TRAP_DIVIDE, 0, 1);
    TRY_INSTRUCTION("ud2");
    check_exception("exception invalid opcode", at, SIGILL, ILL_ILLOPN, TRAP_INVALID_OPCODE, 0, 1);
    TRY_INSTRUCTION("int3");
    check_exception("exception breakpoint", at, SIGTRAP, SI_KERNEL, TRAP_BREAKPOINT, 0, 0);
    TRY_INSTRUCTION("hlt");
    check_exception("exception privileged instruction", at, SIGSEGV, SI_KERNEL, TRAP_PROTECTION, 0, 1);
    TRY_INSTRUCTION("cli");
    check_exception("exception cli", at, SIGSEGV, SI_KERNEL, TRAP_PROTECTION, 0, 1);
    TRY_INSTRUCTION("mov %%cr3, %%rax");
    check_exception("exception read of CR3", at, SIGSEGV, SI_KERNEL, TRAP_PROTECTION, 0, 1);
    TRY_INSTRUCTION("rdmsr");
    check_exception("exception rdmsr", at, SIGSEGV, SI_KERNEL, TRAP_PROTECTION, 0, 1);
    TRY_INSTRUCTION("outb %%al, $0x80");
    check_exception("exception port access", at, SIGSEGV, SI_KERNEL, TRAP_PROTECTION, 0, 1);
    TRY_INSTRUCTION("int $0x20");
    /* Whether the error code has the vector times 8, as on real processors, or times 16 depends on QEMU's version. */
    check_exception("exception software interrupt", at, SIGSEGV, SI_KERNEL, TRAP_PROTECTION, last_fault.error, 1);
    reset(SIGFPE);
    reset(SIGILL);
    reset(SIGTRAP);
    reset(SIGSEGV);
}

/* ---- repair and return ---- */

static char *volatile repaired;
static volatile int repairs;

static void repair(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)context;
    repairs++;
    sys(SYS_mprotect, (unsigned long)information->si_addr & -PAGE, PAGE, READ_WRITE);
}

static void replace_register(int signal, siginfo_t *information, void *context)
{
    ucontext_t *user = context;
    (void)signal;
    (void)information;
    repairs++;
    user->uc_mcontext.gregs[REG_RBX] = (long)repaired;
}

static void test_repair(void)
{
    repaired = map_pages(20);
    repairs = 0;
    sys(SYS_mprotect, repaired, 20 * PAGE, PROT_NONE);
    handle(SIGSEGV, repair, 0);
    for (int i = 0; i < 20; i++)
        repaired[i * PAGE] = (char)i;
    int sum = 0;
    for (int i = 0; i < 20; i++)
        sum += repaired[i * PAGE];
    check("repair: one signal a page", repairs, 20);
    check("repair: the writes were done", sum, 190);
    handle(SIGSEGV, replace_register, 0);
    unsigned long value;
    __asm__ volatile("mov $16, %%ebx\n movzbl (%%rbx), %%eax" : "=a"(value) : : "rbx", "memory");
    check("repair: the handler changes a register", (long)value, repaired[0]);
    check("repair: one more signal", repairs, 21);
    /* All other registers must survive the handler. */
    unsigned long registers[14];
    __asm__ volatile("push %%rbp\n mov $1, %%eax\n mov $2, %%ecx\n mov $3, %%edx\n mov $4, %%esi\n mov $5, %%ebp\n mov $6, %%r8d\n"
                     "mov $7, %%r9d\n mov $8, %%r10d\n mov $9, %%r11d\n mov $10, %%r12d\n mov $11, %%r13d\n mov $12, %%r14d\n"
                     "mov $13, %%r15d\n mov $16, %%ebx\n stc\n movb (%%rbx), %%bl\n"
                     "mov %%rax, (%%rdi)\n mov %%rcx, 8(%%rdi)\n mov %%rdx, 16(%%rdi)\n mov %%rsi, 24(%%rdi)\n mov %%rbp, 32(%%rdi)\n"
                     "mov %%r8, 40(%%rdi)\n mov %%r9, 48(%%rdi)\n mov %%r10, 56(%%rdi)\n mov %%r11, 64(%%rdi)\n mov %%r12, 72(%%rdi)\n"
                     "mov %%r13, 80(%%rdi)\n mov %%r14, 88(%%rdi)\n mov %%r15, 96(%%rdi)\n setc 104(%%rdi)\n pop %%rbp"
                     : : "D"(registers)
                     : "rax", "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc");
    int same = 1;
    for (unsigned long i = 0; i < 13; i++)
        same &= registers[i] == i + 1;
    check_true("repair: all other registers are kept", same);
    check("repair: the carry flag is kept", (long)(registers[13] & 0xff), 1);
    reset(SIGSEGV);
    unmap(repaired, 20 * PAGE);
}

/* ---- stacks ---- */

static volatile unsigned long handler_stack;
static char alternate[16384] __attribute__((aligned(16)));

static void on_stack(int signal, siginfo_t *information, void *context)
{
    char here;
    handler_stack = (unsigned long)&here;
    note_fault(signal, information, context);
}

static int is_on_alternate(void)
{
    return handler_stack >= (unsigned long)alternate && handler_stack < (unsigned long)alternate + sizeof alternate;
}

static __attribute__((noinline)) unsigned long recurse(unsigned long depth)
{
    volatile char frame[1024];
    frame[0] = (char)depth;
    return depth == 0 ? 0 : recurse(depth - 1) + (unsigned long)frame[0];
}

static void overflow_without_alternate(void *argument)
{
    (void)argument;
    handle(SIGSEGV, note_fault, 0);
    recurse(1UL << 40);
}

static void overflow_with_alternate(void *argument)
{
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate, .ss_flags = 0};
    (void)argument;
    sys(SYS_sigaltstack, &stack, 0);
    handle(SIGSEGV, on_stack, SA_ONSTACK | SA_NODEFER);
    if (__builtin_setjmp(fault_return) == 0)
        recurse(1UL << 40);
    check_true("stack overflow: handler on the alternate stack", is_on_alternate());
    check("stack overflow: code", last_fault.code, SEGV_MAPERR);
    check("stack overflow: trap", last_fault.trap, TRAP_PAGE_FAULT);
    check("stack overflow: error code", last_fault.error, ERROR_USER | ERROR_WRITE);
}

static void overflow_into_guard(void *argument)
{
    char *stack = argument;
    volatile int *touched = (volatile int *)stack;
    (void)touched;
    __asm__ volatile("mov %0, %%rsp\n 1: push %%rax\n jmp 1b" : : "r"(stack + 4 * PAGE));
}

static void grow_deep(void *argument)
{
    (void)argument;
    recurse(6000);
}

static void stack_limit(void *argument)
{
    struct rlimit limit = {256 * 1024, 256 * 1024};
    (void)argument;
    sys(SYS_setrlimit, RLIMIT_STACK, &limit);
    recurse(6000);
}

static void test_stacks(void)
{
    check_text("stack grows to 6 MiB", status_name(in_child(grow_deep, NULL)), "exit 0");
    check_text("stack limit of 256 KiB", status_name(in_child(stack_limit, NULL)), "signal 11");
    check_text("stack overflow without alternate stack kills", status_name(in_child(overflow_without_alternate, NULL)), "signal 11");
    check("stack overflow with alternate stack", in_child(overflow_with_alternate, NULL), 0);
    char *stack = map_pages(4);
    sys(SYS_mprotect, stack, PAGE, PROT_NONE);
    check_text("guard page below a stack", status_name(in_child(overflow_into_guard, stack)), "signal 11");
    unmap(stack, 4 * PAGE);
}

static void unhandled_read(void *argument) { do_access(READ, argument); }

static void blocked_fault(void *argument)
{
    unsigned long mask = 1UL << (SIGSEGV - 1);
    handle(SIGSEGV, note_fault, 0);
    sys(SYS_rt_sigprocmask, SIG_BLOCK, &mask, 0, 8);
    do_access(READ, argument);
}

static void ignored_fault(void *argument)
{
    ignore(SIGSEGV);
    do_access(READ, argument);
}

static void fault_in_handler(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)information;
    (void)context;
    do_access(READ, (void *)0x20);
}

static void nested_fault(void *argument)
{
    handle(SIGSEGV, fault_in_handler, 0);
    do_access(READ, argument);
}

static void bad_stack_pointer(void *argument)
{
    handle(SIGSEGV, note_fault, 0);
    __asm__ volatile("mov %0, %%rsp\n movb (%%rsp), %%al" : : "r"(argument));
}

static void test_deaths(void)
{
    check_text("unhandled fault kills", status_name(in_child(unhandled_read, (void *)0x10)), "signal 11");
    check_text("blocked fault kills", status_name(in_child(blocked_fault, (void *)0x10)), "signal 11");
    check_text("ignored fault kills", status_name(in_child(ignored_fault, (void *)0x10)), "signal 11");
    check_text("fault in its own handler kills", status_name(in_child(nested_fault, (void *)0x10)), "signal 11");
    check_text("fault without a stack kills", status_name(in_child(bad_stack_pointer, (void *)0x10)), "signal 11");
    check_text("fault with a non-canonical stack kills", status_name(in_child(bad_stack_pointer, (void *)0x8000000000000000UL)), "signal 11");
}

/* A fault in the kernel's copy routines is an error, never a signal. */
static void test_copy_faults(void)
{
    char *memory = map_pages(2);
    int pipe[2];
    sys(SYS_mprotect, memory + PAGE, PAGE, PROT_NONE);
    sys(SYS_pipe, pipe);
    check("copy from nowhere", sys(SYS_write, pipe[1], 8, 4), -EFAULT);
    check("copy from the kernel's half", sys(SYS_write, pipe[1], 0xffffffff80200000UL, 4), -EFAULT);
    check("copy from a non-canonical address", sys(SYS_write, pipe[1], 0x8000000000000000UL, 4), -EFAULT);
    sys(SYS_write, pipe[1], "abcdefgh", 8);
    check("copy to nowhere", sys(SYS_read, pipe[0], 8, 4), -EFAULT);
    check("copy to the kernel's half", sys(SYS_read, pipe[0], 0xffffffff80200000UL, 4), -EFAULT);
    check("copy to a text page", sys(SYS_uname, (void *)(uintptr_t)test_deaths), -EFAULT);
    check("copy to the end of the user half", sys(SYS_uname, 0x7ffffffff000UL), -EFAULT);
    check("copy to an untouched page", sys(SYS_read, pipe[0], map_pages(1), 4), 4);
    check("structure across the end of what may be accessed", sys(SYS_uname, memory + PAGE - 16), -EFAULT);
    sys(SYS_mprotect, memory, PAGE, PROT_READ);
    check("copy to a read-only page", sys(SYS_read, pipe[0], memory, 4), -EFAULT);
    check("string without end", sys(SYS_chdir, memset(map_pages(2), 'a', 2 * PAGE)), -ENAMETOOLONG);
    sys(SYS_close, pipe[0]);
    sys(SYS_close, pipe[1]);
}

int main(void)
{
    test_contexts();
    test_exceptions();
    test_repair();
    test_stacks();
    test_deaths();
    test_copy_faults();
    return failures != 0;
}
