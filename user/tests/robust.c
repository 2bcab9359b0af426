/* What must not hurt the system, however often.
 *   robust bomb          processes that fork without end, under a limit of processes
 *   robust hog           a process that takes all memory there is
 *   robust rounds N      N times fork, exec, exit
 *   robust kills N       N times SIGKILL at a random moment of fork, exec, mmap and page-in
 *   robust recursion N   N times deep recursion into a stack's end
 *   robust leave         leaves a file behind: an audit of the kernel's must notice it
 * Lines that begin with "robust:" differ from run to run. */
#include "threads.h"
#include <sys/prctl.h>
#include <sys/sysinfo.h>

#define BOMB_LIMIT 60
#define BOMB_USER 4711
#define MEBIBYTE (1UL << 20)
#define ALLOWED_GROWTH (4 * MEBIBYTE) /* caches of the kernel; its exact accounting is looked at elsewhere */
#define FILE_PATH "/tmp/robust-file"
#define FILE_PAGES 256

static uint64_t state = 88172645463325252UL;

static unsigned long below(unsigned long limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 20) % limit;
}

static long parse(const char *text)
{
    long number = 0;
    while (*text >= '0' && *text <= '9')
        number = number * 10 + (*text++ - '0');
    return number;
}

static void reap(void)
{
    while (sys(SYS_wait4, -1, 0, 0x40000000, 0) != -ECHILD)
        ;
}

static long free_memory(void)
{
    struct sysinfo information;
    sys(SYS_sync);
    sys(SYS_sysinfo, &information);
    return (long)((information.freeram + information.bufferram) * information.mem_unit);
}

static void check_growth(const char *what, long before)
{
    long grown = before - free_memory();
    /* Some of it may be given back a little later. */
    for (int i = 0; i < 50 && grown >= (long)ALLOWED_GROWTH; i++) {
        sleep_milliseconds(100);
        grown = before - free_memory();
    }
    Line line = {.length = 0};
    add_text(&line, "robust: bytes less free than before: ");
    add_number(&line, grown);
    print_line(&line);
    check_true(what, grown < (long)ALLOWED_GROWTH);
}

static void check_fork(const char *what)
{
    int status = -1;
    long child = sys(SYS_fork);
    if (child == 0)
        leave(7);
    sys(SYS_wait4, child, &status, 0, 0);
    check_text(what, status_name(status), "exit 7");
}

/* ---- fork bomb ---- */

static void explode(void)
{
    volatile int *shared = (volatile int *)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    long first = sys(SYS_fork);
    if (first == 0) {
        struct rlimit limit = {BOMB_LIMIT, BOMB_LIMIT};
        sys(SYS_setpgid, 0, 0);
        sys(SYS_setrlimit, RLIMIT_NPROC, &limit);
        sys(SYS_setresuid, BOMB_USER, BOMB_USER, BOMB_USER);
        for (;;) {
            long child = sys(SYS_fork);
            if (child > 0)
                __atomic_add_fetch(&shared[0], 1, __ATOMIC_SEQ_CST);
            else if (child < 0) {
                shared[1] = (int)child;
                __atomic_add_fetch(&shared[2], 1, __ATOMIC_SEQ_CST);
                sleep_milliseconds(1);
            }
        }
    }
    /* Who made the last child may not have come to count it yet. */
    for (int i = 0; (shared[2] < 1000 || shared[0] < BOMB_LIMIT - 1) && i < 20000; i++)
        sleep_milliseconds(1);
    check("bomb: fork is refused with", shared[1], -EAGAIN);
    check("bomb: children before that", shared[0], BOMB_LIMIT - 1);
    check_fork("bomb: others can still fork");
    /* Some may be between fork and the first look at signals: as often as it takes. */
    while (sys(SYS_kill, -first, SIGKILL) == 0)
        while (sys(SYS_wait4, -1, 0, WNOHANG, 0) > 0)
            ;
    reap();
    check("bomb: all are gone", sys(SYS_kill, -first, 0), -ESRCH);
    unmap((void *)shared, PAGE);
}

