/* Signals between processes: actions, masks, pending, waiting, alternate stacks, nesting, restarting, timers. */
#include "check.h"
#include <poll.h>

#define MASK(signal) (1UL << ((signal) - 1))
#define RAW_SIZE 8

/* What rt_sigaction takes. */
typedef struct {
    void *handler;
    unsigned long flags;
    void *restorer;
    unsigned long mask;
} RawAction;

static volatile int count, last_signal, last_code, order[8], orders;
static volatile long last_value, last_sender;
static volatile unsigned long mask_inside;

static unsigned long current_mask(void)
{
    unsigned long mask = 0;
    sys(SYS_rt_sigprocmask, SIG_BLOCK, 0, &mask, RAW_SIZE);
    return mask;
}

static void set_mask(unsigned long mask) { sys(SYS_rt_sigprocmask, SIG_SETMASK, &mask, 0, RAW_SIZE); }

static unsigned long pending(void)
{
    unsigned long signals = 0;
    sys(SYS_rt_sigpending, &signals, RAW_SIZE);
    return signals;
}

static void note(int signal, siginfo_t *information, void *context)
{
    (void)context;
    count++;
    last_signal = signal;
    last_code = information->si_code;
    last_value = information->si_value.sival_int;
    last_sender = information->si_pid;
    mask_inside = current_mask();
    if (orders < (int)COUNT(order))
        order[orders++] = signal;
}

static void send(int signal) { sys(SYS_kill, sys(SYS_getpid), signal); }

/* handle with a mask. */
static void handle_masked(int signal, void (*handler)(int, siginfo_t *, void *), int flags, int masked)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | flags;
    if (masked != 0)
        sigaddset(&action.sa_mask, masked);
    sigaction(signal, &action, NULL);
}

static void test_actions(void)
{
    RawAction action, old;
    memset(&action, 0, sizeof action);
    check("rt_sigaction reads", sys(SYS_rt_sigaction, SIGUSR1, 0, &old, RAW_SIZE), 0);
    check_true("rt_sigaction: default at first", old.handler == SIG_DFL && old.flags == 0);
    action.handler = (void *)1;
    check("rt_sigaction ignores", sys(SYS_rt_sigaction, SIGUSR1, &action, &old, RAW_SIZE), 0);
    check("rt_sigaction tells the old one", sys(SYS_rt_sigaction, SIGUSR1, 0, &old, RAW_SIZE), 0);
    check_true("rt_sigaction: ignored", old.handler == SIG_IGN);
    send(SIGUSR1);
    check("ignored signal is not pending", (long)pending(), 0);
    check("rt_sigaction of SIGKILL", sys(SYS_rt_sigaction, SIGKILL, &action, 0, RAW_SIZE), -EINVAL);
    check("rt_sigaction of SIGSTOP", sys(SYS_rt_sigaction, SIGSTOP, &action, 0, RAW_SIZE), -EINVAL);
    check("rt_sigaction reads SIGKILL", sys(SYS_rt_sigaction, SIGKILL, 0, &old, RAW_SIZE), 0);
    check("rt_sigaction of signal 0", sys(SYS_rt_sigaction, 0, 0, &old, RAW_SIZE), -EINVAL);
    check("rt_sigaction of signal 65", sys(SYS_rt_sigaction, 65, 0, &old, RAW_SIZE), -EINVAL);
    check("rt_sigaction with a wrong size", sys(SYS_rt_sigaction, SIGUSR1, 0, &old, 4), -EINVAL);
    check("rt_sigaction with a bad pointer", sys(SYS_rt_sigaction, SIGUSR1, 8, 0, RAW_SIZE), -EFAULT);
    check("rt_sigaction with a bad old pointer", sys(SYS_rt_sigaction, SIGUSR1, 0, 8, RAW_SIZE), -EFAULT);
    reset(SIGUSR1);
}

