/* wait4 and waitid: every state of a child, groups, and reparenting. */
#include "check.h"
#include <sys/prctl.h>

#define NOWAIT 0x01000000

static long start(int status)
{
    long child = sys(SYS_fork);
    if (child == 0)
        leave(status);
    return child;
}

static long start_sleeper(void)
{
    long child = sys(SYS_fork);
    if (child == 0)
        for (;;)
            sys(SYS_pause);
    return child;
}

static long wait_for(long child, int *status, int options) { return sys(SYS_wait4, child, status, options, 0); }

static void test_exits(void)
{
    static const int codes[] = {0, 1, 127, 255, 256, 511};
    static const char *const names[] = {"wait4 exit 0", "wait4 exit 1", "wait4 exit 127", "wait4 exit 255", "wait4 exit 256", "wait4 exit 511"};
    int status = -1;
    for (size_t i = 0; i < COUNT(codes); i++) {
        long child = start(codes[i]);
        check_true(names[i], wait_for(child, &status, 0) == child && status == (codes[i] & 0xff) << 8);
    }
    long child = start(5);
    check_true("wait4 for any child", wait_for(-1, &status, 0) == child);
    check("wait4 without children", wait_for(-1, &status, 0), -ECHILD);
    check("wait4 without children, nohang", wait_for(-1, &status, WNOHANG), -ECHILD);
    check("wait4 for a process that is no child", wait_for(1, &status, 0), -ECHILD);
    check("wait4 with an unknown option", wait_for(-1, &status, 0x100), -EINVAL);
    child = start(7);
    check_true("wait4 without a place for the status", wait_for(child, NULL, 0) == child);
    child = start(7);
    check("wait4 with a bad place for the status", wait_for(child, (int *)8, 0), -EFAULT);
    wait_for(-1, NULL, 0);
    child = start_sleeper();
    check("wait4 nohang while the child runs", wait_for(child, &status, WNOHANG), 0);
    sys(SYS_kill, child, SIGKILL);
    struct rusage usage;
    memset(&usage, 0xff, sizeof usage);
    check_true("wait4 with usage", sys(SYS_wait4, child, &status, 0, &usage) == child);
    check_true("wait4 usage is filled in", usage.ru_utime.tv_sec == 0 && usage.ru_minflt >= 0 && usage.ru_nswap == 0);
    check_text("wait4 killed child", status_name(status), "signal 9");
    check("wait4 twice for one child", wait_for(child, &status, 0), -ECHILD);
}

static void die_by(void *argument)
{
    reset((int)(long)argument);
    struct rlimit none = {0, 0};
    sys(SYS_setrlimit, RLIMIT_CORE, &none);
    sys(SYS_kill, sys(SYS_getpid), (int)(long)argument);
    leave(77);
}

static void test_deaths(void)
{
    static const struct {
        int signal;
        const char *name, *result;
    } cases[] = {{SIGHUP, "death by SIGHUP", "signal 1"}, {SIGINT, "death by SIGINT", "signal 2"}, {SIGQUIT, "death by SIGQUIT", "signal 3"},
                 {SIGILL, "death by SIGILL", "signal 4"}, {SIGTRAP, "death by SIGTRAP", "signal 5"}, {SIGABRT, "death by SIGABRT", "signal 6"},
                 {SIGBUS, "death by SIGBUS", "signal 7"}, {SIGFPE, "death by SIGFPE", "signal 8"}, {SIGKILL, "death by SIGKILL", "signal 9"},
                 {SIGUSR1, "death by SIGUSR1", "signal 10"}, {SIGSEGV, "death by SIGSEGV", "signal 11"}, {SIGUSR2, "death by SIGUSR2", "signal 12"},
                 {SIGPIPE, "death by SIGPIPE", "signal 13"}, {SIGALRM, "death by SIGALRM", "signal 14"}, {SIGTERM, "death by SIGTERM", "signal 15"},
                 {SIGXCPU, "death by SIGXCPU", "signal 24"}, {SIGXFSZ, "death by SIGXFSZ", "signal 25"}, {SIGVTALRM, "death by SIGVTALRM", "signal 26"},
                 {SIGPROF, "death by SIGPROF", "signal 27"}, {SIGIO, "death by SIGIO", "signal 29"}, {SIGPWR, "death by SIGPWR", "signal 30"},
                 {SIGSYS, "death by SIGSYS", "signal 31"}, {40, "death by signal 40", "signal 40"}, {64, "death by signal 64", "signal 64"},
                 {SIGCHLD, "SIGCHLD is ignored", "exit 77"}, {SIGCONT, "SIGCONT is ignored", "exit 77"}, {SIGURG, "SIGURG is ignored", "exit 77"},
                 {SIGWINCH, "SIGWINCH is ignored", "exit 77"}};
    for (size_t i = 0; i < COUNT(cases); i++)
        check_text(cases[i].name, status_name(in_child(die_by, (void *)(long)cases[i].signal) & ~0x80), cases[i].result);
}