static void bomb(void)
{
    /* The first one fills the caches of the kernel. */
    explode();
    long before = free_memory();
    explode();
    check_growth("bomb: the memory is free again", before);
}

/* ---- memory hog ---- */

static void take_all(void *argument)
{
    (void)argument;
    for (;;) {
        char *memory = (char *)sys(SYS_mmap, 0, MEBIBYTE, READ_WRITE, ANONYMOUS, -1, 0);
        if (failed(memory))
            continue;
        for (size_t i = 0; i < MEBIBYTE; i += PAGE)
            memory[i] = 1;
    }
}

/* A process with some memory, which is told to end and says then whether it still has it. */
static long start_bystander(volatile int *turn)
{
    const size_t bytes = 16 * MEBIBYTE;
    long child = sys(SYS_fork);
    if (child != 0)
        return child;
    char *memory = map(bytes, READ_WRITE, ANONYMOUS);
    for (size_t i = 0; i < bytes; i += PAGE)
        memory[i] = (char)(i / PAGE);
    *turn = 1;
    while (*turn != 2)
        sleep_milliseconds(5);
    int wrong = 0;
    for (size_t i = 0; i < bytes; i += PAGE)
        wrong |= memory[i] != (char)(i / PAGE);
    leave(wrong);
    return 0;
}

static void hog(void)
{
    volatile int *turn = (volatile int *)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    int status = -1;
    long before = free_memory(), bystander = start_bystander(turn);
    wait_until(turn, 1);
    for (int i = 0; i < 3; i++)
        check_text("hog: it is killed", status_name(in_child(take_all, NULL)), "signal 9");
    *turn = 2;
    sys(SYS_wait4, bystander, &status, 0, 0);
    check_text("hog: a smaller process keeps its memory", status_name(status), "exit 0");
    check_fork("hog: others live on");
    char *memory = map(32 * MEBIBYTE, READ_WRITE, ANONYMOUS);
    for (size_t i = 0; i < 32 * MEBIBYTE; i += PAGE)
        memory[i] = 1;
    check("hog: memory can be had again", memory[16 * MEBIBYTE], 1);
    unmap(memory, 32 * MEBIBYTE);
    unmap((void *)turn, PAGE);
    check_growth("hog: the memory is free again", before);
}

/* ---- rounds ---- */

static int round_trip(void)
{
    char *arguments[] = {"/tests/exec-target", "exit", "09", NULL};
    int status = -1;
    long child = sys(SYS_fork);
    if (child == 0) {
        sys(SYS_execve, arguments[0], arguments, arguments + 3);
        leave(1);
    }
    sys(SYS_wait4, child, &status, 0, 0);
    return status == 9 << 8;
}

static void rounds(long number)
{
    long right = 0;
    for (int i = 0; i < 50; i++)
        round_trip();
    long before = free_memory();
    for (long i = 0; i < number; i++)
        right += round_trip();
    check("rounds: all ended as they should", right, number);
    check_growth("rounds: memory stays", before);
}

/* ---- kills ---- */

static void be_busy(long file)
{
    char *arguments[] = {"/tests/exec-target", "exit", "00", NULL};
    for (;;) {
        size_t pages = 1 + below(FILE_PAGES - 1);
        char *memory = (char *)sys(SYS_mmap, 0, pages * PAGE, READ_WRITE, below(2) ? MAP_PRIVATE : MAP_SHARED, file, 0);
        char *anonymous = map_pages(pages);
        for (size_t i = 0; i < pages; i++) {
            anonymous[i * PAGE] = memory[i * PAGE];
            if (below(3) == 0)
                memory[i * PAGE] = 1;
        }
        long child = sys(SYS_fork);
        if (child == 0) {
            anonymous[below(pages) * PAGE] = 2;
            if (below(2) == 0)
                sys(SYS_execve, arguments[0], arguments, arguments + 3);
            leave(0);
        }
        if (below(4) != 0)
            sys(SYS_wait4, -1, 0, below(2) ? WNOHANG : 0, 0);
        sys(SYS_mremap, anonymous, pages * PAGE, 2 * pages * PAGE, MREMAP_MAYMOVE);
        sys(SYS_munmap, memory, pages * PAGE);
    }
}