static void test_kill(void)
{
    long self = sys(SYS_getpid);
    handle(SIGUSR1, note, 0);
    count = 0;
    check("kill itself", sys(SYS_kill, self, SIGUSR1), 0);
    check("kill: handler ran at once", count, 1);
    check("kill: si_code", last_code, SI_USER);
    check_true("kill: si_pid", last_sender == self);
    check_true("handler: its signal is blocked", (mask_inside & MASK(SIGUSR1)) != 0);
    check_true("handler: unblocked behind it", (current_mask() & MASK(SIGUSR1)) == 0);
    check("tkill", sys(SYS_tkill, self, SIGUSR1), 0);
    check("tkill: si_code", last_code, SI_TKILL);
    check("tgkill", sys(SYS_tgkill, self, self, SIGUSR1), 0);
    check("tgkill: count", count, 3);
    check("kill with signal 0", sys(SYS_kill, self, 0), 0);
    check("kill with signal 65", sys(SYS_kill, self, 65), -EINVAL);
    check("kill with signal -1", sys(SYS_kill, self, -1), -EINVAL);
    check("kill of nobody", sys(SYS_kill, 0x3fffff, SIGUSR1), -ESRCH);
    check("kill of no group", sys(SYS_kill, -0x3fffff, SIGUSR1), -ESRCH);
    check("tkill of nobody", sys(SYS_tkill, 0x3fffff, SIGUSR1), -ESRCH);
    check("tkill of thread 0", sys(SYS_tkill, 0, SIGUSR1), -EINVAL);
    check("tgkill with the wrong process", sys(SYS_tgkill, 1, self, SIGUSR1), -ESRCH);
    check("tgkill of thread -1", sys(SYS_tgkill, self, -1, SIGUSR1), -EINVAL);
    count = 0;
    check("kill of the own group", sys(SYS_kill, 0, SIGUSR1), 0);
    check("kill of the own group: count", count, 1);
    siginfo_t information;
    memset(&information, 0, sizeof information);
    information.si_code = SI_QUEUE;
    information.si_value.sival_int = 4711;
    check("rt_sigqueueinfo", sys(SYS_rt_sigqueueinfo, self, SIGUSR1, &information), 0);
    check("rt_sigqueueinfo: value", last_value, 4711);
    check("rt_sigqueueinfo: code", last_code, SI_QUEUE);
    reset(SIGUSR1);
}

static void unprivileged_kill(void *argument)
{
    sys(SYS_setresuid, 1000, 1000, 1000);
    check("kill of another user's process", sys(SYS_kill, 1, SIGUSR1), -EPERM);
    check("kill of another user's process with signal 0", sys(SYS_kill, 1, 0), -EPERM);
    check("tgkill of another user's process", sys(SYS_tgkill, 1, 1, SIGUSR1), -EPERM);
    check("kill of the own process", sys(SYS_kill, sys(SYS_getpid), 0), 0);
    (void)argument;
}

