/* Limits: what each stops, and with which error or signal. */
#include "check.h"

static void set(int which, unsigned long value)
{
    struct rlimit limit = {value, value};
    long result = sys(SYS_setrlimit, which, &limit);
    if (result != 0)
        check("setrlimit for a test", result, 0);
}

static void test_calls(void)
{
    struct rlimit limit = {0, 0}, other, small = {50, 100}, wrong = {100, 50};
    check("getrlimit", sys(SYS_getrlimit, RLIMIT_NOFILE, &limit), 0);
    check_true("getrlimit: files", limit.rlim_cur == 1024 && limit.rlim_max >= 1024);
    check("prlimit64 reads", sys(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, &other), 0);
    check_true("prlimit64: the same", other.rlim_cur == limit.rlim_cur && other.rlim_max == limit.rlim_max);
    check("prlimit64 sets and reads", sys(SYS_prlimit64, 0, RLIMIT_NOFILE, &small, &other), 0);
    check("prlimit64: old value", (long)other.rlim_cur, (long)limit.rlim_cur);
    sys(SYS_getrlimit, RLIMIT_NOFILE, &other);
    check("prlimit64: new value", (long)other.rlim_cur, 50);
    check("setrlimit above the hard limit, privileged", sys(SYS_setrlimit, RLIMIT_NOFILE, &limit), 0);
    check("setrlimit with soft above hard", sys(SYS_setrlimit, RLIMIT_NOFILE, &wrong), -EINVAL);
    check("setrlimit of a wrong kind", sys(SYS_setrlimit, 16, &limit), -EINVAL);
    check("getrlimit of a wrong kind", sys(SYS_getrlimit, 16, &limit), -EINVAL);
    check("getrlimit with a bad pointer", sys(SYS_getrlimit, RLIMIT_NOFILE, 8), -EFAULT);
    check("setrlimit with a bad pointer", sys(SYS_setrlimit, RLIMIT_NOFILE, 8), -EFAULT);
    check("prlimit64 of nobody", sys(SYS_prlimit64, 0x3fffff, RLIMIT_NOFILE, 0, &other), -ESRCH);
    check("prlimit64 of process 1", sys(SYS_prlimit64, 1, RLIMIT_NOFILE, 0, &other), 0);
    sys(SYS_getrlimit, RLIMIT_STACK, &limit);
    check("getrlimit: stack", (long)limit.rlim_cur, 8 << 20);
    sys(SYS_getrlimit, RLIMIT_AS, &limit);
    check_true("getrlimit: address space without limit", limit.rlim_cur == RLIM_INFINITY);
    sys(SYS_getrlimit, RLIMIT_CORE, &limit);
    check("getrlimit: core", (long)limit.rlim_cur, 0);
}

static void files(void *argument)
{
    int pipe[2];
    (void)argument;
    set(RLIMIT_NOFILE, 10);
    long last = 0;
    while ((last = sys(SYS_dup, 1)) >= 0 && last < 20)
        ;
    check("RLIMIT_NOFILE: dup", last, -EMFILE);
    check("RLIMIT_NOFILE: open", sys(SYS_open, "/dev/null", O_RDONLY), -EMFILE);
    check("RLIMIT_NOFILE: pipe", sys(SYS_pipe, pipe), -EMFILE);
    check("RLIMIT_NOFILE: dup2", sys(SYS_dup2, 1, 10), -EBADF);
    check("RLIMIT_NOFILE: fcntl dupfd", sys(SYS_fcntl, 1, F_DUPFD, 10), -EINVAL);
    check("RLIMIT_NOFILE: the last one", sys(SYS_dup2, 1, 9), 9);
    sys(SYS_close, 9);
    check("RLIMIT_NOFILE: pipe with room for one", sys(SYS_pipe, pipe), -EMFILE);
    check("RLIMIT_NOFILE: that one is still free", sys(SYS_dup, 1), 9);
}

static void address_space(void *argument)
{
    (void)argument;
    set(RLIMIT_AS, 64 << 20);
    check("RLIMIT_AS: mmap beyond it", sys(SYS_mmap, 0, 65 << 20, READ_WRITE, ANONYMOUS, -1, 0), -ENOMEM);
    char *memory = (char *)sys(SYS_mmap, 0, 32 << 20, READ_WRITE, ANONYMOUS, -1, 0);
    check_success("RLIMIT_AS: mmap below it", (long)memory);
    check("RLIMIT_AS: mmap of the second half", sys(SYS_mmap, 0, 32 << 20, READ_WRITE, ANONYMOUS, -1, 0), -ENOMEM);
    check("RLIMIT_AS: mremap beyond it", sys(SYS_mremap, memory, 32 << 20, 64 << 20, MREMAP_MAYMOVE), -ENOMEM);
    unsigned long start = (unsigned long)sys(SYS_brk, 0);
    check_true("RLIMIT_AS: brk beyond it", (unsigned long)sys(SYS_brk, start + (40 << 20)) == start);
    sys(SYS_munmap, memory, 32 << 20);
    check_success("RLIMIT_AS: mmap again after munmap", sys(SYS_mmap, 0, 32 << 20, READ_WRITE, ANONYMOUS, -1, 0));
}

