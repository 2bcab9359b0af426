/* Threads: shared memory, thread pointers, ids, signals to a thread, exit and exec of one among several. */
#include "threads.h"

#define ARCH_SET_GS 0x1001
#define ARCH_SET_FS 0x1002
#define ARCH_GET_FS 0x1003
#define ARCH_GET_GS 0x1004

static volatile int counter, go, seen[4];

static void count_up(void *argument)
{
    (void)argument;
    for (int i = 0; i < 10000; i++)
        __atomic_add_fetch(&counter, 1, __ATOMIC_SEQ_CST);
}

static void test_shared_memory(void)
{
    Thread threads[4];
    for (int i = 0; i < 4; i++)
        check_success("clone thread", start_thread(&threads[i], count_up, NULL));
    for (int i = 0; i < 4; i++)
        join(&threads[i]);
    check("threads share memory", counter, 40000);
}

/* Two threads that never make a call must both get on. */
static void spin(void *argument)
{
    volatile int *mine = argument;
    while (!go)
        ++*mine;
}

static void test_preemption(void)
{
    Thread threads[2];
    volatile int *progress = (volatile int *)map_pages(1);
    go = 0;
    start_thread(&threads[0], spin, (void *)&progress[0]);
    start_thread(&threads[1], spin, (void *)&progress[64]);
    for (int i = 0; i < 500 && (progress[0] == 0 || progress[64] == 0); i++)
        sleep_milliseconds(10);
    check_true("two loops without calls both get on", progress[0] != 0 && progress[64] != 0);
    go = 1;
    join(&threads[0]);
    join(&threads[1]);
}

static volatile long ids[3];

static void tell_ids(void *argument)
{
    (void)argument;
    ids[0] = sys(SYS_getpid);
    ids[1] = sys(SYS_gettid);
    ids[2] = sys(SYS_getppid);
}

static void test_ids(void)
{
    Thread thread;
    long id = start_thread(&thread, tell_ids, NULL);
    join(&thread);
    check_true("thread: same process", ids[0] == sys(SYS_getpid));
    check_true("thread: its own id, as clone says", ids[1] == id && id != ids[0]);
    check_true("thread: same parent", ids[2] == sys(SYS_getppid));
    int word = 1;
    check_true("set_tid_address gives the thread's id", sys(SYS_set_tid_address, &word) == sys(SYS_gettid));
}

static unsigned long read_fs(long offset)
{
    unsigned long value;
    __asm__ volatile("mov %%fs:(%1), %0" : "=r"(value) : "r"(offset));
    return value;
}

static volatile unsigned long tls_seen[3];

static void use_tls(void *argument)
{
    (void)argument;
    tls_seen[0] = read_fs(0);
    for (int i = 0; i < 100; i++) {
        sys(SYS_sched_yield);
        if (read_fs(0) != tls_seen[0])
            tls_seen[2] = 1;
    }
    tls_seen[1] = read_fs(8);
}

