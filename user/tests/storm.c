/* Random calls with random arguments.    storm SEED CALLS
 *
 * Workers make the calls, one after the other, each until it has made its share or has killed itself (it may unmap its own
 * code). Most arguments are plausible, so that the calls do something; the others are whatever kernels are known to trip
 * over. What a call did is counted in memory that all share. At the end all processes and files must be gone, and each call
 * must have succeeded at least CALLS / 10,000 times. Lines that begin with "storm:" differ from run to run. */
#include "threads.h"
#include "../include/cosmosvm-vm.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/times.h>

#define FOLDER "/tmp/storm"
#define CALLS_OF_A_WORKER 2000
#define SECONDS_OF_A_WORKER 20
#define CALLS_BETWEEN_REPAIRS 100
#define TICK_MICROSECONDS 3000
#define ARENA ((char *)0x300000000UL)
#define ARENA_PAGES 2048UL
#define SCRATCH ((char *)0x400000000UL)
#define SCRATCH_SIZE (64 * 1024UL)
#define FIRST_DESCRIPTOR 3
#define DESCRIPTORS 13
#define GARBAGE_IN 12 /* one argument of so many is garbage */

/* What an argument is. */
enum Kind {
    NONE, ZERO, ADDRESS, LENGTH, PROTECTION, MAP_FLAGS, REMAP_FLAGS, ADVICE, SYNC_FLAGS, LOCK_FLAGS, BREAK, BUFFER, SIZE, DESCRIPTOR,
    FILE_DESCRIPTOR, FOLDER_DESCRIPTOR, AT_FOLDER, EPOLL_DESCRIPTOR, PIPE_DESCRIPTOR, NEW_DESCRIPTOR, OFFSET, WHENCE, PATH, NEW_PATH, FOLDER_PATH, LINK_PATH, MODE,
    OPEN_FLAGS, ACCESS_MODE, VECTOR, VECTOR_COUNT, SIGNAL, HARMLESS_SIGNAL, PROCESS, THREAD, TIME, TIME_OUT, TIME_LIMIT_MS, MASK_SIZE, ACTION, MASK,
    HOW, SMALL, FCNTL, FCNTL_ARGUMENT, IOCTL, FUTEX_WORD, FUTEX_OPERATION, CLOCK, TIMER, TIMER_VALUE, LIMIT, LIMIT_VALUE, POLLS,
    EVENT, EPOLL_OPERATION, WAIT_WHO, WAIT_OPTIONS, WAITID_KIND, WAITID_OPTIONS, USAGE_WHO, ID, PRCTL, ARCH_PRCTL, AFFINITY_SIZE, ALTERNATE_STACK,
    FALLOCATE_MODE, FLOCK, CLONE_BITS, CLONE_STRUCTURE, CLONE_SIZE, SYSTEM_TYPE, MOUNT_FLAGS, SYSLOG, NAME_TEXT, NAME_SIZE, PERSONALITY, PRIORITY_KIND, NICE,
    MEMFD_FLAGS, CREATE_FLAGS, EVENT_FLAGS, DEVICE, RANDOM_FLAGS, ROBUST_SIZE, AT_FLAGS, UNLINK_FLAGS, UTIMES, POLL_COUNT, RENAME_FLAGS, WAIT_STATUS,
};

/* How a call is made. */
enum Way {
    PLAIN,
    REARM,    /* it may have changed the timer, a mask or an action: the worker's own is set again */
    IN_CHILD, /* it changes the process for good */
    FORKS,    /* it returns twice */
    STARTS_THREAD,
    VFORKS,
    EXECS,
    EXITS,
    WAITS,         /* success is EINTR */
    TAKES_SIGNAL,  /* something must be pending */
    RETURNS_SIGNAL,
};

typedef struct {
    int number;
    const char *name;
    int weight;
    enum Way way;
    enum Kind arguments[6];
} Call;

#define CALL(name, weight, way, ...) {SYS_##name, #name, weight, way, {__VA_ARGS__}}

