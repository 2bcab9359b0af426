/* fork, vfork and clone: what a child sees of memory, descriptors and signals, and what it doesn't. */
#include "check.h"

#define PAGES 700

static int all_bytes(const char *memory, size_t pages, char value)
{
    for (size_t i = 0; i < pages; i++)
        if (memory[i * PAGE] != value)
            return 0;
    return 1;
}

static void fill(char *memory, size_t pages, char value)
{
    for (size_t i = 0; i < pages; i++)
        memory[i * PAGE] = value;
}

static void child_writes(void *argument)
{
    char *memory = argument;
    check_true("fork child sees the parent's memory", all_bytes(memory, PAGES, 1));
    fill(memory, PAGES, 2);
    check_true("fork child sees its own writes", all_bytes(memory, PAGES, 2));
}

static void test_private(void)
{
    char *memory = map_pages(PAGES);
    fill(memory, PAGES, 1);
    check("fork child", in_child(child_writes, memory), 0);
    check_true("fork child's writes are not seen by the parent", all_bytes(memory, PAGES, 1));
    volatile int *turn = (volatile int *)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    *turn = 0;
    long child = sys(SYS_fork);
    if (child == 0) {
        wait_until(turn, 1);
        check_true("fork parent's writes are not seen by the child", all_bytes(memory, PAGES, 1));
        leave(failures);
    }
    fill(memory, PAGES, 3);
    *turn = 1;
    int status = -1;
    sys(SYS_wait4, child, &status, 0, 0);
    check("fork child after the parent's writes", status, 0);
    check_true("fork parent keeps its writes", all_bytes(memory, PAGES, 3));
    unmap(memory, PAGES * PAGE);
}

static void shared_child(void *argument)
{
    char *memory = argument;
    check("fork shared memory: child sees the parent's", memory[0], 1);
    memory[PAGE] = 2;
    memory[2 * PAGE] = 3;
}