static void test_masks(void)
{
    unsigned long old = 0, mask = MASK(SIGUSR1) | MASK(SIGUSR2);
    handle(SIGUSR1, note, 0);
    handle(SIGUSR2, note, 0);
    set_mask(0);
    count = orders = 0;
    check("rt_sigprocmask block", sys(SYS_rt_sigprocmask, SIG_BLOCK, &mask, &old, RAW_SIZE), 0);
    check("rt_sigprocmask: old mask", (long)old, 0);
    send(SIGUSR2);
    send(SIGUSR1);
    send(SIGUSR1);
    check("blocked signals wait", count, 0);
    check_true("rt_sigpending", pending() == mask);
    mask = MASK(SIGUSR2);
    check("rt_sigprocmask unblock one", sys(SYS_rt_sigprocmask, SIG_UNBLOCK, &mask, &old, RAW_SIZE), 0);
    check("unblocked: one was delivered", count, 1);
    check("unblocked: the right one", last_signal, SIGUSR2);
    mask = 0;
    check("rt_sigprocmask set", sys(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &old, RAW_SIZE), 0);
    check("set: the other was delivered once", count, 2);
    mask = ~0UL;
    check("rt_sigprocmask all", sys(SYS_rt_sigprocmask, SIG_SETMASK, &mask, 0, RAW_SIZE), 0);
    check_true("SIGKILL and SIGSTOP can't be blocked", current_mask() == ~(MASK(SIGKILL) | MASK(SIGSTOP)));
    set_mask(0);
    check("rt_sigprocmask with a wrong way", sys(SYS_rt_sigprocmask, 7, &mask, 0, RAW_SIZE), -EINVAL);
    check("rt_sigprocmask: wrong way without a set", sys(SYS_rt_sigprocmask, 7, 0, &old, RAW_SIZE), 0);
    check("rt_sigprocmask with a wrong size", sys(SYS_rt_sigprocmask, SIG_BLOCK, &mask, 0, 16), -EINVAL);
    check("rt_sigprocmask with a bad pointer", sys(SYS_rt_sigprocmask, SIG_BLOCK, 8, 0, RAW_SIZE), -EFAULT);
    check("rt_sigpending with a bad pointer", sys(SYS_rt_sigpending, 8, RAW_SIZE), -EFAULT);
    check("rt_sigpending with a wrong size", sys(SYS_rt_sigpending, &mask, 16), -EINVAL);
    /* The order of several: lower numbers first, each interrupted by the next. */
    set_mask(MASK(SIGUSR1) | MASK(SIGUSR2) | MASK(SIGTERM));
    handle(SIGTERM, note, 0);
    orders = 0;
    send(SIGTERM);
    send(SIGUSR2);
    send(SIGUSR1);
    set_mask(0);
    check("several pending: all came", orders, 3);
    check_true("several pending: the highest number's handler ends first", order[0] == SIGTERM && order[1] == SIGUSR2 && order[2] == SIGUSR1);
    reset(SIGTERM);
    /* Real-time signals queue. */
    handle(40, note, 0);
    set_mask(MASK(40));
    count = 0;
    for (int i = 0; i < 5; i++) {
        siginfo_t information;
        memset(&information, 0, sizeof information);
        information.si_code = SI_QUEUE;
        information.si_value.sival_int = i;
        sys(SYS_rt_sigqueueinfo, sys(SYS_getpid), 40, &information);
    }
    set_mask(0);
    check("real-time signals queue", count, 5);
    check("real-time signals keep their order", last_value, 4);
    reset(40);
    /* Setting a pending signal to ignored forgets it. */
    set_mask(MASK(SIGUSR1));
    send(SIGUSR1);
    ignore(SIGUSR1);
    check("ignoring forgets what is pending", (long)pending(), 0);
    set_mask(0);
    reset(SIGUSR1);
    reset(SIGUSR2);
}

static void send_other(int signal, siginfo_t *information, void *context)
{
    note(signal, information, context);
    send(signal == SIGUSR1 ? SIGUSR2 : SIGUSR1);
    if (orders < (int)COUNT(order))
        order[orders++] = -signal;
}

static void send_itself_once(int signal, siginfo_t *information, void *context)
{
    note(signal, information, context);
    if (count == 1) {
        send(signal);
        order[orders++] = -signal;
    }
}

