/* The x87, SSE and general registers of a thread survive faults, calls, signals and switches. */
#include "threads.h"

/* What fxsave writes: control words, eight x87 registers, sixteen xmm registers. */
typedef struct {
    unsigned char bytes[512];
} __attribute__((aligned(16))) FloatState;

static void save(FloatState *state) { __asm__ volatile("fxsave64 %0" : "=m"(*state)); }

static void load_known(unsigned seed)
{
    static FloatState known;
    FloatState state;
    memset(&known, 0, sizeof known);
    __asm__ volatile("fninit");
    save(&state);
    memcpy(known.bytes, state.bytes, 32);
    /* 80-bit numbers: 1.something times a small power of two. */
    known.bytes[4] = 0xff;
    for (unsigned i = 0; i < 8; i++) {
        for (unsigned j = 0; j < 7; j++)
            known.bytes[32 + i * 16 + j] = (unsigned char)(seed + i * 7 + j);
        known.bytes[32 + i * 16 + 7] = 0x80;
        known.bytes[32 + i * 16 + 8] = (unsigned char)(0xff - i);
        known.bytes[32 + i * 16 + 9] = 0x3f;
    }
    for (unsigned i = 0; i < 256; i++)
        known.bytes[160 + i] = (unsigned char)(seed * 3 + i);
    /* Rounding towards zero in both units: MXCSR's and the control word's rounding bits. */
    known.bytes[1] |= 0x0c;
    known.bytes[25] |= 0x60;
    __asm__ volatile("fxrstor64 %0" : : "m"(known));
}

/* The parts that a program sees: control word, tags, MXCSR, registers. */
static int same(const FloatState *one, const FloatState *two)
{
    int equal = memcmp(one->bytes, two->bytes, 2) == 0 && one->bytes[4] == two->bytes[4] && memcmp(one->bytes + 24, two->bytes + 24, 4) == 0;
    for (int i = 0; i < 8; i++)
        equal &= memcmp(one->bytes + 32 + i * 16, two->bytes + 32 + i * 16, 10) == 0;
    return equal && memcmp(one->bytes + 160, two->bytes + 160, 256) == 0;
}

static void reset_state(void)
{
    unsigned control = 0x1f80;
    __asm__ volatile("fninit\n ldmxcsr %0" : : "m"(control));
}