static void test_shared(void)
{
    char *memory = map(4 * PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    memory[0] = 1;
    check("fork with shared memory", in_child(shared_child, memory), 0);
    check("fork shared memory: parent sees the child's", memory[PAGE], 2);
    check("fork shared memory: untouched page before fork", memory[2 * PAGE], 3);
    unmap(memory, 4 * PAGE);
}

/* Each generation adds one to its page and checks that all older pages hold what the ancestors wrote. */
static int generations(char *memory, int depth, int limit)
{
    memory[depth * PAGE] = (char)(depth + 1);
    if (depth == limit)
        return 0;
    int status = -1;
    long child = sys(SYS_fork);
    if (child == 0) {
        int wrong = 0;
        for (int i = 0; i <= depth; i++)
            wrong |= memory[i * PAGE] != (char)(i + 1);
        for (int i = depth + 1; i <= limit; i++)
            wrong |= memory[i * PAGE] != 0;
        memory[0] = 1;
        leave(wrong ? 1 : generations(memory, depth + 1, limit));
    }
    sys(SYS_wait4, child, &status, 0, 0);
    return status != 0 || memory[(depth + 1) * PAGE] != 0;
}

static void test_generations(void)
{
    char *memory = map_pages(64);
    check("fork of 50 generations", generations(memory, 0, 50), 0);
    unmap(memory, 64 * PAGE);
    memory = map_pages(64);
    fill(memory, 64, 1);
    int wrong = 0;
    for (int i = 0; i < 50; i++) {
        int status = -1;
        long child = sys(SYS_fork);
        if (child == 0) {
            int bad = !all_bytes(memory + i * PAGE, 64 - (size_t)i, 1);
            fill(memory, 64, 9);
            leave(bad);
        }
        sys(SYS_wait4, child, &status, 0, 0);
        memory[i * PAGE] = 2;
        wrong |= status != 0;
    }
    check("fork of 50 children in turn", wrong, 0);
    check_true("fork of 50 children: the parent's pages", all_bytes(memory, 50, 2) && all_bytes(memory + 50 * PAGE, 14, 1));
    unmap(memory, 64 * PAGE);
}

static void protected_child(void *argument)
{
    char *memory = argument;
    check_access("fork read-only page: child's write", WRITE, memory, "SEGV_ACCERR");
    check("fork mprotect in the child", sys(SYS_mprotect, memory, PAGE, READ_WRITE), 0);
    memory[0] = 9;
    check("fork munmap in the child", sys(SYS_munmap, memory + PAGE, PAGE), 0);
    check_access("fork munmap in the child: gone there", READ, memory + PAGE, "SEGV_MAPERR");
    check_success("fork mmap in the child", sys(SYS_mmap, memory + PAGE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0));
    check("fork mmap in the child is zero", memory[PAGE], 0);
    memory[PAGE] = 3;
    check_success("fork mremap in the child", sys(SYS_mremap, memory + 2 * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, memory + 3 * PAGE));
    check("fork mremap in the child: contents", memory[3 * PAGE], 7);
    check("fork madvise dontneed in the child", sys(SYS_madvise, memory + 3 * PAGE, PAGE, MADV_DONTNEED), 0);
    check("fork madvise dontneed in the child: zero", memory[3 * PAGE], 0);
}

static void test_layout(void)
{
    char *memory = map_pages(4);
    fill(memory, 4, 7);
    sys(SYS_mprotect, memory, PAGE, PROT_READ);
    check("fork then changes of the layout", in_child(protected_child, memory), 0);
    check_access("fork: parent's protection stays", WRITE, memory, "SEGV_ACCERR");
    check_true("fork: parent's pages stay", all_bytes(memory, 4, 7));
    unmap(memory, 4 * PAGE);
    /* The heap too. */
    unsigned long heap = (unsigned long)sys(SYS_brk, 0);
    sys(SYS_brk, heap + 8 * PAGE);
    ((char *)heap)[PAGE] = 5;
    int status = -1;
    long child = sys(SYS_fork);
    if (child == 0) {
        int wrong = ((char *)heap)[PAGE] != 5 || (unsigned long)sys(SYS_brk, 0) != heap + 8 * PAGE;
        ((char *)heap)[PAGE] = 6;
        sys(SYS_brk, heap);
        leave(wrong);
    }
    sys(SYS_wait4, child, &status, 0, 0);
    check("fork heap: child", status, 0);
    check("fork heap: parent", ((char *)heap)[PAGE], 5);
    sys(SYS_brk, heap);
}

static void test_what_is_inherited(void)
{
    int pipe[2], status = -1;
    unsigned long mask = 1UL << (SIGUSR1 - 1), pending = 0;
    char byte = 0;
    sys(SYS_pipe, pipe);
    sys(SYS_rt_sigprocmask, SIG_BLOCK, &mask, 0, 8);
    sys(SYS_kill, sys(SYS_getpid), SIGUSR1);
    long parent = sys(SYS_getpid), group = sys(SYS_getpgrp);
    long child = sys(SYS_fork);
    if (child == 0) {
        unsigned long now = 0;
        sys(SYS_rt_sigprocmask, SIG_BLOCK, 0, &now, 8);
        sys(SYS_rt_sigpending, &pending, 8);
        check_true("fork: child has the mask", now == mask);
        check("fork: child has no pending signal", (long)pending, 0);
        check_true("fork: child's parent", sys(SYS_getppid) == parent);
        check_true("fork: child has another id", sys(SYS_getpid) != parent && sys(SYS_gettid) == sys(SYS_getpid));
        check_true("fork: child has the group", sys(SYS_getpgrp) == group);
        check("fork: child has the descriptors", sys(SYS_write, pipe[1], "x", 1), 1);
        sys(SYS_close, pipe[0]);
        struct itimerval timer;
        sys(SYS_getitimer, ITIMER_REAL, &timer);
        check("fork: child has no timer", timer.it_value.tv_sec, 0);
        leave(failures != 0);
    }
    sys(SYS_wait4, child, &status, 0, 0);
    check("fork inheritance: child", status, 0);
    sys(SYS_rt_sigpending, &pending, 8);
    check_true("fork: parent's signal is still pending", pending == mask);
    check("fork: parent's descriptor is still open", sys(SYS_read, pipe[0], &byte, 1), 1);
    ignore(SIGUSR1);
    sys(SYS_rt_sigprocmask, SIG_UNBLOCK, &mask, 0, 8);
    reset(SIGUSR1);
    sys(SYS_close, pipe[0]);
    sys(SYS_close, pipe[1]);
    long file = sys(SYS_open, "/tmp/fork", O_RDWR | O_CREAT | O_TRUNC, 0600);
    sys(SYS_write, file, "0123456789", 10);
    sys(SYS_lseek, file, 2, SEEK_SET);
    child = sys(SYS_fork);
    if (child == 0) {
        sys(SYS_read, file, &byte, 1);
        leave(byte == '2' ? 0 : 1);
    }
    sys(SYS_wait4, child, &status, 0, 0);
    check("fork: file offset in the child", status, 0);
    check("fork: the file offset is shared", sys(SYS_lseek, file, 0, SEEK_CUR), 3);
    sys(SYS_close, file);
    sys(SYS_unlink, "/tmp/fork");
}

static volatile int vfork_word;

static __attribute__((noinline)) long start_vfork(void)
{
    /* The child uses the parent's stack: nothing may return from here in the child. */
    long result;
    __asm__ volatile("mov $58, %%eax\n syscall\n test %%rax, %%rax\n jnz 1f\n movl $5, vfork_word(%%rip)\n mov $231, %%eax\n"
                     "mov $3, %%edi\n syscall\n 1:"
                     : "=a"(result)
                     :
                     : "rcx", "r11", "rdi", "memory");
    return result;
}

static void test_vfork(void)
{
    int status = -1;
    vfork_word = 1;
    long child = start_vfork();
    check_success("vfork", child);
    check("vfork: the child's write is the parent's", vfork_word, 5);
    sys(SYS_wait4, child, &status, 0, 0);
    check_text("vfork: status", status_name(status), "exit 3");
}

static volatile int signals_seen;

static void count_signal(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)information;
    (void)context;
    signals_seen++;
}