static void test_nesting(void)
{
    handle_masked(SIGUSR1, send_other, 0, 0);
    handle(SIGUSR2, note, 0);
    count = orders = 0;
    send(SIGUSR1);
    check_true("nested: the inner handler runs inside the outer", orders == 3 && order[0] == SIGUSR1 && order[1] == SIGUSR2 && order[2] == -SIGUSR1);
    handle_masked(SIGUSR1, send_other, 0, SIGUSR2);
    orders = 0;
    send(SIGUSR1);
    check_true("sa_mask: the inner handler runs behind the outer", orders == 3 && order[0] == SIGUSR1 && order[1] == -SIGUSR1 && order[2] == SIGUSR2);
    check_true("sa_mask: it was blocked inside", (current_mask() & MASK(SIGUSR2)) == 0);
    handle(SIGUSR1, send_itself_once, 0);
    count = orders = 0;
    send(SIGUSR1);
    check_true("own signal inside: behind the handler", orders == 3 && order[1] == -SIGUSR1 && order[2] == SIGUSR1);
    handle(SIGUSR1, send_itself_once, SA_NODEFER);
    count = orders = 0;
    send(SIGUSR1);
    check_true("SA_NODEFER: inside the handler", orders == 3 && order[1] == SIGUSR1 && order[2] == -SIGUSR1);
    handle(SIGUSR1, note, (int)SA_RESETHAND);
    send(SIGUSR1);
    RawAction now;
    sys(SYS_rt_sigaction, SIGUSR1, 0, &now, RAW_SIZE);
    check_true("SA_RESETHAND: default again", now.handler == SIG_DFL);
    reset(SIGUSR2);
}

static long sleeper_with(int signal, long milliseconds)
{
    long parent = sys(SYS_getpid);
    long child = sys(SYS_fork);
    if (child == 0) {
        sleep_milliseconds(milliseconds);
        sys(SYS_kill, parent, signal);
        leave(0);
    }
    return child;
}

static void reap(void)
{
    while (sys(SYS_wait4, -1, 0, 0, 0) != -ECHILD)
        ;
}

static void test_waiting(void)
{
    unsigned long mask, none = 0;
    siginfo_t information;
    struct timespec zero = {0, 0}, brief = {0, 20000000}, wrong = {0, 1000000000};
    handle(SIGUSR1, note, 0);
    handle(SIGUSR2, note, 0);
    set_mask(MASK(SIGUSR1));
    count = 0;
    send(SIGUSR1);
    check("rt_sigsuspend with a pending signal", sys(SYS_rt_sigsuspend, &none, RAW_SIZE), -EINTR);
    check("rt_sigsuspend: handler ran", count, 1);
    check_true("rt_sigsuspend: the mask is back", current_mask() == MASK(SIGUSR1));
    sleeper_with(SIGUSR1, 20);
    check("rt_sigsuspend waits", sys(SYS_rt_sigsuspend, &none, RAW_SIZE), -EINTR);
    check("rt_sigsuspend: handler ran again", count, 2);
    check("rt_sigsuspend with a wrong size", sys(SYS_rt_sigsuspend, &none, 4), -EINVAL);
    check("rt_sigsuspend with a bad pointer", sys(SYS_rt_sigsuspend, 8, RAW_SIZE), -EFAULT);
    reap();

    mask = MASK(SIGUSR1);
    check("rt_sigtimedwait at once: nothing", sys(SYS_rt_sigtimedwait, &mask, &information, &zero, RAW_SIZE), -EAGAIN);
    check("rt_sigtimedwait times out", sys(SYS_rt_sigtimedwait, &mask, &information, &brief, RAW_SIZE), -EAGAIN);
    send(SIGUSR1);
    check("rt_sigtimedwait takes a pending signal", sys(SYS_rt_sigtimedwait, &mask, &information, &zero, RAW_SIZE), SIGUSR1);
    check("rt_sigtimedwait: information", information.si_signo, SIGUSR1);
    check("rt_sigtimedwait: no handler ran", count, 2);
    sleeper_with(SIGUSR1, 20);
    check("rt_sigtimedwait waits", sys(SYS_rt_sigtimedwait, &mask, &information, 0, RAW_SIZE), SIGUSR1);
    reap();
    sleeper_with(SIGUSR2, 20);
    check("rt_sigtimedwait interrupted by another", sys(SYS_rt_sigtimedwait, &mask, &information, 0, RAW_SIZE), -EINTR);
    reap();
    check("rt_sigtimedwait with a wrong time", sys(SYS_rt_sigtimedwait, &mask, &information, &wrong, RAW_SIZE), -EINVAL);
    check("rt_sigtimedwait with a wrong size", sys(SYS_rt_sigtimedwait, &mask, &information, &zero, 4), -EINVAL);
    check("rt_sigtimedwait with a bad pointer", sys(SYS_rt_sigtimedwait, 8, &information, &zero, RAW_SIZE), -EFAULT);
    set_mask(0);
    count = 0;
    sleeper_with(SIGUSR1, 20);
    check("pause", sys(SYS_pause), -EINTR);
    check("pause: handler ran", count, 1);
    reap();
    reset(SIGUSR1);
    reset(SIGUSR2);
}