static const Call calls[] = {
    CALL(brk, 10, PLAIN, BREAK),
    CALL(mmap, 20, PLAIN, ADDRESS, LENGTH, PROTECTION, MAP_FLAGS, FILE_DESCRIPTOR, OFFSET),
    CALL(munmap, 10, PLAIN, ADDRESS, LENGTH),
    CALL(mprotect, 10, PLAIN, ADDRESS, LENGTH, PROTECTION),
    CALL(mremap, 20, PLAIN, ADDRESS, LENGTH, LENGTH, REMAP_FLAGS, ADDRESS),
    CALL(madvise, 20, PLAIN, ADDRESS, LENGTH, ADVICE),
    CALL(msync, 10, PLAIN, ADDRESS, LENGTH, SYNC_FLAGS),
    CALL(mincore, 10, PLAIN, ADDRESS, LENGTH, BUFFER),
    CALL(mlock, 5, PLAIN, ADDRESS, LENGTH),
    CALL(mlock2, 5, PLAIN, ADDRESS, LENGTH, SMALL),
    CALL(munlock, 5, PLAIN, ADDRESS, LENGTH),
    CALL(mlockall, 1, IN_CHILD, LOCK_FLAGS),
    CALL(munlockall, 5, PLAIN),
    CALL(memfd_create, 10, PLAIN, PATH, MEMFD_FLAGS),
    CALL(process_vm_readv, 10, PLAIN, PROCESS, VECTOR, VECTOR_COUNT, VECTOR, VECTOR_COUNT, ZERO),
    CALL(process_vm_writev, 10, PLAIN, PROCESS, VECTOR, VECTOR_COUNT, VECTOR, VECTOR_COUNT, ZERO),
    CALL(fork, 1, FORKS),
    CALL(vfork, 1, VFORKS),
    CALL(clone, 1, FORKS, CLONE_BITS),
    CALL(clone3, 1, FORKS, CLONE_STRUCTURE, CLONE_SIZE),
    CALL(futex, 10, PLAIN, FUTEX_WORD, FUTEX_OPERATION, SMALL, TIME_OUT, FUTEX_WORD, SMALL),
    CALL(execve, 1, EXECS),
    CALL(exit, 1, EXITS, SMALL),
    CALL(exit_group, 1, EXITS, SMALL),
    CALL(wait4, 10, PLAIN, WAIT_WHO, WAIT_STATUS, WAIT_OPTIONS, BUFFER),
    CALL(waitid, 10, PLAIN, WAITID_KIND, PROCESS, BUFFER, WAITID_OPTIONS, BUFFER),
    CALL(getpid, 10, PLAIN), CALL(getppid, 10, PLAIN), CALL(gettid, 10, PLAIN), CALL(getpgrp, 10, PLAIN),
    CALL(getpgid, 10, PLAIN, PROCESS), CALL(getsid, 10, PLAIN, PROCESS),
    CALL(setsid, 1, IN_CHILD), CALL(setpgid, 1, IN_CHILD, ZERO, ZERO),
    CALL(getuid, 10, PLAIN), CALL(geteuid, 10, PLAIN), CALL(getgid, 10, PLAIN), CALL(getegid, 10, PLAIN),
    CALL(setuid, 1, IN_CHILD, ID), CALL(setgid, 1, IN_CHILD, ID), CALL(setreuid, 1, IN_CHILD, ID, ID), CALL(setregid, 1, IN_CHILD, ID, ID),
    CALL(setresuid, 1, IN_CHILD, ID, ID, ID), CALL(setresgid, 1, IN_CHILD, ID, ID, ID),
    CALL(getresuid, 10, PLAIN, BUFFER, BUFFER, BUFFER), CALL(getresgid, 10, PLAIN, BUFFER, BUFFER, BUFFER),
    CALL(getgroups, 10, PLAIN, SMALL, BUFFER), CALL(setgroups, 1, IN_CHILD, SMALL, BUFFER),
    CALL(prctl, 2, IN_CHILD, PRCTL, BUFFER, ZERO, ZERO, ZERO),
    CALL(arch_prctl, 10, PLAIN, ARCH_PRCTL, BUFFER),
    CALL(set_tid_address, 10, PLAIN, BUFFER), CALL(set_robust_list, 10, PLAIN, BUFFER, ROBUST_SIZE),
    CALL(get_robust_list, 10, PLAIN, PROCESS, BUFFER, BUFFER),
    CALL(sched_yield, 10, PLAIN), CALL(sched_getaffinity, 10, PLAIN, PROCESS, AFFINITY_SIZE, BUFFER),
    CALL(sched_setaffinity, 10, PLAIN, PROCESS, AFFINITY_SIZE, BUFFER),
    CALL(getrusage, 10, PLAIN, USAGE_WHO, BUFFER), CALL(times, 10, PLAIN, BUFFER),
    CALL(prlimit64, 1, IN_CHILD, PROCESS, LIMIT, LIMIT_VALUE, BUFFER), CALL(getrlimit, 10, PLAIN, LIMIT, BUFFER), CALL(setrlimit, 1, IN_CHILD, LIMIT, LIMIT_VALUE),
    CALL(umask, 10, PLAIN, MODE), CALL(uname, 10, PLAIN, BUFFER), CALL(sysinfo, 10, PLAIN, BUFFER),
    CALL(getrandom, 10, PLAIN, BUFFER, SIZE, RANDOM_FLAGS), CALL(personality, 1, IN_CHILD, PERSONALITY),
    CALL(getpriority, 10, PLAIN, PRIORITY_KIND, ZERO), CALL(setpriority, 1, IN_CHILD, PRIORITY_KIND, ZERO, NICE),
    CALL(getcpu, 10, PLAIN, BUFFER, BUFFER, ZERO), CALL(sethostname, 5, PLAIN, NAME_TEXT, NAME_SIZE), CALL(chroot, 1, IN_CHILD, FOLDER_PATH),
    CALL(syslog, 5, PLAIN, SYSLOG, BUFFER, SIZE),
    CALL(rt_sigaction, 10, REARM, SIGNAL, ACTION, BUFFER, MASK_SIZE), CALL(rt_sigprocmask, 10, REARM, HOW, MASK, BUFFER, MASK_SIZE),
    CALL(rt_sigreturn, 1, RETURNS_SIGNAL), CALL(rt_sigpending, 10, PLAIN, BUFFER, MASK_SIZE), CALL(rt_sigsuspend, 1, WAITS, MASK, MASK_SIZE),
    CALL(rt_sigtimedwait, 2, TAKES_SIGNAL), CALL(sigaltstack, 10, PLAIN, ALTERNATE_STACK, BUFFER),
    CALL(kill, 10, PLAIN, PROCESS, HARMLESS_SIGNAL), CALL(tkill, 10, PLAIN, THREAD, HARMLESS_SIGNAL), CALL(tgkill, 10, PLAIN, THREAD, THREAD, HARMLESS_SIGNAL),
    CALL(pause, 1, WAITS), CALL(alarm, 10, REARM, SMALL), CALL(setitimer, 10, REARM, TIMER, TIMER_VALUE, BUFFER), CALL(getitimer, 10, PLAIN, TIMER, BUFFER),
    CALL(clock_gettime, 10, PLAIN, CLOCK, BUFFER), CALL(clock_getres, 10, PLAIN, CLOCK, BUFFER), CALL(clock_nanosleep, 2, PLAIN, CLOCK, ZERO, TIME, BUFFER),
    CALL(nanosleep, 2, PLAIN, TIME, BUFFER), CALL(gettimeofday, 10, PLAIN, BUFFER, BUFFER), CALL(time, 10, PLAIN, BUFFER),
    CALL(open, 10, PLAIN, PATH, OPEN_FLAGS, MODE), CALL(openat, 10, PLAIN, AT_FOLDER, PATH, OPEN_FLAGS, MODE), CALL(close, 10, PLAIN, NEW_DESCRIPTOR),
    CALL(read, 10, PLAIN, DESCRIPTOR, BUFFER, SIZE), CALL(write, 10, PLAIN, DESCRIPTOR, BUFFER, SIZE), CALL(readv, 10, PLAIN, DESCRIPTOR, VECTOR, VECTOR_COUNT),
    CALL(writev, 10, PLAIN, DESCRIPTOR, VECTOR, VECTOR_COUNT), CALL(pread64, 10, PLAIN, FILE_DESCRIPTOR, BUFFER, SIZE, OFFSET),
    CALL(pwrite64, 10, PLAIN, FILE_DESCRIPTOR, BUFFER, SIZE, OFFSET), CALL(preadv, 10, PLAIN, FILE_DESCRIPTOR, VECTOR, VECTOR_COUNT, OFFSET, ZERO),
    CALL(pwritev, 10, PLAIN, FILE_DESCRIPTOR, VECTOR, VECTOR_COUNT, OFFSET, ZERO), CALL(lseek, 10, PLAIN, DESCRIPTOR, OFFSET, WHENCE),
    CALL(stat, 10, PLAIN, PATH, BUFFER), CALL(lstat, 10, PLAIN, PATH, BUFFER), CALL(fstat, 10, PLAIN, DESCRIPTOR, BUFFER),
    CALL(newfstatat, 10, PLAIN, AT_FOLDER, PATH, BUFFER, AT_FLAGS), CALL(statx, 10, PLAIN, AT_FOLDER, PATH, AT_FLAGS, SMALL, BUFFER),
    CALL(access, 10, PLAIN, PATH, ACCESS_MODE), CALL(faccessat, 10, PLAIN, AT_FOLDER, PATH, ACCESS_MODE), CALL(readlink, 10, PLAIN, LINK_PATH, BUFFER, SIZE),
    CALL(readlinkat, 10, PLAIN, AT_FOLDER, LINK_PATH, BUFFER, SIZE), CALL(getdents64, 10, PLAIN, FOLDER_DESCRIPTOR, BUFFER, SIZE),
    CALL(getcwd, 10, PLAIN, BUFFER, SIZE), CALL(chdir, 1, IN_CHILD, FOLDER_PATH), CALL(fchdir, 1, IN_CHILD, FOLDER_DESCRIPTOR),
    CALL(mkdir, 10, PLAIN, NEW_PATH, MODE), CALL(mkdirat, 10, PLAIN, AT_FOLDER, NEW_PATH, MODE), CALL(rmdir, 20, PLAIN, NEW_PATH),
    CALL(unlink, 10, PLAIN, NEW_PATH), CALL(unlinkat, 10, PLAIN, AT_FOLDER, NEW_PATH, UNLINK_FLAGS), CALL(rename, 10, PLAIN, NEW_PATH, NEW_PATH),
    CALL(renameat, 10, PLAIN, AT_FOLDER, NEW_PATH, AT_FOLDER, NEW_PATH), CALL(renameat2, 10, PLAIN, AT_FOLDER, NEW_PATH, AT_FOLDER, NEW_PATH, RENAME_FLAGS),
    CALL(link, 20, PLAIN, PATH, NEW_PATH), CALL(linkat, 20, PLAIN, AT_FOLDER, PATH, AT_FOLDER, NEW_PATH, ZERO), CALL(symlink, 10, PLAIN, PATH, NEW_PATH),
    CALL(symlinkat, 10, PLAIN, PATH, AT_FOLDER, NEW_PATH), CALL(truncate, 10, PLAIN, PATH, OFFSET), CALL(ftruncate, 10, PLAIN, FILE_DESCRIPTOR, OFFSET),
    CALL(fallocate, 10, PLAIN, FILE_DESCRIPTOR, FALLOCATE_MODE, OFFSET, SIZE), CALL(dup, 10, PLAIN, DESCRIPTOR), CALL(dup2, 10, PLAIN, DESCRIPTOR, NEW_DESCRIPTOR),
    CALL(dup3, 10, PLAIN, DESCRIPTOR, NEW_DESCRIPTOR, CREATE_FLAGS), CALL(fcntl, 20, PLAIN, DESCRIPTOR, FCNTL, FCNTL_ARGUMENT),
    CALL(flock, 10, PLAIN, FILE_DESCRIPTOR, FLOCK), CALL(ioctl, 10, PLAIN, DESCRIPTOR, IOCTL, BUFFER), CALL(pipe, 10, PLAIN, BUFFER),
    CALL(pipe2, 10, PLAIN, BUFFER, CREATE_FLAGS), CALL(poll, 5, PLAIN, POLLS, POLL_COUNT, TIME_LIMIT_MS), CALL(ppoll, 5, PLAIN, POLLS, POLL_COUNT, TIME_OUT, ZERO, MASK_SIZE),
    CALL(select, 5, PLAIN, POLL_COUNT, BUFFER, ZERO, ZERO, TIME_OUT), CALL(pselect6, 5, PLAIN, POLL_COUNT, ZERO, BUFFER, ZERO, TIME_OUT, ZERO),
    CALL(epoll_create1, 10, PLAIN, CREATE_FLAGS), CALL(epoll_ctl, 20, PLAIN, EPOLL_DESCRIPTOR, EPOLL_OPERATION, PIPE_DESCRIPTOR, EVENT),
    CALL(epoll_wait, 5, PLAIN, EPOLL_DESCRIPTOR, BUFFER, SMALL, TIME_LIMIT_MS), CALL(eventfd2, 10, PLAIN, SMALL, EVENT_FLAGS),
    CALL(mount, 2, PLAIN, PATH, FOLDER_PATH, SYSTEM_TYPE, MOUNT_FLAGS, ZERO), CALL(umount2, 4, PLAIN, FOLDER_PATH, MOUNT_FLAGS),
    CALL(mknod, 10, PLAIN, NEW_PATH, MODE, DEVICE), CALL(fadvise64, 10, PLAIN, FILE_DESCRIPTOR, OFFSET, SIZE, SMALL),
    CALL(sync, 5, PLAIN), CALL(syncfs, 5, PLAIN, FILE_DESCRIPTOR), CALL(fsync, 10, PLAIN, FILE_DESCRIPTOR), CALL(fdatasync, 10, PLAIN, FILE_DESCRIPTOR),
    CALL(chmod, 10, PLAIN, PATH, MODE), CALL(fchmod, 10, PLAIN, FILE_DESCRIPTOR, MODE), CALL(fchmodat, 10, PLAIN, AT_FOLDER, PATH, MODE),
    CALL(chown, 10, PLAIN, PATH, ID, ID), CALL(fchown, 10, PLAIN, FILE_DESCRIPTOR, ID, ID), CALL(lchown, 10, PLAIN, PATH, ID, ID),
    CALL(fchownat, 10, PLAIN, AT_FOLDER, PATH, ID, ID, ZERO), CALL(utimensat, 10, PLAIN, AT_FOLDER, PATH, UTIMES, ZERO),
    CALL(statfs, 10, PLAIN, PATH, BUFFER), CALL(fstatfs, 10, PLAIN, DESCRIPTOR, BUFFER),
    CALL(sendfile, 10, PLAIN, FILE_DESCRIPTOR, FILE_DESCRIPTOR, ZERO, SIZE),
};