/* Starts a child that its grandparent waits for. */
static void start_sibling(void *argument)
{
    (void)argument;
    if (sys(SYS_clone, CLONE_PARENT | SIGUSR1, 0, 0, 0, 0) == 0)
        leave(5);
}

/* What a child's end sends is chosen by who asked for the child; other parents get SIGCHLD. */
static void test_exit_signals(void)
{
    int status = -1;
    handle(SIGUSR1, count_signal, 0);
    long child = sys(SYS_clone, SIGUSR1, 0, 0, 0, 0);
    if (child == 0)
        leave(4);
    while (sys(SYS_wait4, child, &status, 0x80000000U, 0) == -EINTR)
        ;
    check("clone with another signal: the parent gets it", signals_seen, 1);
    signals_seen = 0;
    check("clone parent: the child that asks", in_child(start_sibling, NULL), 0);
    check_true("clone parent: its child is the parent's", sys(SYS_wait4, -1, &status, 0, 0) > 0);
    check_text("clone parent: status", status_name(status), "exit 5");
    check("clone parent: no signal but SIGCHLD", signals_seen, 0);
    child = sys(SYS_clone, 255, 0, 0, 0, 0);
    if (child == 0)
        leave(6);
    sys(SYS_wait4, child, &status, 0x80000000U, 0);
    check_text("clone with a number that is no signal", status_name(status), "exit 6");
    reset(SIGUSR1);
}

static void test_clone_processes(void)
{
    int status = -1, parent_id = 0;
    volatile int *child_id = (volatile int *)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    long child = sys(SYS_clone, SIGCHLD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID, 0, &parent_id, child_id, 0);
    if (child == 0)
        leave(*child_id == sys(SYS_gettid) ? 0 : 1);
    sys(SYS_wait4, child, &status, 0, 0);
    check("clone child_settid", status, 0);
    check_true("clone parent_settid", parent_id == child);
    child = sys(SYS_clone, 0, 0, 0, 0, 0);
    if (child == 0)
        leave(4);
    check("clone without a signal: wait doesn't see it", sys(SYS_wait4, child, &status, 0, 0), -ECHILD);
    check("clone without a signal: wait with __WCLONE does", sys(SYS_wait4, child, &status, 0x80000000U, 0) == child, 1);
    check_text("clone without a signal: status", status_name(status), "exit 4");
    check("clone thread without sighand", sys(SYS_clone, CLONE_THREAD, 0, 0, 0, 0), -EINVAL);
    check("clone sighand without vm", sys(SYS_clone, CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0), -EINVAL);
    check("clone thread without vm", sys(SYS_clone, CLONE_THREAD | CLONE_SIGHAND, 0, 0, 0, 0), -EINVAL);
    /* CLONE_FILES: descriptors are one. */
    volatile int *turn = child_id;
    *turn = 0;
    child = sys(SYS_clone, SIGCHLD | CLONE_FILES, 0, 0, 0, 0);
    if (child == 0) {
        *turn = (int)sys(SYS_open, "/dev/null", O_RDONLY);
        leave(0);
    }
    sys(SYS_wait4, child, &status, 0, 0);
    check("clone files: the child's descriptor is the parent's", sys(SYS_close, *turn), 0);
    child = sys(SYS_clone, SIGCHLD | CLONE_FS, 0, 0, 0, 0);
    if (child == 0) {
        sys(SYS_umask, 0123);
        leave(0);
    }
    sys(SYS_wait4, child, &status, 0, 0);
    check("clone fs: the child's umask is the parent's", sys(SYS_umask, 022), 0123);

    struct {
        uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
    } arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.exit_signal = SIGCHLD;
    child = sys(SYS_clone3, &arguments, sizeof arguments);
    if (child == 0)
        leave(6);
    sys(SYS_wait4, child, &status, 0, 0);
    check_text("clone3: status", status_name(status), "exit 6");
    check("clone3 with a short structure", sys(SYS_clone3, &arguments, 32), -EINVAL);
    check("clone3 with a huge structure", sys(SYS_clone3, &arguments, 8192), -E2BIG);
    check("clone3 with a bad pointer", sys(SYS_clone3, 8, sizeof arguments), -EFAULT);
    arguments.exit_signal = 200;
    check("clone3 with a wrong signal", sys(SYS_clone3, &arguments, sizeof arguments), -EINVAL);
    arguments.exit_signal = SIGCHLD;
    arguments.stack = 4096;
    check("clone3 with a stack without size", sys(SYS_clone3, &arguments, sizeof arguments), -EINVAL);
    arguments.stack = 0;
    arguments.flags = 0xff;
    check("clone3 with a signal among the flags", sys(SYS_clone3, &arguments, sizeof arguments), -EINVAL);
}

int main(void)
{
    test_private();
    test_shared();
    test_generations();
    test_layout();
    test_what_is_inherited();
    test_vfork();
    test_exit_signals();
    test_clone_processes();
    return failures != 0;
}