/* ---- restarting ---- */

static void test_restart(void)
{
    int pipe[2], status;
    char byte;
    struct timespec second = {5, 0}, left = {0, 0};
    struct pollfd poll_nothing = {.fd = -1};
    sys(SYS_pipe, pipe);
    handle(SIGUSR1, note, 0);
    sleeper_with(SIGUSR1, 30);
    check("read without SA_RESTART", sys(SYS_read, pipe[0], &byte, 1), -EINTR);
    reap();
    handle(SIGUSR1, note, SA_RESTART);
    count = 0;
    long parent = sys(SYS_getpid);
    if (sys(SYS_fork) == 0) {
        sleep_milliseconds(30);
        sys(SYS_kill, parent, SIGUSR1);
        sleep_milliseconds(30);
        sys(SYS_write, pipe[1], "y", 1);
        leave(0);
    }
    check("read with SA_RESTART", sys(SYS_read, pipe[0], &byte, 1), 1);
    check("read with SA_RESTART: handler ran", count, 1);
    reap();
    sleeper_with(SIGUSR1, 30);
    check("nanosleep is interrupted with SA_RESTART too", sys(SYS_nanosleep, &second, &left), -EINTR);
    check_true("nanosleep tells the rest", left.tv_sec >= 3 && left.tv_sec < 5);
    reap();
    sleeper_with(SIGUSR1, 30);
    check("poll is interrupted with SA_RESTART too", sys(SYS_poll, &poll_nothing, 1, 5000), -EINTR);
    reap();
    long child = sys(SYS_fork);
    if (child == 0) {
        sleep_milliseconds(30);
        sys(SYS_kill, parent, SIGUSR1);
        sleep_milliseconds(30);
        leave(0);
    }
    check_true("wait4 with SA_RESTART", sys(SYS_wait4, child, &status, 0, 0) == child);
    handle(SIGUSR1, note, 0);
    child = sys(SYS_fork);
    if (child == 0) {
        sleep_milliseconds(30);
        sys(SYS_kill, parent, SIGUSR1);
        sleep_milliseconds(30);
        leave(0);
    }
    check("wait4 without SA_RESTART", sys(SYS_wait4, child, &status, 0, 0), -EINTR);
    reap();
    /* A signal that is ignored interrupts nothing. */
    ignore(SIGUSR1);
    if (sys(SYS_fork) == 0) {
        sleep_milliseconds(30);
        sys(SYS_kill, parent, SIGUSR1);
        sleep_milliseconds(30);
        sys(SYS_write, pipe[1], "y", 1);
        leave(0);
    }
    check("read with an ignored signal", sys(SYS_read, pipe[0], &byte, 1), 1);
    reap();
    /* Stop and continue don't interrupt a read either. */
    child = sys(SYS_fork);
    if (child == 0) {
        long result = sys(SYS_read, pipe[0], &byte, 1);
        leave(result == 1 ? 0 : 1);
    }
    sleep_milliseconds(20);
    sys(SYS_kill, child, SIGSTOP);
    sys(SYS_wait4, child, &status, WUNTRACED, 0);
    sys(SYS_kill, child, SIGCONT);
    sleep_milliseconds(20);
    sys(SYS_write, pipe[1], "z", 1);
    sys(SYS_wait4, child, &status, 0, 0);
    check("read goes on behind stop and continue", status, 0);
    reset(SIGUSR1);
    sys(SYS_close, pipe[0]);
    sys(SYS_close, pipe[1]);
}

