/* Clocks and sleeping. */
#include "check.h"

static long difference(const struct timespec *from, const struct timespec *to)
{
    return (to->tv_sec - from->tv_sec) * 1000 + (to->tv_nsec - from->tv_nsec) / 1000000;
}

static void test_clocks(void)
{
    static const struct {
        int clock;
        const char *name;
    } clocks[] = {{CLOCK_REALTIME, "clock_gettime realtime"}, {CLOCK_MONOTONIC, "clock_gettime monotonic"},
                  {CLOCK_PROCESS_CPUTIME_ID, "clock_gettime of the process"}, {CLOCK_THREAD_CPUTIME_ID, "clock_gettime of the thread"},
                  {CLOCK_MONOTONIC_RAW, "clock_gettime raw"}, {CLOCK_REALTIME_COARSE, "clock_gettime realtime, coarse"},
                  {CLOCK_MONOTONIC_COARSE, "clock_gettime monotonic, coarse"}, {CLOCK_BOOTTIME, "clock_gettime since boot"}};
    struct timespec time, later, resolution;
    for (size_t i = 0; i < COUNT(clocks); i++) {
        time.tv_nsec = -1;
        check(clocks[i].name, sys(SYS_clock_gettime, clocks[i].clock, &time), 0);
        check_true("its nanoseconds are less than a second", time.tv_nsec >= 0 && time.tv_nsec < 1000000000);
    }
    sys(SYS_clock_gettime, CLOCK_REALTIME, &time);
    check_true("the realtime clock is behind 2020", time.tv_sec > 1577836800);
    int backwards = 0;
    sys(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
    for (int i = 0; i < 10000; i++) {
        sys(SYS_clock_gettime, CLOCK_MONOTONIC, &later);
        backwards += later.tv_sec < time.tv_sec || (later.tv_sec == time.tv_sec && later.tv_nsec < time.tv_nsec);
        time = later;
    }
    check("the monotonic clock never goes back", backwards, 0);
    sys(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &time);
    for (volatile long i = 0; i < 20000000; i++)
        ;
    sys(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &later);
    check_true("the process's clock runs while it runs", difference(&time, &later) > 0);
    sys(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &time);
    sleep_milliseconds(300);
    sys(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &later);
    check_true("the process's clock stands while it sleeps", difference(&time, &later) < 200);
    check("clock_gettime of a wrong clock", sys(SYS_clock_gettime, 77, &time), -EINVAL);
    check("clock_gettime with a bad pointer", sys(SYS_clock_gettime, CLOCK_REALTIME, 8), -EFAULT);
    check("clock_getres", sys(SYS_clock_getres, CLOCK_MONOTONIC, &resolution), 0);
    check_true("clock_getres: a second at most", resolution.tv_sec == 0 && resolution.tv_nsec > 0);
    check("clock_getres without a place", sys(SYS_clock_getres, CLOCK_MONOTONIC, 0), 0);
    check("clock_getres of a wrong clock", sys(SYS_clock_getres, 77, &resolution), -EINVAL);
    struct timeval now;
    long seconds = 0;
    check("gettimeofday", sys(SYS_gettimeofday, &now, 0), 0);
    check_true("gettimeofday: microseconds", now.tv_usec >= 0 && now.tv_usec < 1000000);
    check_true("time", sys(SYS_time, &seconds) - now.tv_sec <= 1 && seconds - now.tv_sec <= 1 && seconds >= now.tv_sec);
    check("gettimeofday with a bad pointer", sys(SYS_gettimeofday, 8, 0), -EFAULT);
    check("time with a bad pointer", sys(SYS_time, 8), -EFAULT);
}

static void test_sleeps(void)
{
    struct timespec start, end, brief = {0, 50000000}, zero = {0, 0}, wrong = {0, 1000000000}, negative = {-1, 0}, until;
    sys(SYS_clock_gettime, CLOCK_MONOTONIC, &start);
    check("nanosleep", sys(SYS_nanosleep, &brief, 0), 0);
    sys(SYS_clock_gettime, CLOCK_MONOTONIC, &end);
    check_true("nanosleep: at least as long", difference(&start, &end) >= 50);
    check_true("nanosleep: not much longer", difference(&start, &end) < 5000);
    check("nanosleep of nothing", sys(SYS_nanosleep, &zero, 0), 0);
    check("nanosleep with a wrong time", sys(SYS_nanosleep, &wrong, 0), -EINVAL);
    check("nanosleep with a negative time", sys(SYS_nanosleep, &negative, 0), -EINVAL);
    check("nanosleep with a bad pointer", sys(SYS_nanosleep, 8, 0), -EFAULT);
    sys(SYS_clock_gettime, CLOCK_MONOTONIC, &start);
    until = start;
    until.tv_nsec += 50000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    check("clock_nanosleep absolute", sys(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &until, 0), 0);
    sys(SYS_clock_gettime, CLOCK_MONOTONIC, &end);
    check_true("clock_nanosleep absolute: not before", difference(&until, &end) >= 0);
    check("clock_nanosleep absolute in the past", sys(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &start, 0), 0);
    check("clock_nanosleep relative", sys(SYS_clock_nanosleep, CLOCK_REALTIME, 0, &brief, 0), 0);
    check("clock_nanosleep of a wrong clock", sys(SYS_clock_nanosleep, 77, 0, &brief, 0), -EINVAL);
    check("clock_nanosleep by the thread's clock", sys(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &brief, 0), -EOPNOTSUPP);
    check("clock_nanosleep with a wrong time", sys(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &wrong, 0), -EINVAL);
    /* Sleepers wake in the order of their times, whatever the order in which they started. */
    int pipe[2];
    char order[4] = "";
    sys(SYS_pipe, pipe);
    static const int times[] = {300, 100, 200};
    for (int i = 0; i < 3; i++)
        if (sys(SYS_fork) == 0) {
            char name = (char)('0' + times[i] / 100);
            sleep_milliseconds(times[i] * 2);
            sys(SYS_write, pipe[1], &name, 1);
            leave(0);
        }
    for (int i = 0; i < 3; i++) {
        sys(SYS_wait4, -1, 0, 0, 0);
        sys(SYS_read, pipe[0], order + i, 1);
    }
    check_text("sleepers wake in order", order, "123");
    sys(SYS_close, pipe[0]);
    sys(SYS_close, pipe[1]);
}

int main(void)
{
    test_clocks();
    test_sleeps();
    return failures != 0;
}