static void test_stops(void)
{
    int status = -1;
    long child = start_sleeper();
    sys(SYS_kill, child, SIGSTOP);
    check_true("wait4 untraced: stopped child", wait_for(child, &status, WUNTRACED) == child);
    check_text("wait4 untraced: status", status_name(status), "stopped 19");
    check("wait4 untraced tells a stop once", wait_for(child, &status, WUNTRACED | WNOHANG), 0);
    sys(SYS_kill, child, SIGCONT);
    check_true("wait4 continued", wait_for(child, &status, WCONTINUED) == child);
    check_text("wait4 continued: status", status_name(status), "continued");
    check("wait4 continued tells it once", wait_for(child, &status, WCONTINUED | WNOHANG), 0);
    /* A stop signal of the terminal is ignored where nobody of the session could continue the group. */
    sys(SYS_kill, child, SIGTSTP);
    sleep_milliseconds(20);
    check("wait4 untraced: SIGTSTP in an orphaned group", wait_for(child, &status, WUNTRACED | WNOHANG), 0);
    sys(SYS_setpgid, child, child);
    sys(SYS_kill, child, SIGTSTP);
    check_true("wait4 untraced: SIGTSTP", wait_for(child, &status, WUNTRACED) == child && WSTOPSIG(status) == SIGTSTP);
    sys(SYS_kill, child, SIGTERM);
    check("wait4: a stopped child does not die of SIGTERM", wait_for(child, &status, WNOHANG), 0);
    sys(SYS_kill, child, SIGCONT);
    check_true("wait4: it dies when it continues", wait_for(child, &status, 0) == child && status == SIGTERM);
    child = start_sleeper();
    sys(SYS_kill, child, SIGSTOP);
    wait_for(child, &status, WUNTRACED);
    sys(SYS_kill, child, SIGKILL);
    check_true("wait4: a stopped child dies of SIGKILL", wait_for(child, &status, 0) == child && status == SIGKILL);
}

static const char *information_text(const siginfo_t *information)
{
    static Line line;
    memset(&line, 0, sizeof line);
    add_text(&line, information->si_signo == SIGCHLD ? "SIGCHLD" : information->si_signo == 0 ? "nothing" : "another signal");
    add_text(&line, information->si_code == CLD_EXITED ? " exited " : information->si_code == CLD_KILLED ? " killed "
        : information->si_code == CLD_STOPPED ? " stopped " : information->si_code == CLD_CONTINUED ? " continued " : " code ");
    add_number(&line, information->si_status);
    return line.text;
}

static void test_waitid(void)
{
    siginfo_t information;
    memset(&information, 0, sizeof information);
    long child = start(9);
    check("waitid exited, nowait", sys(SYS_waitid, P_PID, child, &information, WEXITED | NOWAIT, 0), 0);
    check_text("waitid exited", information_text(&information), "SIGCHLD exited 9");
    check_true("waitid: the child's id", information.si_pid == child && information.si_uid == 0);
    check("waitid again", sys(SYS_waitid, P_PID, child, &information, WEXITED, 0), 0);
    check("waitid after that", sys(SYS_waitid, P_PID, child, &information, WEXITED, 0), -ECHILD);
    child = start_sleeper();
    memset(&information, 0xff, sizeof information);
    check("waitid nohang", sys(SYS_waitid, P_PID, child, &information, WEXITED | WNOHANG, 0), 0);
    check("waitid nohang: no id", information.si_pid, 0);
    sys(SYS_kill, child, SIGSTOP);
    check("waitid stopped", sys(SYS_waitid, P_ALL, 0, &information, WSTOPPED, 0), 0);
    check_text("waitid stopped: information", information_text(&information), "SIGCHLD stopped 19");
    sys(SYS_kill, child, SIGCONT);
    check("waitid continued", sys(SYS_waitid, P_PID, child, &information, WCONTINUED, 0), 0);
    check_text("waitid continued: information", information_text(&information), "SIGCHLD continued 18");
    sys(SYS_kill, child, SIGTERM);
    check("waitid killed", sys(SYS_waitid, P_PGID, sys(SYS_getpgrp), &information, WEXITED, 0), 0);
    check_text("waitid killed: information", information_text(&information), "SIGCHLD killed 15");
    check("waitid without a state", sys(SYS_waitid, P_ALL, 0, &information, 0, 0), -EINVAL);
    check("waitid with an unknown option", sys(SYS_waitid, P_ALL, 0, &information, WEXITED | 0x100, 0), -EINVAL);
    check("waitid with a wrong kind", sys(SYS_waitid, 99, 0, &information, WEXITED, 0), -EINVAL);
    check("waitid for process 0", sys(SYS_waitid, P_PID, 0, &information, WEXITED, 0), -EINVAL);
    check("waitid without children", sys(SYS_waitid, P_ALL, 0, &information, WEXITED, 0), -ECHILD);
    child = start(3);
    check("waitid without a place", sys(SYS_waitid, P_PID, child, 0, WEXITED, 0), 0);
}

