/* What every test program shares: raw system calls, and checks that print one line each.
 *
 * A line is "ok CALL CASE: RESULT" or "not ok CALL CASE: RESULT, expected RESULT". Lines hold nothing that differs from
 * run to run (addresses, process ids, times), because the lines of two kernels are compared. Each line is one write. */
#ifndef CHECK_H
#define CHECK_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096UL
#define LARGE_PAGE (2UL << 20)
#define READ_WRITE (PROT_READ | PROT_WRITE)
#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

/* Makes a call. Returns what the kernel returned: a negated error number on failure. */
static inline long call6(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#define PADDED_CALL(n, a, b, c, d, e, f, ...) \
    call6((long)(n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define sys(...) PADDED_CALL(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static inline int failed(const void *address) { return (unsigned long)address > -PAGE; }

/* ---- text ---- */

static const char *const error_names[] = {
    [EPERM] = "EPERM", [ENOENT] = "ENOENT", [ESRCH] = "ESRCH", [EINTR] = "EINTR", [EIO] = "EIO", [ENXIO] = "ENXIO",
    [E2BIG] = "E2BIG", [ENOEXEC] = "ENOEXEC", [EBADF] = "EBADF", [ECHILD] = "ECHILD", [EAGAIN] = "EAGAIN",
    [ENOMEM] = "ENOMEM", [EACCES] = "EACCES", [EFAULT] = "EFAULT", [ENOTBLK] = "ENOTBLK", [EBUSY] = "EBUSY",
    [EEXIST] = "EEXIST", [EXDEV] = "EXDEV", [ENODEV] = "ENODEV", [ENOTDIR] = "ENOTDIR", [EISDIR] = "EISDIR",
    [EINVAL] = "EINVAL", [ENFILE] = "ENFILE", [EMFILE] = "EMFILE", [ENOTTY] = "ENOTTY", [ETXTBSY] = "ETXTBSY",
    [EFBIG] = "EFBIG", [ENOSPC] = "ENOSPC", [ESPIPE] = "ESPIPE", [EROFS] = "EROFS", [EMLINK] = "EMLINK",
    [EPIPE] = "EPIPE", [EDOM] = "EDOM", [ERANGE] = "ERANGE", [EDEADLK] = "EDEADLK", [ENAMETOOLONG] = "ENAMETOOLONG",
    [ENOSYS] = "ENOSYS", [ENOTEMPTY] = "ENOTEMPTY", [ELOOP] = "ELOOP", [ENODATA] = "ENODATA", [ETIME] = "ETIME",
    [EOVERFLOW] = "EOVERFLOW", [ELIBBAD] = "ELIBBAD", [EOPNOTSUPP] = "EOPNOTSUPP", [ETIMEDOUT] = "ETIMEDOUT",
    [EOWNERDEAD] = "EOWNERDEAD",
};

typedef struct {
    char text[512];
    size_t length;
} Line;

static void add_text(Line *line, const char *text)
{
    while (*text != 0 && line->length < sizeof line->text - 1)
        line->text[line->length++] = *text++;
}

static void add_number(Line *line, long number)
{
    char digits[24];
    size_t place = sizeof digits;
    unsigned long rest = number < 0 ? -(unsigned long)number : (unsigned long)number;
    digits[--place] = 0;
    do
        digits[--place] = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (number < 0)
        digits[--place] = '-';
    add_text(line, digits + place);
}

/* A number, or the name of the error that it stands for. */
static void add_result(Line *line, long result)
{
    if (result < 0 && -result < (long)COUNT(error_names) && error_names[-result] != NULL)
        add_text(line, error_names[-result]);
    else
        add_number(line, result);
}

static void print_line(Line *line)
{
    line->text[line->length++] = '\n';
    for (size_t done = 0; done < line->length;) {
        long written = sys(SYS_write, 1, line->text + done, line->length - done);
        if (written <= 0)
            break;
        done += (size_t)written;
    }
}

/* ---- checks ---- */

/* How many checks failed in this process; main returns it as 0 or 1. */
static int failures;

/* Checks a result: a number, or a negated error number. */
static void check(const char *what, long got, long wanted)
{
    Line line = {.length = 0};
    add_text(&line, got == wanted ? "ok " : "not ok ");
    add_text(&line, what);
    add_text(&line, ": ");
    add_result(&line, got);
    if (got != wanted) {
        failures++;
        add_text(&line, ", expected ");
        add_result(&line, wanted);
    }
    print_line(&line);
}

static void check_text(const char *what, const char *got, const char *wanted)
{
    Line line = {.length = 0};
    int same = strcmp(got, wanted) == 0;
    add_text(&line, same ? "ok " : "not ok ");
    add_text(&line, what);
    add_text(&line, ": ");
    add_text(&line, got);
    if (!same) {
        failures++;
        add_text(&line, ", expected ");
        add_text(&line, wanted);
    }
    print_line(&line);
}

static void check_true(const char *what, int condition) { check_text(what, condition ? "yes" : "no", "yes"); }

/* Checks that a call succeeded whose result differs from run to run: an address, an id. */
static void check_success(const char *what, long result)
{
    Line line = {.length = 0};
    int success = result >= 0 || result < -4095;
    if (success) {
        check_text(what, "success", "success");
        return;
    }
    add_result(&line, result);
    check_text(what, line.text, "success");
}

/* ---- memory ---- */

/* Maps memory that a test needs and doesn't test. */
static char *map(size_t bytes, int protection, int flags)
{
    char *memory = (char *)sys(SYS_mmap, 0, bytes, protection, flags, -1, 0);
    if (failed(memory)) {
        check("mmap for a test", (long)memory, 0);
        sys(SYS_exit_group, 99);
    }
    return memory;
}

static char *map_pages(size_t pages) { return map(pages * PAGE, READ_WRITE, ANONYMOUS); }

static void unmap(void *memory, size_t bytes) { sys(SYS_munmap, memory, bytes); }

/* ---- what an access does ---- */

typedef struct {
    int signal; /* 0: the access was done */
    int code;
    void *address;
    long trap;
    long error;
} Fault;

static volatile Fault last_fault;
static void *fault_return[5];

static void note_fault(int signal, siginfo_t *information, void *context)
{
    ucontext_t *user = context;
    last_fault.signal = signal;
    last_fault.code = information->si_code;
    last_fault.address = information->si_addr;
    last_fault.trap = user->uc_mcontext.gregs[REG_TRAPNO];
    last_fault.error = user->uc_mcontext.gregs[REG_ERR];
    __builtin_longjmp(fault_return, 1);
}

static void handle(int signal, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | flags;
    sigaction(signal, &action, NULL);
}

static void ignore(int signal)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_IGN;
    sigaction(signal, &action, NULL);
}

static void reset(int signal)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, NULL);
}

enum Access { READ, WRITE, EXECUTE };

static __attribute__((noinline)) void do_access(enum Access access, volatile char *address)
{
    switch (access) {
    case READ:
        (void)*address;
        break;
    case WRITE:
        *address = *address == 1 ? 2 : 1;
        break;
    case EXECUTE:
        ((void (*)(void))(uintptr_t)address)();
        break;
    }
}

/* Writes without reading first, so that the fault is the write's. */
static __attribute__((noinline)) void store(volatile char *address, char value) { *address = value; }

/* Reads, overwrites (with 1) or calls the byte at an address, and tells in last_fault what came of it. */
static __attribute__((noinline)) void try_access(enum Access access, void *address)
{
    int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP};
    memset((void *)&last_fault, 0, sizeof last_fault);
    for (size_t i = 0; i < COUNT(signals); i++)
        handle(signals[i], note_fault, SA_NODEFER);
    if (__builtin_setjmp(fault_return) == 0) {
        if (access == WRITE)
            store(address, 1);
        else
            do_access(access, address);
    }
    for (size_t i = 0; i < COUNT(signals); i++)
        reset(signals[i]);
}