/* ---- alternate stack ---- */

static char alternate[8192] __attribute__((aligned(16)));
static volatile int on_alternate, change_inside, flags_inside, aligned;

static void look_at_stack(int signal, siginfo_t *information, void *context)
{
    stack_t now, other = {.ss_sp = alternate, .ss_size = sizeof alternate, .ss_flags = 0};
    char here;
    (void)signal;
    (void)information;
    (void)context;
    on_alternate = &here >= alternate && &here < alternate + sizeof alternate;
    sys(SYS_sigaltstack, 0, &now);
    flags_inside = now.ss_flags;
    change_inside = (int)sys(SYS_sigaltstack, &other, 0);
    aligned = ((unsigned long)__builtin_frame_address(0) & 15) == 0;
}

static void test_alternate_stack(void)
{
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate, .ss_flags = 0}, old;
    check("sigaltstack reads", sys(SYS_sigaltstack, 0, &old), 0);
    check("sigaltstack: none at first", old.ss_flags, SS_DISABLE);
    check("sigaltstack sets", sys(SYS_sigaltstack, &stack, &old), 0);
    sys(SYS_sigaltstack, 0, &old);
    check_true("sigaltstack: reads what was set", old.ss_sp == alternate && old.ss_size == sizeof alternate && old.ss_flags == 0);
    handle(SIGUSR1, look_at_stack, SA_ONSTACK);
    send(SIGUSR1);
    check("SA_ONSTACK: on the alternate stack", on_alternate, 1);
    check("SA_ONSTACK: the flag says so", flags_inside, SS_ONSTACK);
    check("sigaltstack while on it", change_inside, -EPERM);
    check("handler's stack is aligned", aligned, 1);
    handle(SIGUSR1, look_at_stack, 0);
    send(SIGUSR1);
    check("without SA_ONSTACK: on the ordinary stack", on_alternate, 0);
    check("without SA_ONSTACK: stack is aligned", aligned, 1);
    stack.ss_size = 1024;
    check("sigaltstack too small", sys(SYS_sigaltstack, &stack, 0), -ENOMEM);
    stack.ss_size = sizeof alternate;
    stack.ss_flags = 0x77;
    check("sigaltstack with wrong flags", sys(SYS_sigaltstack, &stack, 0), -EINVAL);
    stack.ss_flags = (int)(1U << 31);
    check("sigaltstack autodisarm", sys(SYS_sigaltstack, &stack, 0), 0);
    handle(SIGUSR1, look_at_stack, SA_ONSTACK);
    send(SIGUSR1);
    check("sigaltstack autodisarm: disabled inside", flags_inside, SS_DISABLE);
    check("sigaltstack autodisarm: may be changed inside", change_inside, 0);
    check("sigaltstack with a bad pointer", sys(SYS_sigaltstack, 8, 0), -EFAULT);
    stack.ss_flags = SS_DISABLE;
    check("sigaltstack disable", sys(SYS_sigaltstack, &stack, 0), 0);
    sys(SYS_sigaltstack, 0, &old);
    check("sigaltstack: disabled", old.ss_flags, SS_DISABLE);
    handle(SIGUSR1, look_at_stack, SA_ONSTACK);
    send(SIGUSR1);
    check("SA_ONSTACK without a stack: on the ordinary one", on_alternate, 0);
    reset(SIGUSR1);
}

/* ---- the context ---- */

static void change_mask_of_context(int signal, siginfo_t *information, void *context)
{
    ucontext_t *user = context;
    (void)signal;
    (void)information;
    sigaddset(&user->uc_sigmask, SIGUSR2);
}

static void test_context(void)
{
    handle(SIGUSR1, change_mask_of_context, 0);
    set_mask(0);
    send(SIGUSR1);
    check_true("rt_sigreturn takes the context's mask", current_mask() == MASK(SIGUSR2));
    set_mask(0);
    reset(SIGUSR1);
}