/* Nothing between the two saves may be compiled code that uses the registers: one assembly statement each. */
#define ACROSS(seed, before, after, ...)                                                                                \
    do {                                                                                                                \
        load_known(seed);                                                                                                \
        __asm__ volatile("fxsave64 %0\n" __VA_ARGS__ "\nfxsave64 %1"                                                     \
                         : "=m"(before), "=m"(after)                                                                     \
                         : "r"(address)                                                                                  \
                         : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory");                       \
        reset_state();                                                                                                   \
    } while (0)

static volatile int handler_runs;

static void destroy(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)information;
    (void)context;
    handler_runs++;
    __asm__ volatile("fninit\n fldpi\n fld1\n pcmpeqd %%xmm0, %%xmm0\n movdqa %%xmm0, %%xmm7\n movdqa %%xmm0, %%xmm8\n movdqa %%xmm0, %%xmm15"
                     : : : "xmm0", "xmm7", "xmm8", "xmm15");
}

static void repair_and_destroy(int signal, siginfo_t *information, void *context)
{
    sys(SYS_mprotect, (unsigned long)information->si_addr & -PAGE, PAGE, READ_WRITE);
    destroy(signal, information, context);
}

static volatile long expected_mxcsr;

static void look_at_context(int signal, siginfo_t *information, void *context)
{
    ucontext_t *user = context;
    const unsigned char *state = (const unsigned char *)user->uc_mcontext.fpregs;
    (void)signal;
    (void)information;
    handler_runs = state != NULL && ((unsigned long)state & 15) == 0 && state[160] == 33 && (state[25] & 0x60) == 0x60;
    ((unsigned char *)user->uc_mcontext.fpregs)[160] = 99;
}

static void test_one_thread(void)
{
    FloatState before, after;
    char *address = map_pages(3);
    handle(SIGUSR1, destroy, 0);
    handle(SIGSEGV, repair_and_destroy, 0);
    handle(SIGALRM, destroy, 0);
    ACROSS(1, before, after, "movb $1, (%2)");
    check_true("state across a page fault", same(&before, &after));
    ACROSS(2, before, after, "mov $39, %%eax\n syscall");
    check_true("state across a call", same(&before, &after));
    ACROSS(3, before, after, "mov $24, %%eax\n syscall");
    check_true("state across sched_yield", same(&before, &after));
    sys(SYS_mprotect, address + PAGE, PAGE, PROT_NONE);
    address += PAGE;
    ACROSS(4, before, after, "movb $1, (%2)");
    check_true("state across a signal of a fault", same(&before, &after));
    check("state: its handler ran", handler_runs, 1);
    address -= PAGE;
    static struct {
        long pid;
    } self;
    self.pid = sys(SYS_getpid);
    address = (char *)self.pid;
    ACROSS(5, before, after, "mov %2, %%rdi\n mov $10, %%esi\n mov $62, %%eax\n syscall");
    check_true("state across a signal", same(&before, &after));
    check("state: that handler ran", handler_runs, 2);
    /* A loop long enough that timer interrupts, switches and a signal come in between. */
    struct itimerval timer = {{0, 0}, {0, 50000}};
    sys(SYS_setitimer, ITIMER_REAL, &timer, 0);
    address = (char *)&handler_runs;
    ACROSS(6, before, after, "1: cmpl $3, (%2)\n jne 1b");
    check_true("state across interrupts and a signal in a loop", same(&before, &after));
    reset(SIGSEGV);
    reset(SIGALRM);

    handle(SIGUSR1, look_at_context, 0);
    address = (char *)self.pid;
    ACROSS(11, before, after, "mov %2, %%rdi\n mov $10, %%esi\n mov $62, %%eax\n syscall");
    check("the context has the state", handler_runs, 1);
    check("rt_sigreturn takes the context's state", after.bytes[160], 99);
    check("and all the rest of it", memcmp(before.bytes + 161, after.bytes + 161, 255), 0);
    reset(SIGUSR1);
}

static volatile int wrong, stop;

static void keep_state(void *argument)
{
    FloatState before, after;
    unsigned seed = (unsigned)(long)argument;
    char *address = (char *)&stop;
    for (int i = 0; i < 40; i++) {
        ACROSS(seed + (unsigned)i, before, after, "mov $200000, %%ecx\n 1: dec %%ecx\n jnz 1b\n mov $24, %%eax\n syscall");
        if (!same(&before, &after))
            __atomic_add_fetch(&wrong, 1, __ATOMIC_SEQ_CST);
    }
}

static void test_switches(void)
{
    Thread threads[4];
    for (long i = 0; i < 4; i++)
        start_thread(&threads[i], keep_state, (void *)(i * 50));
    for (int i = 0; i < 4; i++)
        join(&threads[i]);
    check("state across switches of four threads", wrong, 0);
    long children[3];
    int bad = 0;
    for (long i = 0; i < 3; i++) {
        children[i] = sys(SYS_fork);
        if (children[i] == 0) {
            wrong = 0;
            keep_state((void *)(i * 60));
            leave(wrong != 0);
        }
    }
    for (int i = 0; i < 3; i++) {
        int status = -1;
        sys(SYS_wait4, children[i], &status, 0, 0);
        bad |= status;
    }
    check("state across switches of three processes", bad, 0);
}

static void test_inheritance(void)
{
    FloatState before, after;
    FloatState *childs = (FloatState *)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    long result;
    int status;
    load_known(77);
    __asm__ volatile("fxsave64 %1\n mov $57, %%eax\n syscall\n test %%rax, %%rax\n jnz 1f\n fxsave64 (%3)\n mov $231, %%eax\n xor %%edi, %%edi\n"
                     "syscall\n 1: fxsave64 %2"
                     : "=&a"(result), "=m"(before), "=m"(after)
                     : "r"(childs)
                     : "rcx", "r11", "rdi", "memory");
    reset_state();
    sys(SYS_wait4, result, &status, 0, 0);
    check_true("fork: the parent keeps its state", same(&before, &after));
    check_true("fork: the child has it too", same(&before, childs));
}

/* The registers that a call keeps, and the two that it doesn't. */
static void test_calls(void)
{
    unsigned long kept[13];
    __asm__ volatile("push %%rbp\n push %%rbx\n mov %0, %%rax\n push %%rax\n"
                     "mov $2, %%ebx\n mov $3, %%edx\n mov $4, %%esi\n mov $5, %%edi\n mov $6, %%ebp\n mov $8, %%r8d\n mov $9, %%r9d\n mov $10, %%r10d\n"
                     "mov $12, %%r12d\n mov $13, %%r13d\n mov $14, %%r14d\n mov $15, %%r15d\n std\n stc\n mov $39, %%eax\n syscall\n"
                     "pushf\n cld\n pop %%rcx\n pop %%rax\n mov %%rcx, 96(%%rax)\n"
                     "mov %%rbx, (%%rax)\n mov %%rdx, 8(%%rax)\n mov %%rsi, 16(%%rax)\n mov %%rdi, 24(%%rax)\n mov %%rbp, 32(%%rax)\n"
                     "mov %%r8, 40(%%rax)\n mov %%r9, 48(%%rax)\n mov %%r10, 56(%%rax)\n mov %%r12, 64(%%rax)\n mov %%r13, 72(%%rax)\n"
                     "mov %%r14, 80(%%rax)\n mov %%r15, 88(%%rax)\n pop %%rbx\n pop %%rbp"
                     :
                     : "r"(kept)
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc");
    static const unsigned long wanted[] = {2, 3, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15};
    int equal = 1;
    for (size_t i = 0; i < COUNT(wanted); i++)
        equal &= kept[i] == wanted[i];
    check_true("a call keeps all registers but rax, rcx and r11", equal);
    check("a call keeps the carry and direction flags", (long)(kept[12] & 0x401), 0x401);
}

int main(void)
{
    test_one_thread();
    test_switches();
    test_inheritance();
    test_calls();
    return failures != 0;
}