static void kills(long number)
{
    long killed = 0;
    long file = sys(SYS_open, FILE_PATH, O_RDWR | O_CREAT | O_TRUNC, 0600);
    sys(SYS_ftruncate, file, FILE_PAGES * PAGE);
    sys(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    round_trip();
    long before = free_memory();
    for (long i = 0; i < number; i++) {
        int status = -1;
        state += (uint64_t)i * 2654435761UL;
        long child = sys(SYS_fork);
        if (child == 0) {
            sys(SYS_setpgid, 0, 0);
            be_busy(file);
        }
        sys(SYS_setpgid, child, child);
        struct timespec moment = {0, (long)below(3000000)};
        sys(SYS_nanosleep, &moment, 0);
        sys(SYS_kill, child, SIGKILL);
        sys(SYS_wait4, child, &status, 0, 0);
        killed += status == SIGKILL;
        sys(SYS_kill, -child, SIGKILL);
        reap();
    }
    check("kills: each died of it", killed, number);
    check("kills: no process is left", sys(SYS_wait4, -1, 0, WNOHANG, 0), -ECHILD);
    sys(SYS_ftruncate, file, 0);
    sys(SYS_close, file);
    sys(SYS_unlink, FILE_PATH);
    check_growth("kills: the memory is free again", before);
}

/* ---- recursion ---- */

static __attribute__((noinline)) unsigned long recurse(unsigned long depth)
{
    volatile char frame[4000];
    frame[0] = (char)depth;
    return depth == 0 ? 0 : recurse(depth - 1) + (unsigned long)frame[0];
}

static void fall(void *argument)
{
    (void)argument;
    recurse(1UL << 40);
}

static char alternate[16384] __attribute__((aligned(16)));

static void fall_and_return(void *argument)
{
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate, .ss_flags = 0};
    (void)argument;
    sys(SYS_sigaltstack, &stack, 0);
    handle(SIGSEGV, note_fault, SA_ONSTACK | SA_NODEFER);
    for (int i = 0; i < 5; i++)
        if (__builtin_setjmp(fault_return) == 0)
            recurse(1UL << 40);
    leave(last_fault.signal == SIGSEGV ? 3 : 4);
}

static void fall_in_thread(void *argument)
{
    Thread thread;
    (void)argument;
    /* Such a stack doesn't grow, and nothing lies below it. */
    start_thread(&thread, fall, NULL);
    join(&thread);
}

static void recursion(long number)
{
    static const struct {
        const char *name, *wanted;
        void (*function)(void *);
    } kinds[] = {{"recursion: it dies", "signal 11", fall}, {"recursion: it goes on from an alternate stack", "exit 3", fall_and_return},
                 {"recursion: in a thread", "signal 11", fall_in_thread}};
    long before = free_memory();
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const char *result = kinds[i].wanted;
        Line last = {.length = 0};
        for (long j = 0; j < number && strcmp(result, kinds[i].wanted) == 0; j++) {
            memset(&last, 0, sizeof last);
            add_text(&last, status_name(in_child(kinds[i].function, NULL)));
            result = last.text;
        }
        check_text(kinds[i].name, result, kinds[i].wanted);
    }
    check_growth("recursion: the memory is free again", before);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    long number = argc > 2 ? parse(argv[2]) : 10;
    if (strcmp(what, "bomb") == 0)
        bomb();
    else if (strcmp(what, "hog") == 0)
        hog();
    else if (strcmp(what, "rounds") == 0)
        rounds(number);
    else if (strcmp(what, "kills") == 0)
        kills(number);
    else if (strcmp(what, "recursion") == 0)
        recursion(number);
    else if (strcmp(what, "leave") == 0)
        sys(SYS_open, "/tmp/robust-left", O_RDWR | O_CREAT, 0600);
    else
        return 2;
    return failures != 0;
}