static const char *fault_name(void)
{
    switch (last_fault.signal) {
    case 0:
        return "done";
    case SIGSEGV:
        return last_fault.code == SEGV_MAPERR ? "SEGV_MAPERR" : last_fault.code == SEGV_ACCERR ? "SEGV_ACCERR"
            : last_fault.code == SI_KERNEL ? "SIGSEGV by the kernel" : "SIGSEGV";
    case SIGBUS:
        return last_fault.code == BUS_ADRERR ? "BUS_ADRERR" : "SIGBUS";
    case SIGILL:
        return "SIGILL";
    default:
        return "another signal";
    }
}

/* Checks what an access does: "done", "SEGV_MAPERR", "SEGV_ACCERR" or "BUS_ADRERR", the last three with si_addr right. */
static void check_access(const char *what, enum Access access, void *address, const char *wanted)
{
    Line line = {.length = 0};
    try_access(access, address);
    add_text(&line, fault_name());
    if (last_fault.signal != 0 && last_fault.address != address)
        add_text(&line, " elsewhere");
    check_text(what, line.text, wanted);
}

/* ---- processes ---- */

static void leave(int status)
{
    for (;;)
        sys(SYS_exit_group, status);
}

/* Runs a function in a child process and waits for its end. Returns the status as wait4 gives it. */
static int in_child(void (*function)(void *), void *argument)
{
    int status = -1;
    long child = sys(SYS_fork);
    if (child == 0) {
        failures = 0;
        function(argument);
        leave(failures != 0);
    }
    if (child < 0)
        return (int)child;
    while (sys(SYS_wait4, child, &status, 0, 0) == -EINTR)
        ;
    return status;
}

/* A wait status as text: "exit 3", "SIGSEGV", "SIGKILL". */
static const char *status_name(int status)
{
    static Line line;
    memset(&line, 0, sizeof line);
    if (WIFEXITED(status))
        add_text(&line, "exit "), add_number(&line, WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        add_text(&line, "signal "), add_number(&line, WTERMSIG(status));
    else if (WIFSTOPPED(status))
        add_text(&line, "stopped "), add_number(&line, WSTOPSIG(status));
    else
        add_text(&line, "continued");
    return line.text;
}

static void sleep_milliseconds(long milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (sys(SYS_nanosleep, &time, &time) == -EINTR)
        ;
}

/* Two processes or threads take turns through such a word in shared memory. */
static void wait_until(volatile int *word, int value)
{
    for (int i = 0; *word != value && i < 20000; i++) {
        sys(SYS_sched_yield);
        if (i > 100)
            sleep_milliseconds(1);
    }
}

#endif