static void test_tls(void)
{
    static unsigned long area[2] = {4711, 4712}, other[2] = {17, 18};
    Thread thread, second;
    unsigned long base = 0, old = 0;
    start_thread_with(&thread, use_tls, NULL, CLONE_SETTLS, area);
    for (int i = 0; i < 100; i++)
        sys(SYS_sched_yield);
    join(&thread);
    check("clone settls: the thread's own area", (long)tls_seen[0], 4711);
    check("clone settls: still there after switches", (long)tls_seen[1], 4712);
    check("clone settls: never another's", (long)tls_seen[2], 0);
    start_thread_with(&second, use_tls, NULL, CLONE_SETTLS, other);
    join(&second);
    check("clone settls: another area", (long)tls_seen[0], 17);
    check("arch_prctl get FS", sys(SYS_arch_prctl, ARCH_GET_FS, &old), 0);
    check("arch_prctl set FS", sys(SYS_arch_prctl, ARCH_SET_FS, area), 0);
    base = read_fs(0);
    sys(SYS_arch_prctl, ARCH_SET_FS, old);
    check("arch_prctl set FS: used", (long)base, 4711);
    check("arch_prctl set GS", sys(SYS_arch_prctl, ARCH_SET_GS, other), 0);
    __asm__ volatile("mov %%gs:8, %0" : "=r"(base));
    check("arch_prctl set GS: used", (long)base, 18);
    for (int i = 0; i < 10; i++)
        sleep_milliseconds(1);
    __asm__ volatile("mov %%gs:0, %0" : "=r"(base));
    check("arch_prctl set GS: kept over switches", (long)base, 17);
    check("arch_prctl get GS", sys(SYS_arch_prctl, ARCH_GET_GS, &base), 0);
    check_true("arch_prctl get GS: what was set", base == (unsigned long)other);
    check("arch_prctl set FS to the kernel's half", sys(SYS_arch_prctl, ARCH_SET_FS, 0xffff800000000000UL), -EPERM);
    check("arch_prctl set GS to a non-canonical address", sys(SYS_arch_prctl, ARCH_SET_GS, 0x8000000000000000UL), -EPERM);
    check("arch_prctl get FS into nowhere", sys(SYS_arch_prctl, ARCH_GET_FS, 8), -EFAULT);
    check("arch_prctl unknown", sys(SYS_arch_prctl, 0x7777, 0), -EINVAL);
    sys(SYS_arch_prctl, ARCH_SET_GS, 0);
}

static volatile long handler_thread;
static volatile int handler_count;

static void note_thread(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)information;
    (void)context;
    handler_thread = sys(SYS_gettid);
    handler_count++;
}

static volatile int stop_waiting, started;

static void wait_for_signal(void *argument)
{
    (void)argument;
    started = 1;
    while (!stop_waiting)
        sleep_milliseconds(1);
}

static void test_signals(void)
{
    Thread thread;
    unsigned long mask = 1UL << (SIGUSR1 - 1), none = 0;
    handle(SIGUSR1, note_thread, SA_RESTART);
    stop_waiting = started = 0;
    long id = start_thread(&thread, wait_for_signal, NULL);
    for (int i = 0; !started && i < 5000; i++)
        sleep_milliseconds(1);
    check("tgkill to a thread", sys(SYS_tgkill, sys(SYS_getpid), id, SIGUSR1), 0);
    for (int i = 0; handler_count < 1 && i < 5000; i++)
        sleep_milliseconds(1);
    check_true("tgkill: the handler runs in that thread", handler_thread == id);
    sys(SYS_rt_sigprocmask, SIG_BLOCK, &mask, 0, 8);
    check("kill of a process whose main thread blocks it", sys(SYS_kill, sys(SYS_getpid), SIGUSR1), 0);
    for (int i = 0; handler_count < 2 && i < 5000; i++)
        sleep_milliseconds(1);
    check_true("kill: the handler runs in the other thread", handler_count == 2 && handler_thread == id);
    sys(SYS_tgkill, sys(SYS_getpid), sys(SYS_gettid), SIGUSR1);
    sleep_milliseconds(10);
    check("a blocked thread's own signal waits for it", handler_count, 2);
    sys(SYS_rt_sigprocmask, SIG_SETMASK, &none, 0, 8);
    check_true("and is delivered to it", handler_count == 3 && handler_thread == sys(SYS_gettid));
    stop_waiting = 1;
    join(&thread);
    /* The thread says that it has ended shortly before it is gone. */
    for (int i = 0; sys(SYS_tgkill, sys(SYS_getpid), id, 0) == 0 && i < 5000; i++)
        sleep_milliseconds(1);
    check("tgkill of an ended thread", sys(SYS_tgkill, sys(SYS_getpid), id, SIGUSR1), -ESRCH);
    reset(SIGUSR1);
}

