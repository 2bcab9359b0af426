/* futex: wait, wake, bitsets, requeue, time limits, between threads and between processes; robust lists. */
#include "threads.h"

typedef struct {
    volatile int *word;
    int operation;
    int value;
    const struct timespec *time;
    long bits;
    volatile long result;
    volatile int *started;
} Wait;

static void wait_on(void *argument)
{
    Wait *wait = argument;
    __atomic_add_fetch(wait->started, 1, __ATOMIC_SEQ_CST);
    wait->result = futex(wait->word, wait->operation, wait->value, wait->time, NULL, wait->bits);
}

/* Starts threads that wait, and gives them time to fall asleep. */
static void start_waiters(Thread *threads, Wait *waits, int count, volatile int *word, int operation, const long *bits)
{
    static volatile int started;
    started = 0;
    for (int i = 0; i < count; i++) {
        waits[i] = (Wait){.word = word, .operation = operation, .value = *word, .bits = bits != NULL ? bits[i] : 0, .result = 99, .started = &started};
        start_thread(&threads[i], wait_on, &waits[i]);
    }
    for (int i = 0; started < count && i < 5000; i++)
        sleep_milliseconds(1);
    sleep_milliseconds(50);
}

static int woken(const Wait *waits, int count)
{
    int number = 0;
    sleep_milliseconds(50);
    for (int i = 0; i < count; i++)
        number += waits[i].result == 0;
    return number;
}

static void test_errors(void)
{
    volatile int word = 5;
    struct timespec zero = {0, 0}, wrong = {0, 1000000000}, negative = {-1, 0};
    check("futex wait: another value", futex(&word, FUTEX_WAIT_OP, 4, NULL, NULL, 0), -EAGAIN);
    check("futex wait private: another value", futex(&word, FUTEX_WAIT_OP | FUTEX_PRIVATE, 4, NULL, NULL, 0), -EAGAIN);
    check("futex wait: time limit zero", futex(&word, FUTEX_WAIT_OP, 5, &zero, NULL, 0), -ETIMEDOUT);
    check("futex wait: wrong time", futex(&word, FUTEX_WAIT_OP, 5, &wrong, NULL, 0), -EINVAL);
    check("futex wait: negative time", futex(&word, FUTEX_WAIT_OP, 5, &negative, NULL, 0), -EINVAL);
    check("futex wait: bad time pointer", futex(&word, FUTEX_WAIT_OP, 5, (void *)8, NULL, 0), -EFAULT);
    check("futex wait: bad word", futex((volatile int *)8, FUTEX_WAIT_OP, 5, NULL, NULL, 0), -EFAULT);
    check("futex wait: unaligned word", futex((volatile int *)((char *)&word + 1), FUTEX_WAIT_OP, 5, NULL, NULL, 0), -EINVAL);
    check("futex wake: nobody", futex(&word, FUTEX_WAKE_OP, 1, NULL, NULL, 0), 0);
    check("futex wake private: nobody", futex(&word, FUTEX_WAKE_OP | FUTEX_PRIVATE, 1, NULL, NULL, 0), 0);
    check("futex wake: unaligned word", futex((volatile int *)((char *)&word + 2), FUTEX_WAKE_OP, 1, NULL, NULL, 0), -EINVAL);
    check("futex wake bitset: no bit", futex(&word, FUTEX_WAKE_BITSET_OP, 1, NULL, NULL, 0), -EINVAL);
    check("futex wait bitset: no bit", futex(&word, FUTEX_WAIT_BITSET_OP, 5, NULL, NULL, 0), -EINVAL);
    check("futex cmp_requeue: another value", futex(&word, FUTEX_CMP_REQUEUE_OP, 1, (void *)1, &word, 4), -EAGAIN);
    check("futex unknown operation", futex(&word, 77, 1, NULL, NULL, 0), -ENOSYS);
    check("futex wake with the realtime clock", futex(&word, FUTEX_WAKE_OP | FUTEX_CLOCK_REAL, 1, NULL, NULL, 0), -ENOSYS);
}