/* A thread is started by the call clone too; it is counted apart. */
static const Call thread_call = {SYS_clone, "clone of a thread", 1, STARTS_THREAD, {NONE}};
#define ALL_CALLS (COUNT(calls) + 1)

typedef struct {
    long made;
    long killed; /* workers that took too long */
    long last;   /* the index of the call made last */
    unsigned tries[ALL_CALLS];
    unsigned successes[ALL_CALLS];
} Statistics;

static Statistics *statistics;
static uint64_t state;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545F4914F6CDD1DUL;
}

static uint64_t below(uint64_t limit) { return (next_random() >> 33) % limit; }

#define CHOOSE(...)                                                                                                     \
    ({                                                                                                                  \
        static const uint64_t choices[] = {__VA_ARGS__};                                                                 \
        choices[below(COUNT(choices))];                                                                                  \
    })

static uint64_t garbage(void)
{
    switch (below(4)) {
    case 0:
        return CHOOSE(0, 1, 7, 8, 4095, 4096, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffff, 0x7ffffffff000, 0x800000000000);
    case 1:
        return CHOOSE(0x8000000000000000, 0xffff800000000000, 0xffffffff80200000, 0xfffffffffffff000, 0xffffffffffffffff, 0xfffffffffffffffe, 0x7fffffffffffffff);
    case 2:
        return 1UL << below(64);
    default:
        return next_random();
    }
}