static void leave_all(void *argument)
{
    (void)argument;
    leave(23);
}

static void sleep_long(void *argument)
{
    (void)argument;
    for (;;)
        sleep_milliseconds(1000);
}

static void exit_group_in_thread(void *argument)
{
    static Thread threads[3];
    (void)argument;
    start_thread(&threads[0], sleep_long, NULL);
    start_thread(&threads[1], sleep_long, NULL);
    start_thread(&threads[2], leave_all, NULL);
    sleep_long(NULL);
}

static void leave_later(void *argument)
{
    (void)argument;
    sleep_milliseconds(50);
    leave(24);
}

static void main_thread_exits(void *argument)
{
    static Thread thread;
    (void)argument;
    start_thread(&thread, leave_later, NULL);
    sys(SYS_exit, 3);
}

static void exit_last(void *argument)
{
    (void)argument;
    sleep_milliseconds(50);
    sys(SYS_exit, 25);
}

static void last_thread_exits(void *argument)
{
    static Thread thread;
    (void)argument;
    start_thread(&thread, exit_last, NULL);
    sys(SYS_exit, 3);
}

static void crash(void *argument)
{
    (void)argument;
    *(volatile char *)8 = 1;
}

static void thread_crashes(void *argument)
{
    static Thread thread;
    (void)argument;
    start_thread(&thread, crash, NULL);
    sleep_long(NULL);
}

static void exec_child(void *argument)
{
    char *words[] = {"/tests/exec-target", "exit", "41", NULL};
    (void)argument;
    sys(SYS_execve, words[0], words, words + 3);
    leave(1);
}

static void thread_execs(void *argument)
{
    static Thread threads[2];
    (void)argument;
    start_thread(&threads[0], sleep_long, NULL);
    start_thread(&threads[1], exec_child, NULL);
    sleep_long(NULL);
}

static void fork_in_thread(void *argument)
{
    int *result = argument;
    int status = -1;
    long child = sys(SYS_fork);
    if (child == 0)
        leave(sys(SYS_gettid) == sys(SYS_getpid) ? 8 : 9);
    sys(SYS_wait4, child, &status, 0, 0);
    *result = status;
}

static void test_ends(void)
{
    Thread thread;
    int result = -1;
    check_text("exit_group in a thread", status_name(in_child(exit_group_in_thread, NULL)), "exit 23");
    check_text("main thread exits, another ends the process", status_name(in_child(main_thread_exits, NULL)), "exit 24");
    check_text("last thread's exit ends the process", status_name(in_child(last_thread_exits, NULL)), "exit 25");
    check_text("a thread's crash ends the process", status_name(in_child(thread_crashes, NULL)), "signal 11");
    check_text("execve in a thread", status_name(in_child(thread_execs, NULL)), "exit 41");
    start_thread(&thread, fork_in_thread, &result);
    join(&thread);
    check_text("fork in a thread: the child has one thread", status_name(result), "exit 8");
}

static void open_in_thread(void *argument) { *(volatile long *)argument = sys(SYS_open, "/dev/null", O_RDONLY); }

static void chdir_in_thread(void *argument)
{
    (void)argument;
    sys(SYS_chdir, "/proc");
}

static void test_what_is_shared(void)
{
    Thread thread;
    volatile long file = -1;
    char folder[64] = "";
    start_thread(&thread, open_in_thread, (void *)&file);
    join(&thread);
    check("threads share descriptors", sys(SYS_close, file), 0);
    start_thread(&thread, chdir_in_thread, NULL);
    join(&thread);
    sys(SYS_getcwd, folder, sizeof folder);
    check_text("threads share the current folder", folder, "/proc");
    sys(SYS_chdir, "/tmp");
}

int main(void)
{
    test_shared_memory();
    test_preemption();
    test_ids();
    test_tls();
    test_signals();
    test_ends();
    test_what_is_shared();
    return failures != 0;
}