static long since(const struct timespec *start)
{
    struct timespec now;
    sys(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return (now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
}

static void test_times(void)
{
    volatile int word = 0;
    struct timespec start, limit = {0, 30000000}, absolute;
    sys(SYS_clock_gettime, CLOCK_MONOTONIC, &start);
    check("futex wait: time limit", futex(&word, FUTEX_WAIT_OP, 0, &limit, NULL, 0), -ETIMEDOUT);
    check_true("futex wait: waited as long", since(&start) >= 30);
    sys(SYS_clock_gettime, CLOCK_MONOTONIC, &start);
    absolute = start;
    absolute.tv_nsec += 30000000;
    if (absolute.tv_nsec >= 1000000000) {
        absolute.tv_nsec -= 1000000000;
        absolute.tv_sec++;
    }
    check("futex wait bitset: absolute time", futex(&word, FUTEX_WAIT_BITSET_OP, 0, &absolute, NULL, -1), -ETIMEDOUT);
    check_true("futex wait bitset: waited until then", since(&start) >= 29 && since(&start) < 20000);
    check("futex wait bitset: time in the past", futex(&word, FUTEX_WAIT_BITSET_OP, 0, &start, NULL, -1), -ETIMEDOUT);
    sys(SYS_clock_gettime, CLOCK_REALTIME, &absolute);
    absolute.tv_sec--;
    check("futex wait bitset: realtime clock", futex(&word, FUTEX_WAIT_BITSET_OP | FUTEX_CLOCK_REAL, 0, &absolute, NULL, -1), -ETIMEDOUT);
}

static void test_threads(void)
{
    static volatile int word, other;
    Thread threads[6];
    Wait waits[6];
    static const long bits[] = {1, 2, 3, 4, 8, 1};
    word = 1;
    start_waiters(threads, waits, 3, &word, FUTEX_WAIT_OP | FUTEX_PRIVATE, NULL);
    check("futex wake: none wanted", futex(&word, FUTEX_WAKE_OP | FUTEX_PRIVATE, 0, NULL, NULL, 0), 1);
    check("futex wake: two", futex(&word, FUTEX_WAKE_OP | FUTEX_PRIVATE, 1, NULL, NULL, 0), 1);
    check("futex wake: two have run", woken(waits, 3), 2);
    check("futex wake: the rest", futex(&word, FUTEX_WAKE_OP | FUTEX_PRIVATE, 1000, NULL, NULL, 0), 1);
    check("futex wake: all have run", woken(waits, 3), 3);
    for (int i = 0; i < 3; i++)
        join(&threads[i]);

    start_waiters(threads, waits, 6, &word, FUTEX_WAIT_BITSET_OP | FUTEX_PRIVATE, bits);
    check("futex wake bitset 1: three match", futex(&word, FUTEX_WAKE_BITSET_OP | FUTEX_PRIVATE, 1000, NULL, NULL, 1), 3);
    check("futex wake bitset 16: none match", futex(&word, FUTEX_WAKE_BITSET_OP | FUTEX_PRIVATE, 1000, NULL, NULL, 16), 0);
    check("futex wake bitset 12: two match, one wanted", futex(&word, FUTEX_WAKE_BITSET_OP | FUTEX_PRIVATE, 1, NULL, NULL, 12), 1);
    check("futex wake: matches every bitset", futex(&word, FUTEX_WAKE_OP | FUTEX_PRIVATE, 1000, NULL, NULL, 0), 2);
    check("futex wake bitset: all have run", woken(waits, 6), 6);
    for (int i = 0; i < 6; i++)
        join(&threads[i]);

    start_waiters(threads, waits, 5, &word, FUTEX_WAIT_OP | FUTEX_PRIVATE, NULL);
    check("futex cmp_requeue: one woken, three moved", futex(&word, FUTEX_CMP_REQUEUE_OP | FUTEX_PRIVATE, 1, (void *)3, &other, 1), 4);
    check("futex requeued: one has run", woken(waits, 5), 1);
    check("futex requeued: one is left", futex(&word, FUTEX_WAKE_OP | FUTEX_PRIVATE, 1000, NULL, NULL, 0), 1);
    check("futex requeued: three at the other word", futex(&other, FUTEX_WAKE_OP | FUTEX_PRIVATE, 1000, NULL, NULL, 0), 3);
    for (int i = 0; i < 5; i++)
        join(&threads[i]);
    start_waiters(threads, waits, 2, &word, FUTEX_WAIT_OP | FUTEX_PRIVATE, NULL);
    check("futex requeue: none woken, two moved", futex(&word, FUTEX_REQUEUE_OP | FUTEX_PRIVATE, 0, (void *)10, &other, 0), 2);
    check("futex requeue: two at the other word", futex(&other, FUTEX_WAKE_OP | FUTEX_PRIVATE, 1000, NULL, NULL, 0), 2);
    for (int i = 0; i < 2; i++)
        join(&threads[i]);
}

static void test_processes(void)
{
    volatile int *shared = (volatile int *)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    int status = -1;
    *shared = 7;
    long child = sys(SYS_fork);
    if (child == 0) {
        shared[1] = 1;
        leave(futex(shared, FUTEX_WAIT_OP, 7, NULL, NULL, 0) == 0 ? 0 : 1);
    }
    wait_until(shared + 1, 1);
    sleep_milliseconds(50);
    check("futex shared: wake a process", futex(shared, FUTEX_WAKE_OP, 1, NULL, NULL, 0), 1);
    sys(SYS_wait4, child, &status, 0, 0);
    check("futex shared: it was woken", status, 0);
    /* The same word of a file at two addresses. */
    long file = sys(SYS_memfd_create, "futex", 0);
    sys(SYS_ftruncate, file, PAGE);
    volatile int *one = (volatile int *)sys(SYS_mmap, 0, PAGE, READ_WRITE, MAP_SHARED, file, 0);
    volatile int *two = (volatile int *)sys(SYS_mmap, 0, PAGE, READ_WRITE, MAP_SHARED, file, 0);
    shared[1] = 0;
    child = sys(SYS_fork);
    if (child == 0) {
        shared[1] = 1;
        leave(futex(one, FUTEX_WAIT_OP, 0, NULL, NULL, 0) == 0 ? 0 : 1);
    }
    wait_until(shared + 1, 1);
    sleep_milliseconds(50);
    check("futex shared: wake at another address", futex(two, FUTEX_WAKE_OP, 1, NULL, NULL, 0), 1);
    sys(SYS_wait4, child, &status, 0, 0);
    check("futex shared: woken at its own address", status, 0);
    /* Private memory after fork: two words. */
    static volatile int private;
    shared[1] = 0;
    child = sys(SYS_fork);
    if (child == 0) {
        struct timespec limit = {0, 200000000};
        shared[1] = 1;
        leave(futex(&private, FUTEX_WAIT_OP, 0, &limit, NULL, 0) == -ETIMEDOUT ? 0 : 1);
    }
    wait_until(shared + 1, 1);
    sleep_milliseconds(50);
    check("futex in private memory: another process is not woken", futex(&private, FUTEX_WAKE_OP, 1, NULL, NULL, 0), 0);
    sys(SYS_wait4, child, &status, 0, 0);
    check("futex in private memory: it timed out", status, 0);
}

static void do_nothing(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)information;
    (void)context;
}

static void test_interruption(void)
{
    volatile int word = 0;
    struct timespec limit = {0, 200000000};
    handle(SIGALRM, do_nothing, 0);
    struct itimerval timer = {{0, 0}, {0, 30000}};
    sys(SYS_setitimer, ITIMER_REAL, &timer, 0);
    check("futex wait: interrupted", futex(&word, FUTEX_WAIT_OP, 0, NULL, NULL, 0), -EINTR);
    handle(SIGALRM, do_nothing, SA_RESTART);
    sys(SYS_setitimer, ITIMER_REAL, &timer, 0);
    check("futex wait with a time limit: interrupted with SA_RESTART too", futex(&word, FUTEX_WAIT_OP, 0, &limit, NULL, 0), -EINTR);
    Thread thread;
    Wait wait;
    start_waiters(&thread, &wait, 1, &word, FUTEX_WAIT_OP, NULL);
    sys(SYS_tgkill, sys(SYS_getpid), thread.id, SIGALRM);
    sleep_milliseconds(50);
    check("futex wait without one: goes on with SA_RESTART", futex(&word, FUTEX_WAKE_OP, 1, NULL, NULL, 0), 1);
    join(&thread);
    check("futex wait without one: woken at last", wait.result, 0);
    reset(SIGALRM);
}

/* ---- robust lists ---- */

struct list_head {
    struct list_head *next;
    long offset;
    struct list_head *pending;
};

typedef struct {
    struct list_head *next;
    volatile int word;
} Lock;

#define WAITERS (int)0x80000000
#define OWNER_DIED 0x40000000

static void test_robust(void)
{
    Lock *locks = (Lock *)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    struct list_head *head = NULL, *got = NULL;
    size_t size = 0;
    int status = -1;
    check("set_robust_list with a wrong size", sys(SYS_set_robust_list, locks, 8), -EINVAL);
    long child = sys(SYS_fork);
    if (child == 0) {
        static struct list_head list;
        int self = (int)sys(SYS_gettid);
        list.next = (struct list_head *)&locks[0];
        list.offset = offsetof(Lock, word);
        list.pending = (struct list_head *)&locks[3];
        locks[0].next = (struct list_head *)&locks[1];
        locks[1].next = (struct list_head *)&locks[2];
        locks[2].next = &list;
        locks[0].word = self;
        locks[1].word = self | WAITERS;
        locks[2].word = 12345;
        locks[3].word = self;
        check("set_robust_list", sys(SYS_set_robust_list, &list, sizeof list), 0);
        check("get_robust_list", sys(SYS_get_robust_list, 0, &got, &size), 0);
        check_true("get_robust_list: what was set", got == &list && size == sizeof list);
        leave(failures);
    }
    sys(SYS_wait4, child, &status, 0, 0);
    check("robust list: child", status, 0);
    check_true("robust list: an owned lock says that its owner died", locks[0].word == OWNER_DIED);
    check_true("robust list: the waiters' bit stays", locks[1].word == (OWNER_DIED | WAITERS));
    check("robust list: another's lock stays", locks[2].word, 12345);
    check_true("robust list: the pending lock too", locks[3].word == OWNER_DIED);
    /* Somebody waits for a lock whose owner is killed. */
    locks[0].word = locks[1].word = locks[3].word = 0;
    long owner = sys(SYS_fork);
    if (owner == 0) {
        static struct list_head list;
        list.next = (struct list_head *)&locks[0];
        list.offset = offsetof(Lock, word);
        locks[0].next = &list;
        locks[0].word = (int)sys(SYS_gettid) | WAITERS;
        sys(SYS_set_robust_list, &list, sizeof list);
        locks[1].word = 1;
        for (;;)
            sys(SYS_pause);
    }
    wait_until(&locks[1].word, 1);
    int value = locks[0].word;
    child = sys(SYS_fork);
    if (child == 0) {
        locks[1].word = 2;
        leave(futex(&locks[0].word, FUTEX_WAIT_OP, value, NULL, NULL, 0) == 0 ? 0 : 1);
    }
    wait_until(&locks[1].word, 2);
    sleep_milliseconds(50);
    sys(SYS_kill, owner, SIGKILL);
    sys(SYS_wait4, owner, &status, 0, 0);
    sys(SYS_wait4, child, &status, 0, 0);
    check("robust list: the waiter is woken", status, 0);
    check_true("robust list: it sees that the owner died", (locks[0].word & OWNER_DIED) != 0);
    /* A list that is broken must not hurt. */
    static const long bad_lists[] = {8, (long)0xffff800000000000UL, 1};
    int ended = 0;
    for (size_t i = 0; i < COUNT(bad_lists); i++) {
        child = sys(SYS_fork);
        if (child == 0) {
            static struct list_head list;
            list.next = (struct list_head *)bad_lists[i];
            sys(SYS_set_robust_list, i == 2 ? (void *)8 : &list, sizeof list);
            leave(0);
        }
        sys(SYS_wait4, child, &status, 0, 0);
        ended += status == 0;
    }
    check("robust list: broken lists", ended, 3);
    child = sys(SYS_fork);
    if (child == 0) {
        static struct list_head loop[2];
        loop[0].next = &loop[1];
        loop[1].next = &loop[1];
        sys(SYS_set_robust_list, &loop[0], sizeof loop[0]);
        leave(0);
    }
    sys(SYS_wait4, child, &status, 0, 0);
    check("robust list: a list without end", status, 0);
    check("get_robust_list of nobody", sys(SYS_get_robust_list, 0x3fffff, &head, &size), -ESRCH);
}

int main(void)
{
    test_errors();
    test_times();
    test_threads();
    test_processes();
    test_interruption();
    test_robust();
    return failures != 0;
}