/* ---- timers ---- */

static void test_timers(void)
{
    struct itimerval timer, old;
    handle(SIGALRM, note, 0);
    check("alarm: none before", sys(SYS_alarm, 100), 0);
    check_true("alarm tells the rest", sys(SYS_alarm, 0) >= 99);
    check("alarm: none after", sys(SYS_alarm, 0), 0);
    count = 0;
    sys(SYS_alarm, 1);
    check("alarm interrupts pause", sys(SYS_pause), -EINTR);
    check("alarm: one signal", count, 1);
    check("alarm: code", last_code, SI_KERNEL);
    memset(&timer, 0, sizeof timer);
    timer.it_value.tv_usec = 20000;
    timer.it_interval.tv_usec = 20000;
    count = 0;
    check("setitimer real", sys(SYS_setitimer, ITIMER_REAL, &timer, &old), 0);
    check("setitimer: none before", old.it_value.tv_sec + old.it_value.tv_usec, 0);
    for (int i = 0; count < 3 && i < 1000; i++)
        sys(SYS_pause);
    check_true("setitimer repeats", count >= 3);
    check("getitimer", sys(SYS_getitimer, ITIMER_REAL, &old), 0);
    check("getitimer: interval", old.it_interval.tv_usec, 20000);
    memset(&timer, 0, sizeof timer);
    check("setitimer stops", sys(SYS_setitimer, ITIMER_REAL, &timer, 0), 0);
    sys(SYS_getitimer, ITIMER_REAL, &old);
    check("setitimer stopped", old.it_value.tv_sec + old.it_value.tv_usec, 0);
    handle(SIGVTALRM, note, 0);
    handle(SIGPROF, note, 0);
    timer.it_value.tv_usec = 30000;
    count = 0;
    check("setitimer virtual", sys(SYS_setitimer, ITIMER_VIRTUAL, &timer, 0), 0);
    for (volatile long i = 0; count == 0 && i < 4000000000; i++)
        ;
    check("setitimer virtual: signal", last_signal, SIGVTALRM);
    count = 0;
    check("setitimer profiling", sys(SYS_setitimer, ITIMER_PROF, &timer, 0), 0);
    for (volatile long i = 0; count == 0 && i < 4000000000; i++)
        ;
    check("setitimer profiling: signal", last_signal, SIGPROF);
    check("setitimer of a wrong kind", sys(SYS_setitimer, 3, &timer, 0), -EINVAL);
    check("getitimer of a wrong kind", sys(SYS_getitimer, 3, &old), -EINVAL);
    timer.it_value.tv_usec = 1000000;
    check("setitimer with a wrong time", sys(SYS_setitimer, ITIMER_REAL, &timer, 0), -EINVAL);
    check("setitimer with a bad pointer", sys(SYS_setitimer, ITIMER_REAL, 8, 0), -EFAULT);
    check("getitimer with a bad pointer", sys(SYS_getitimer, ITIMER_REAL, 8), -EFAULT);
    reset(SIGALRM);
    reset(SIGVTALRM);
    reset(SIGPROF);
}

/* A signal must arrive in a loop that makes no call. */
static void test_preemption(void)
{
    struct itimerval timer = {{0, 0}, {0, 20000}};
    handle(SIGALRM, note, 0);
    count = 0;
    sys(SYS_setitimer, ITIMER_REAL, &timer, 0);
    for (volatile long i = 0; count == 0 && i < 4000000000; i++)
        ;
    check("signal in a loop without calls", count, 1);
    reset(SIGALRM);
}

int main(void)
{
    test_actions();
    test_kill();
    check("kill without privilege", in_child(unprivileged_kill, NULL), 0);
    test_masks();
    test_nesting();
    test_waiting();
    test_restart();
    test_alternate_stack();
    test_context();
    test_timers();
    test_preemption();
    return failures != 0;
}