static void data(void *argument)
{
    (void)argument;
    set(RLIMIT_DATA, 4 << 20);
    unsigned long start = (unsigned long)sys(SYS_brk, 0);
    check_true("RLIMIT_DATA: brk below it", (unsigned long)sys(SYS_brk, start + (1 << 20)) == start + (1 << 20));
    check_true("RLIMIT_DATA: brk beyond it", (unsigned long)sys(SYS_brk, start + (8 << 20)) == start + (1 << 20));
    check("RLIMIT_DATA: mmap beyond it", sys(SYS_mmap, 0, 8 << 20, READ_WRITE, ANONYMOUS, -1, 0), -ENOMEM);
    check_success("RLIMIT_DATA: read-only memory doesn't count", sys(SYS_mmap, 0, 8 << 20, PROT_READ, ANONYMOUS, -1, 0));
}

static volatile int signals;

static void count_signal(int signal, siginfo_t *information, void *context)
{
    (void)information;
    (void)context;
    signals += signal == SIGXFSZ || signal == SIGXCPU;
}

static void file_size(void *argument)
{
    static char buffer[8192];
    (void)argument;
    long file = sys(SYS_open, "/tmp/limit", O_RDWR | O_CREAT | O_TRUNC, 0600);
    set(RLIMIT_FSIZE, 5000);
    handle(SIGXFSZ, count_signal, 0);
    check("RLIMIT_FSIZE: write across it", sys(SYS_write, file, buffer, 8192), 5000);
    check("RLIMIT_FSIZE: no signal yet", signals, 0);
    check("RLIMIT_FSIZE: write at it", sys(SYS_write, file, buffer, 1), -EFBIG);
    check("RLIMIT_FSIZE: SIGXFSZ", signals, 1);
    check("RLIMIT_FSIZE: ftruncate beyond it", sys(SYS_ftruncate, file, 5001), -EFBIG);
    check("RLIMIT_FSIZE: ftruncate to it", sys(SYS_ftruncate, file, 5000), 0);
    sys(SYS_unlink, "/tmp/limit");
}

static void processes(void *argument)
{
    (void)argument;
    set(RLIMIT_NPROC, 3);
    sys(SYS_setresuid, 4711, 4711, 4711);
    int made = 0;
    long child = 0;
    while (made < 10 && (child = sys(SYS_fork)) > 0)
        made++;
    if (child == 0)
        for (;;)
            sys(SYS_pause);
    check("RLIMIT_NPROC: fork beyond it", child, -EAGAIN);
    check("RLIMIT_NPROC: how many before", made, 2);
    sys(SYS_kill, -1, SIGKILL);
    while (sys(SYS_wait4, -1, 0, 0, 0) > 0)
        ;
    child = sys(SYS_fork);
    if (child == 0)
        leave(0);
    check_success("RLIMIT_NPROC: fork again when they are gone", child);
    sys(SYS_wait4, child, 0, 0, 0);
}

static void processor_time(void *argument)
{
    (void)argument;
    struct rlimit limit = {1, 2};
    sys(SYS_setrlimit, RLIMIT_CPU, &limit);
    handle(SIGXCPU, count_signal, 0);
    signals = 0;
    while (signals == 0)
        ;
    check("RLIMIT_CPU: SIGXCPU at the soft limit", signals, 1);
    for (;;)
        ;
}

static void raise_limit(void *argument)
{
    struct rlimit limit = {100, 100}, higher = {100, 200};
    (void)argument;
    sys(SYS_setrlimit, RLIMIT_NOFILE, &limit);
    sys(SYS_setresuid, 1000, 1000, 1000);
    check("setrlimit: raising the hard limit without privilege", sys(SYS_setrlimit, RLIMIT_NOFILE, &higher), -EPERM);
    limit.rlim_cur = 50;
    check("setrlimit: lowering the soft limit without privilege", sys(SYS_setrlimit, RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 100;
    check("setrlimit: raising the soft limit without privilege", sys(SYS_setrlimit, RLIMIT_NOFILE, &limit), 0);
    check("prlimit64 of another user's process", sys(SYS_prlimit64, 1, RLIMIT_NOFILE, 0, &limit), -EPERM);
}

int main(void)
{
    test_calls();
    check("limit of files: child", in_child(files, NULL), 0);
    check("limit of address space: child", in_child(address_space, NULL), 0);
    check("limit of data: child", in_child(data, NULL), 0);
    check("limit of file size: child", in_child(file_size, NULL), 0);
    check("limit of processes: child", in_child(processes, NULL), 0);
    check_text("limit of processor time: child", status_name(in_child(processor_time, NULL)), "signal 9");
    check("raising limits: child", in_child(raise_limit, NULL), 0);
    return failures != 0;
}