static void do_nothing(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)information;
    (void)context;
}

static long self;
static uint64_t make_argument(enum Kind kind);

/* A place in the scratch memory, filled with something. */
static char *place(size_t size)
{
    char *at = SCRATCH + below((SCRATCH_SIZE - size) / 8) * 8;
    if (below(2) == 0)
        for (size_t i = 0; i < size && i < 64; i++)
            at[i] = (char)below(256);
    return at;
}

static uint64_t structure(const void *content, size_t size) { return (uint64_t)memcpy(place(size), content, size); }

static uint64_t make_path(int new)
{
    static const char *const names[] = {"a", "b", "c", "d/x", "l", "e/y", "m/z", "n", "o", "p", "d/q", ".", "d", "e", "./a", "d/../b", "s"};
    static const char *const news[] = {"n", "o", "p", "d/q", "e/r", "s", "t", "u", "n", "o", "p/n", "d/../t", "e/.", "none/x"};
    return (uint64_t)(new ? news[below(COUNT(news))] : names[below(COUNT(names))]);
}

static uint64_t make_vector(void)
{
    struct iovec vector[4];
    for (size_t i = 0; i < COUNT(vector); i++)
        vector[i] = (struct iovec){below(GARBAGE_IN) == 0 ? (void *)garbage() : place(512), below(GARBAGE_IN) == 0 ? garbage() : below(512)};
    return structure(vector, sizeof vector);
}

static uint64_t make_time(void)
{
    struct timespec time = {0, (long)below(300000)};
    return structure(&time, sizeof time);
}