static void test_groups(void)
{
    int status = -1;
    long other = sys(SYS_fork);
    if (other == 0) {
        sys(SYS_setpgid, 0, 0);
        leave(1);
    }
    sys(SYS_setpgid, other, other);
    long same = start(2);
    check_true("wait4 for the own group", wait_for(0, &status, 0) == same);
    check("wait4 for the own group: nobody left", wait_for(0, &status, 0), -ECHILD);
    check_true("wait4 for another group", wait_for(-other, &status, 0) == other);
    check("wait4 for a group without children", wait_for(-other, &status, 0), -ECHILD);
}

static void test_orphans(void)
{
    volatile int *result = (volatile int *)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    int status = -1;
    long child = sys(SYS_fork);
    if (child == 0) {
        long parent = sys(SYS_getpid);
        if (sys(SYS_fork) == 0) {
            for (int i = 0; sys(SYS_getppid) == parent && i < 5000; i++)
                sleep_milliseconds(1);
            result[0] = sys(SYS_getppid) == 1;
            result[1] = 1;
            leave(0);
        }
        leave(0);
    }
    wait_for(child, &status, 0);
    wait_until(result + 1, 1);
    check("orphan: its parent is process 1", result[0], 1);
    check("orphan: it is not the grandparent's", wait_for(-1, &status, 0), -ECHILD);

    result[0] = result[1] = 0;
    check("subreaper", sys(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
    child = sys(SYS_fork);
    if (child == 0) {
        if (sys(SYS_fork) == 0) {
            wait_until(result, 1);
            leave(8);
        }
        leave(0);
    }
    wait_for(child, &status, 0);
    result[0] = 1;
    check_true("subreaper gets the orphan", wait_for(-1, &status, 0) > 0 && WEXITSTATUS(status) == 8);
    sys(SYS_prctl, PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

static volatile int children_seen;

static void count_child(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)context;
    children_seen += information->si_signo == SIGCHLD && information->si_code == CLD_EXITED && information->si_status == 4;
}

static void test_sigchld(void)
{
    int status = -1;
    handle(SIGCHLD, count_child, SA_RESTART);
    children_seen = 0;
    long child = start(4);
    check_true("wait4 restarts behind SIGCHLD's handler", wait_for(child, &status, 0) == child);
    check("SIGCHLD tells who and how", children_seen, 1);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    action.sa_flags = SA_NOCLDWAIT;
    sigaction(SIGCHLD, &action, NULL);
    child = start(4);
    check("SA_NOCLDWAIT: wait4 waits and finds none", wait_for(child, &status, 0), -ECHILD);
    ignore(SIGCHLD);
    child = start(4);
    check("ignored SIGCHLD: wait4 waits and finds none", wait_for(child, &status, 0), -ECHILD);
    reset(SIGCHLD);
    handle(SIGCHLD, count_child, SA_NOCLDSTOP);
    children_seen = 0;
    child = start_sleeper();
    sys(SYS_kill, child, SIGSTOP);
    wait_for(child, &status, WUNTRACED);
    check("SA_NOCLDSTOP: no signal for a stop", children_seen, 0);
    sys(SYS_kill, child, SIGKILL);
    wait_for(child, &status, 0);
    reset(SIGCHLD);
}

static void test_death_signal(void)
{
    volatile int *ready = (volatile int *)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    int pipe[2], status;
    char byte;
    sys(SYS_pipe, pipe);
    long child = sys(SYS_fork);
    if (child == 0) {
        if (sys(SYS_fork) == 0) {
            sys(SYS_close, pipe[0]);
            sys(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
            *ready = 1;
            for (;;)
                sys(SYS_pause);
        }
        wait_until(ready, 1);
        leave(0);
    }
    sys(SYS_close, pipe[1]);
    wait_for(child, &status, 0);
    check("pdeathsig: the grandchild died with its parent", sys(SYS_read, pipe[0], &byte, 1), 0);
    sys(SYS_close, pipe[0]);
}

int main(void)
{
    test_exits();
    test_deaths();
    test_stops();
    test_waitid();
    test_groups();
    test_orphans();
    test_sigchld();
    test_death_signal();
    return failures != 0;
}