static uint64_t make_memory_argument(enum Kind kind)
{
    switch (kind) {
    case ADDRESS:
        return (uint64_t)(ARENA + below(ARENA_PAGES) * PAGE) + (below(20) == 0 ? below(PAGE) : 0);
    case LENGTH:
        return below(8) == 0 ? below(512 * PAGE) : (1 + below(8)) * PAGE;
    case PROTECTION:
        return below(3) == 0 ? below(8) : READ_WRITE;
    case MAP_FLAGS:
        return CHOOSE(ANONYMOUS, ANONYMOUS | MAP_FIXED, ANONYMOUS | MAP_FIXED, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, MAP_PRIVATE | MAP_FIXED, MAP_SHARED | MAP_FIXED,
                      MAP_SHARED, MAP_PRIVATE, ANONYMOUS | MAP_POPULATE, ANONYMOUS | MAP_NORESERVE, ANONYMOUS | MAP_GROWSDOWN, ANONYMOUS | MAP_STACK,
                      ANONYMOUS | MAP_32BIT, ANONYMOUS | MAP_FIXED_NOREPLACE, ANONYMOUS | MAP_LOCKED, ANONYMOUS | MAP_FIXED | MAP_POPULATE);
    case REMAP_FLAGS:
        return CHOOSE(0, MREMAP_MAYMOVE, MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
    case ADVICE:
        return CHOOSE(0, 1, 2, 3, 4, 4, 4, 8, 9, 10, 11, 14, 15, 18, 19, 20, 21, 22, 23);
    case SYNC_FLAGS:
        return CHOOSE(MS_ASYNC, MS_SYNC, MS_INVALIDATE, MS_SYNC | MS_INVALIDATE);
    case LOCK_FLAGS:
        return below(8);
    case BREAK:
        return below(3) == 0 ? 0 : (uint64_t)sys(SYS_brk, 0) + (below(32) - 16) * PAGE;
    default:
        return (uint64_t)place(4096);
    }
}

static uint64_t make_file_argument(enum Kind kind)
{
    switch (kind) {
    case SIZE:
        return below(4) == 0 ? below(4096) : below(200);
    case DESCRIPTOR:
    case NEW_DESCRIPTOR:
        return FIRST_DESCRIPTOR + below(DESCRIPTORS + (kind == NEW_DESCRIPTOR ? 20 : 0));
    case FILE_DESCRIPTOR:
        return CHOOSE(3, 4, 10);
    case FOLDER_DESCRIPTOR:
        return 5;
    case AT_FOLDER:
        return below(2) == 0 ? 5 : (uint64_t)AT_FDCWD;
    case EPOLL_DESCRIPTOR:
        return 12;
    case PIPE_DESCRIPTOR:
        return CHOOSE(6, 7, 11, 12);
    case OFFSET:
        return below(3) == 0 ? below(1 << 20) : below(32) * PAGE;
    case WHENCE:
        return below(5);
    case PATH:
    case NEW_PATH:
        return make_path(kind == NEW_PATH);
    case FOLDER_PATH:
        return (uint64_t)CHOOSE((uint64_t)(uintptr_t) "m", (uint64_t)(uintptr_t) "m", (uint64_t)(uintptr_t) "d");
    case LINK_PATH:
        return below(2) == 0 ? (uint64_t) "l" : make_path(0);
    case MODE:
        return below(4) == 0 ? below(0200000) : 0700 | below(0100);
    case OPEN_FLAGS:
        return O_NONBLOCK | CHOOSE(O_RDONLY, O_RDWR, O_RDWR | O_CREAT, O_RDWR | O_CREAT | O_TRUNC, O_WRONLY | O_APPEND, O_RDONLY | O_DIRECTORY, O_PATH, O_RDWR | O_CREAT | O_EXCL);
    case ACCESS_MODE:
        return below(8);
    case VECTOR:
        return make_vector();
    case VECTOR_COUNT:
        return below(5);
    case FCNTL:
        return CHOOSE(F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_DUPFD_CLOEXEC, 1031, 1032, 1033, 1034);
    case FCNTL_ARGUMENT:
        return below(2) == 0 ? below(64) : (uint64_t)place(64);
    case IOCTL:
        return CHOOSE(0x541B, 0x541B, 0x541B, 0x5401, 0x5413, 0x5421, 0x5421, 0x5450, 0x5451);
    case FALLOCATE_MODE:
        return CHOOSE(0, 1, 3, 3, 16);
    case FLOCK:
        return CHOOSE(1 | 4, 2 | 4, 8);
    case SYSTEM_TYPE:
        return below(2) == 0 ? (uint64_t) "tmpfs" : (uint64_t) "proc";
    case MOUNT_FLAGS:
        return below(3) == 0 ? 2 : 0;
    case MEMFD_FLAGS:
        return below(4);
    case CREATE_FLAGS:
        return CHOOSE(O_CLOEXEC, O_CLOEXEC, O_CLOEXEC | O_NONBLOCK);
    case EVENT_FLAGS:
        return O_NONBLOCK | below(2);
    case DEVICE:
        return CHOOSE(0, 0x103, 0x105, 0x107, 0x999);
    case AT_FLAGS:
        return CHOOSE(0, 0, AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH);
    case UNLINK_FLAGS:
        return CHOOSE(0, AT_REMOVEDIR);
    case RENAME_FLAGS:
        return below(4);
    case UTIMES:
        return below(3) == 0 ? 0 : make_time() - below(2) * 8;
    default:
        return 0;
    }
}

static uint64_t make_signal_argument(enum Kind kind)
{
    static const struct itimerval soon = {{0, 0}, {0, 2000}}, never = {{0, 0}, {0, 0}};
    switch (kind) {
    case SIGNAL:
        return 1 + below(64);
    case HARMLESS_SIGNAL:
        return below(100) == 0 ? 1 + below(64) : CHOOSE(0, SIGCHLD, SIGURG, SIGWINCH, SIGCONT, SIGUSR1, SIGUSR1);
    case PROCESS:
        return below(8) == 0 ? 0x3fffff - below(10) : (uint64_t)self;
    case THREAD:
        return (uint64_t)self;
    case ACTION: {
        struct {
            uint64_t handler, flags, restorer, mask;
        } action = {CHOOSE(0, 1), 0, 0, 0};
        return below(4) == 0 ? 0 : structure(&action, sizeof action);
    }
    case MASK: {
        uint64_t mask = next_random() & ~(1UL << (SIGALRM - 1) | 1UL << (SIGUSR1 - 1));
        return below(4) == 0 ? 0 : structure(&mask, sizeof mask);
    }
    case MASK_SIZE:
        return 8;
    case HOW:
        return below(3);
    case ALTERNATE_STACK: {
        stack_t stack = {.ss_sp = SCRATCH, .ss_size = 16384, .ss_flags = (int)CHOOSE(0, SS_DISABLE)};
        return below(3) == 0 ? 0 : structure(&stack, sizeof stack);
    }
    case TIMER:
        return below(3);
    case TIMER_VALUE:
        return below(2) == 0 ? structure(&soon, sizeof soon) : structure(&never, sizeof never);
    default:
        return 0;
    }
}

static uint64_t make_process_argument(enum Kind kind)
{
    static const struct rlimit limit = {1 << 20, 1 << 20};
    switch (kind) {
    case TIME:
    case TIME_OUT:
        return make_time();
    case TIME_LIMIT_MS:
        return below(2);
    case SMALL:
        return below(6);
    case FUTEX_WORD:
        return (uint64_t)place(8) & ~7UL;
    case FUTEX_OPERATION:
        return CHOOSE(0, 1, 1, 3, 4, 9, 10) | CHOOSE(0, 128);
    case CLOCK:
        return CHOOSE(0, 1, 1, 4, 5, 6, 7);
    case LIMIT:
        return below(16);
    case LIMIT_VALUE:
        return structure(&limit, sizeof limit);
    case POLLS: {
        struct pollfd polls[4];
        for (size_t i = 0; i < COUNT(polls); i++)
            polls[i] = (struct pollfd){(int)(FIRST_DESCRIPTOR + below(DESCRIPTORS)), POLLIN | POLLOUT, 0};
        return structure(polls, sizeof polls);
    }
    case POLL_COUNT:
        return below(5);
    case EVENT: {
        struct epoll_event event = {.events = EPOLLIN | (uint32_t)CHOOSE(0, EPOLLET, EPOLLOUT, EPOLLONESHOT), .data = {.u64 = next_random()}};
        return structure(&event, sizeof event);
    }
    case EPOLL_OPERATION:
        return 1 + below(3);
    case WAIT_WHO:
        return (uint64_t)-1;
    case WAIT_STATUS:
        return below(2) == 0 ? 0 : (uint64_t)place(8);
    case WAIT_OPTIONS:
        return WNOHANG | CHOOSE(0, WUNTRACED, WCONTINUED, 0x40000000);
    case WAITID_KIND:
        return CHOOSE(P_ALL, P_ALL, P_PID);
    case WAITID_OPTIONS:
        return WNOHANG | CHOOSE(WEXITED, WSTOPPED, WCONTINUED, WEXITED | 0x01000000);
    case USAGE_WHO:
        return CHOOSE(0, 1, (uint64_t)-1);
    case ID:
        return below(3) == 0 ? (uint64_t)-1 : below(3);
    case PRCTL:
        return CHOOSE(PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_GET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER);
    case ARCH_PRCTL:
        return CHOOSE(0x1001, 0x1003, 0x1004);
    case AFFINITY_SIZE:
        return CHOOSE(8, 64, 128, 1024);
    case CLONE_BITS:
        return SIGCHLD | CHOOSE(0, CLONE_FILES, CLONE_FS, CLONE_PARENT);
    case CLONE_STRUCTURE: {
        uint64_t words[11] = {CHOOSE(0, CLONE_FILES, CLONE_FS), 0, 0, 0, SIGCHLD};
        return structure(words, sizeof words);
    }
    case CLONE_SIZE:
        return CHOOSE(64, 80, 88);
    case SYSLOG:
        return CHOOSE(3, 10, 10);
    case NAME_TEXT:
        return (uint64_t) "storm-test-host-name";
    case NAME_SIZE:
        return below(21);
    case PERSONALITY:
        return CHOOSE(0, 0xffffffff, 0x0040000, 0x0400000);
    case PRIORITY_KIND:
        return below(3);
    case NICE:
        return below(40) - 20;
    case RANDOM_FLAGS:
        return below(4);
    case ROBUST_SIZE:
        return 24;
    default:
        return 0;
    }
}

static uint64_t make_argument(enum Kind kind)
{
    /* Signals go to this process only; garbage could name all there are. */
    int to_process = kind == PROCESS || kind == THREAD || kind == WAIT_WHO;
    if (kind != NONE && !to_process && below(GARBAGE_IN) == 0)
        return garbage();
    if (kind <= ZERO)
        return 0;
    if (kind <= BUFFER)
        return make_memory_argument(kind);
    if (kind == FCNTL || kind == FCNTL_ARGUMENT || kind == IOCTL || (kind >= FALLOCATE_MODE && kind <= FLOCK) || kind == SYSTEM_TYPE || kind == MOUNT_FLAGS ||
        kind == MEMFD_FLAGS || kind == CREATE_FLAGS || kind == EVENT_FLAGS || kind == DEVICE || kind == AT_FLAGS || kind == UNLINK_FLAGS || kind == UTIMES ||
        kind == RENAME_FLAGS || kind <= VECTOR_COUNT)
        return make_file_argument(kind);
    if (kind == SIGNAL || kind == HARMLESS_SIGNAL || to_process || kind == MASK_SIZE || kind == ACTION || kind == MASK || kind == HOW || kind == TIMER ||
        kind == TIMER_VALUE || kind == ALTERNATE_STACK)
        return kind == WAIT_WHO ? make_process_argument(kind) : make_signal_argument(kind);
    return make_process_argument(kind);
}

/* ---- the worker ---- */

static void arm(void)
{
    struct itimerval tick = {{0, TICK_MICROSECONDS}, {0, TICK_MICROSECONDS}};
    unsigned long mask = 0;
    handle(SIGALRM, do_nothing, 0);
    handle(SIGUSR1, do_nothing, 0);
    sys(SYS_rt_sigprocmask, SIG_SETMASK, &mask, 0, 8);
    sys(SYS_setitimer, ITIMER_REAL, &tick, 0);
}

/* The descriptors that arguments count on, and files behind the names. */
static void repair(void)
{
    int pipe[2];
    for (int i = FIRST_DESCRIPTOR; i < 40; i++)
        sys(SYS_close, i);
    sys(SYS_umask, 0);
    sys(SYS_mkdir, "d", 0777);
    sys(SYS_mkdir, "e", 0777);
    sys(SYS_mkdir, "m", 0777);
    sys(SYS_symlink, "a", "l");
    sys(SYS_open, "a", O_RDWR | O_CREAT | O_NONBLOCK, 0666);
    sys(SYS_open, "b", O_RDWR | O_CREAT | O_NONBLOCK, 0666);
    sys(SYS_open, ".", O_RDONLY | O_DIRECTORY);
    sys(SYS_pipe2, pipe, O_NONBLOCK);
    sys(SYS_open, "/dev/zero", O_RDWR);
    sys(SYS_open, "/dev/null", O_RDWR);
    sys(SYS_memfd_create, "storm", MFD_CLOEXEC | 2);
    sys(SYS_eventfd2, 1, O_NONBLOCK);
    sys(SYS_epoll_create1, 0);
    sys(SYS_open, "/proc/self/maps", O_RDONLY);
    sys(SYS_open, "/dev/urandom", O_RDONLY);
    sys(SYS_close, sys(SYS_open, "c", O_RDWR | O_CREAT | O_NONBLOCK, 0666));
    sys(SYS_close, sys(SYS_open, "d/x", O_RDWR | O_CREAT | O_NONBLOCK, 0666));
    sys(SYS_ftruncate, 3, 16 * PAGE);
    sys(SYS_ftruncate, 10, 16 * PAGE);
    sys(SYS_mmap, SCRATCH, SCRATCH_SIZE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0);
    sys(SYS_mmap, SCRATCH + SCRATCH_SIZE, 16 * PAGE, PROT_NONE, ANONYMOUS | MAP_FIXED, -1, 0);
    /* The arena: pages of all kinds, with holes. */
    sys(SYS_mmap, ARENA, ARENA_PAGES / 2 * PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0);
    sys(SYS_mmap, ARENA + ARENA_PAGES / 2 * PAGE, ARENA_PAGES / 4 * PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    for (size_t i = 0; i < 16; i++)
        ARENA[below(ARENA_PAGES / 2) * PAGE] = 1;
}

static void count_try(size_t index) { __atomic_add_fetch(&statistics->tries[index], 1, __ATOMIC_RELAXED); }

static void count_success(size_t index) { __atomic_add_fetch(&statistics->successes[index], 1, __ATOMIC_RELAXED); }

static int is_success(long result) { return result >= 0 || result < -4095; }

static void thread_body(void *argument)
{
    ARENA[PAGE] = 1;
    sys(SYS_sched_yield);
    (void)argument;
}

static __attribute__((noinline)) long call_vfork(void)
{
    long result;
    __asm__ volatile("mov $58, %%eax\n syscall\n test %%rax, %%rax\n jnz 1f\n mov $231, %%eax\n xor %%edi, %%edi\n syscall\n 1:"
                     : "=a"(result)
                     :
                     : "rcx", "r11", "rdi", "memory");
    return result;
}

static void call_in_child(size_t index, const Call *call, const uint64_t *a)
{
    long child = sys(SYS_fork);
    if (child != 0) {
        if (child > 0)
            sys(SYS_wait4, child, 0, 0, 0);
        return;
    }
    if (call->way == EXITS) {
        count_success(index);
        call6(call->number, (long)a[0], 0, 0, 0, 0, 0);
    } else if (call->way == EXECS) {
        char *arguments[] = {"/tests/exec-target", "exit", "00", NULL};
        const char *path = below(4) == 0 ? (const char *)make_path(0) : arguments[0];
        if (path == arguments[0])
            count_success(index);
        sys(SYS_execve, path, below(GARBAGE_IN) == 0 ? (char **)garbage() : arguments, below(GARBAGE_IN) == 0 ? (char **)garbage() : arguments + 3);
    } else if (call->way == RETURNS_SIGNAL) {
        sys(SYS_kill, sys(SYS_getpid), SIGUSR1);
        count_success(index);
        __asm__ volatile("mov $15, %eax\n syscall");
    } else if (is_success(call6(call->number, (long)a[0], (long)a[1], (long)a[2], (long)a[3], (long)a[4], (long)a[5])))
        count_success(index);
    leave(0);
}

static void take_signal(size_t index)
{
    unsigned long mask = 1UL << (SIGUSR2 - 1);
    sys(SYS_rt_sigprocmask, SIG_BLOCK, &mask, 0, 8);
    sys(SYS_kill, self, SIGUSR2);
    if (sys(SYS_rt_sigtimedwait, make_argument(BUFFER) * below(2), &mask, 0, 8) == 0 || sys(SYS_rt_sigtimedwait, &mask, make_argument(BUFFER), make_time(), 8) == SIGUSR2)
        count_success(index);
    ignore(SIGUSR2);
    sys(SYS_rt_sigprocmask, SIG_UNBLOCK, &mask, 0, 8);
}

static void make_call(size_t index)
{
    const Call *call = index < COUNT(calls) ? &calls[index] : &thread_call;
    uint64_t a[6];
    static Thread thread;
    long result = -1;
    for (size_t i = 0; i < COUNT(a); i++)
        a[i] = make_argument(call->arguments[i]);
    count_try(index);
    statistics->last = (long)index;
    switch (call->way) {
    case PLAIN:
    case REARM:
    case WAITS:
        result = call6(call->number, (long)a[0], (long)a[1], (long)a[2], (long)a[3], (long)a[4], (long)a[5]);
        if (call->way == WAITS ? result == -EINTR : is_success(result))
            count_success(index);
        if (call->way == REARM)
            arm();
        break;
    case FORKS:
        result = call6(call->number, (long)a[0], (long)a[1], (long)a[2], (long)a[3], (long)a[4], (long)a[5]);
        if (result == 0 && sys(SYS_getpid) != self)
            leave(0);
        if (result > 0)
            count_success(index);
        break;
    case VFORKS:
        if (call_vfork() > 0)
            count_success(index);
        break;
    case STARTS_THREAD:
        if (thread.id == 0 && start_thread(&thread, thread_body, NULL) > 0) {
            count_success(index);
            join(&thread);
        }
        break;
    case TAKES_SIGNAL:
        take_signal(index);
        arm();
        break;
    default:
        call_in_child(index, call, a);
        break;
    }
}

static void work(uint64_t seed, long number)
{
    struct rlimit memory = {160 << 20, 160 << 20}, file = {4 << 20, 4 << 20}, files = {40, 40};
    unsigned total = 1;
    for (size_t i = 0; i < COUNT(calls); i++)
        total += (unsigned)calls[i].weight;
    state = seed;
    self = sys(SYS_getpid);
    sys(SYS_setpgid, 0, 0);
    sys(SYS_chdir, FOLDER);
    long null = sys(SYS_open, "/dev/null", O_RDWR);
    for (int i = 0; i < 3; i++)
        sys(SYS_dup2, null, i);
    sys(SYS_setrlimit, RLIMIT_AS, &memory);
    sys(SYS_setrlimit, RLIMIT_FSIZE, &file);
    sys(SYS_setrlimit, RLIMIT_NOFILE, &files);
    ignore(SIGXFSZ);
    ignore(SIGPIPE);
    for (long i = 0; i < number; i++) {
        if (i % CALLS_BETWEEN_REPAIRS == 0) {
            repair();
            arm();
        }
        unsigned chosen = (unsigned)below(total);
        size_t index = 0;
        while (index < COUNT(calls) && chosen >= (unsigned)calls[index].weight)
            chosen -= (unsigned)calls[index++].weight;
        __atomic_add_fetch(&statistics->made, 1, __ATOMIC_RELAXED);
        make_call(index);
    }
    leave(0);
}

/* ---- the one that starts them ---- */

struct entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

/* Removes all that is in a folder; mounts first. Returns how many entries were left. */
static int empty(const char *path)
{
    char buffer[4096];
    int left = 0;
    long folder = sys(SYS_open, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), length;
    if (folder < 0)
        return 0;
    sys(SYS_fchdir, folder);
    while ((length = sys(SYS_getdents64, folder, buffer, sizeof buffer)) > 0) {
        left = 0;
        for (long at = 0; at < length; at += ((struct entry *)(buffer + at))->length) {
            const char *name = ((struct entry *)(buffer + at))->name;
            if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
                continue;
            while (sys(SYS_umount2, name, 2) == 0)
                ;
            if (sys(SYS_unlink, name) != 0) {
                empty(name);
                sys(SYS_fchdir, folder);
                left += sys(SYS_rmdir, name) != 0;
            }
            sys(SYS_lseek, folder, 0, SEEK_SET);
        }
        if (left == 0 && length <= 48)
            break;
    }
    sys(SYS_close, folder);
    return left;
}

static volatile long worker;

static void kill_worker(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)information;
    (void)context;
    statistics->killed++;
    Line line = {.length = 0};
    add_text(&line, "storm: killed a worker after the call ");
    add_text(&line, statistics->last < (long)COUNT(calls) ? calls[statistics->last].name : thread_call.name);
    print_line(&line);
    sys(SYS_kill, worker, SIGKILL);
}

static void run_worker(uint64_t seed, long number)
{
    int status;
    long ended;
    worker = sys(SYS_fork);
    if (worker == 0)
        work(seed, number);
    sys(SYS_alarm, SECONDS_OF_A_WORKER);
    do {
        ended = sys(SYS_wait4, -1, &status, WUNTRACED, 0);
        if (ended > 0 && WIFSTOPPED(status))
            sys(SYS_kill, ended, SIGCONT);
    } while (ended != -ECHILD && !(ended == worker && !WIFSTOPPED(status)));
    sys(SYS_kill, -worker, SIGKILL);
    while (sys(SYS_wait4, -1, 0, 0x40000000, 0) != -ECHILD)
        ;
    sys(SYS_alarm, 0);
    sys(SYS_mkdir, FOLDER, 0777);
    empty(FOLDER);
    sys(SYS_chdir, "/tmp");
}

static long parse(const char *text)
{
    long number = 0;
    while (*text >= '0' && *text <= '9')
        number = number * 10 + (*text++ - '0');
    return number;
}

static void report(size_t index, unsigned wanted)
{
    const char *name = index < COUNT(calls) ? calls[index].name : thread_call.name;
    Line numbers = {.length = 0}, what = {.length = 0};
    add_text(&numbers, "storm: ");
    add_text(&numbers, name);
    add_text(&numbers, ": ");
    add_number(&numbers, statistics->successes[index]);
    add_text(&numbers, " of ");
    add_number(&numbers, statistics->tries[index]);
    print_line(&numbers);
    add_text(&what, "storm ");
    add_text(&what, name);
    add_text(&what, ": it succeeded often enough");
    check_true(what.text, statistics->successes[index] >= wanted);
}

/* What our kernel's own device says; Linux has none. */
static void check_memory(void)
{
    struct vm_statistics frames;
    struct vm_pool pool = {.index = 0};
    uint64_t in_pools = 0;
    long device = sys(SYS_open, "/dev/vm", O_RDWR);
    if (device < 0)
        return;
    check("storm: the memory manager's invariants hold", sys(SYS_ioctl, device, VM_VERIFY, 0), 0);
    check("storm: frames are counted", sys(SYS_ioctl, device, VM_STATISTICS, &frames), 0);
    check_true("storm: every frame is free or somebody's", frames.total
        == frames.free + frames.user + frames.page_tables + frames.pools + frames.files + frames.kernel);
    for (; sys(SYS_ioctl, device, VM_POOL, &pool) == 0; pool.index++)
        in_pools += pool.frames;
    check_true("storm: the pools have the pools' frames", in_pools + frames.block_frames == frames.pools);
    check("storm: statistics to a bad address", sys(SYS_ioctl, device, VM_STATISTICS, 8), -EFAULT);
    check("storm: the pool behind the last one", sys(SYS_ioctl, device, VM_POOL, &pool), -ENOENT);
    check("storm: a request that isn't there", sys(SYS_ioctl, device, 0x56ff, 0), -ENOTTY);
    sys(SYS_close, device);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? (uint64_t)parse(argv[1]) : 1;
    long wanted = argc > 2 ? parse(argv[2]) : 20000, workers = 0;
    statistics = (Statistics *)map((sizeof *statistics + PAGE - 1) & -PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    sys(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    sys(SYS_mkdir, FOLDER, 0777);
    handle(SIGALRM, kill_worker, SA_RESTART);
    while (statistics->made < wanted) {
        long number = wanted - statistics->made;
        run_worker((seed << 32) + (uint64_t)++workers * 2654435761UL + 1, number < CALLS_OF_A_WORKER ? number : CALLS_OF_A_WORKER);
    }
    Line line = {.length = 0};
    add_text(&line, "storm: ");
    add_number(&line, statistics->made);
    add_text(&line, " calls by ");
    add_number(&line, workers);
    add_text(&line, " workers");
    print_line(&line);
    for (size_t i = 0; i < ALL_CALLS; i++)
        report(i, (unsigned)(wanted / 10000));
    check_memory();
    check("storm: no process is left", sys(SYS_wait4, -1, 0, WNOHANG, 0), -ECHILD);
    check("storm: no file is left", sys(SYS_rmdir, FOLDER), 0);
    return failures != 0;
}
