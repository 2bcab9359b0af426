/* Pipes, poll, select, epoll and eventfd. */
#include "check.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

#define PIPE_SIZE 65536
#define PIPE_ATOMIC 4096
#define SET_PIPE_SIZE 1031
#define GET_PIPE_SIZE 1032

static char big[2 * PIPE_SIZE];
static volatile int signals;

static void count_signal(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)information;
    (void)context;
    signals++;
}

static void close_both(int *pipe)
{
    sys(SYS_close, pipe[0]);
    sys(SYS_close, pipe[1]);
}

static void reap(void)
{
    while (sys(SYS_wait4, -1, 0, 0, 0) != -ECHILD)
        ;
}

static void test_pipes(void)
{
    int pipe[2], available = 0;
    char buffer[16];
    struct stat status;
    check("pipe", sys(SYS_pipe, pipe), 0);
    check("pipe write", sys(SYS_write, pipe[1], "hello", 5), 5);
    check("pipe ioctl FIONREAD", (sys(SYS_ioctl, pipe[0], 0x541B, &available), available), 5);
    check("pipe read: what is there", sys(SYS_read, pipe[0], buffer, 16), 5);
    check("pipe read: bytes", memcmp(buffer, "hello", 5), 0);
    sys(SYS_write, pipe[1], "abcdef", 6);
    check("pipe read: a part", sys(SYS_read, pipe[0], buffer, 2), 2);
    check("pipe read: the rest", sys(SYS_read, pipe[0], buffer, 16), 4);
    check("pipe read: bytes of the rest", buffer[0], 'c');
    check("pipe read from the wrong end", sys(SYS_read, pipe[1], buffer, 1), -EBADF);
    check("pipe write to the wrong end", sys(SYS_write, pipe[0], buffer, 1), -EBADF);
    check("pipe lseek", sys(SYS_lseek, pipe[0], 0, SEEK_SET), -ESPIPE);
    check("pipe pread", sys(SYS_pread64, pipe[0], buffer, 1, 0), -ESPIPE);
    check("pipe ftruncate", sys(SYS_ftruncate, pipe[1], 0), -EINVAL);
    check("pipe fstat", (sys(SYS_fstat, pipe[0], &status), status.st_mode & S_IFMT), S_IFIFO);
    check("pipe write of zero bytes", sys(SYS_write, pipe[1], "", 0), 0);
    check("pipe capacity", sys(SYS_fcntl, pipe[0], GET_PIPE_SIZE), PIPE_SIZE);
    check("pipe set capacity", sys(SYS_fcntl, pipe[0], SET_PIPE_SIZE, 2 * PIPE_SIZE), 2 * PIPE_SIZE);
    sys(SYS_close, pipe[1]);
    check("pipe read without writers", sys(SYS_read, pipe[0], buffer, 1), 0);
    sys(SYS_close, pipe[0]);
    sys(SYS_pipe, pipe);
    sys(SYS_close, pipe[0]);
    handle(SIGPIPE, count_signal, 0);
    check("pipe write without readers", sys(SYS_write, pipe[1], "x", 1), -EPIPE);
    check("pipe write without readers: SIGPIPE", signals, 1);
    ignore(SIGPIPE);
    check("pipe write without readers, SIGPIPE ignored", sys(SYS_write, pipe[1], "x", 1), -EPIPE);
    reset(SIGPIPE);
    sys(SYS_close, pipe[1]);
    check("pipe2 nonblock and cloexec", sys(SYS_pipe2, pipe, O_NONBLOCK | O_CLOEXEC), 0);
    check("pipe2 cloexec", sys(SYS_fcntl, pipe[0], F_GETFD), FD_CLOEXEC);
    check("pipe2: flags", sys(SYS_fcntl, pipe[1], F_GETFL), O_WRONLY | O_NONBLOCK);
    check("pipe nonblock: empty", sys(SYS_read, pipe[0], buffer, 1), -EAGAIN);
    check("pipe nonblock: filled", sys(SYS_write, pipe[1], big, 2 * PIPE_SIZE), PIPE_SIZE);
    check("pipe nonblock: full", sys(SYS_write, pipe[1], big, 1), -EAGAIN);
    sys(SYS_read, pipe[0], big, PIPE_ATOMIC - 1);
    check("pipe nonblock: a small write is whole or not at all", sys(SYS_write, pipe[1], big, PIPE_ATOMIC), -EAGAIN);
    sys(SYS_read, pipe[0], big, PIPE_ATOMIC);
    check("pipe nonblock: now it fits", sys(SYS_write, pipe[1], big, PIPE_ATOMIC), PIPE_ATOMIC);
    close_both(pipe);
    check("pipe2 with an unknown flag", sys(SYS_pipe2, pipe, 1), -EINVAL);
    check("pipe with a bad pointer", sys(SYS_pipe, 8), -EFAULT);
    /* Blocking. */
    sys(SYS_pipe, pipe);
    if (sys(SYS_fork) == 0) {
        sleep_milliseconds(30);
        sys(SYS_write, pipe[1], "late", 4);
        leave(0);
    }
    check("pipe read waits", sys(SYS_read, pipe[0], buffer, 16), 4);
    reap();
    long child = sys(SYS_fork);
    if (child == 0) {
        long total = 0, got;
        sys(SYS_close, pipe[1]);
        while ((got = sys(SYS_read, pipe[0], big, 5000)) > 0)
            total += got;
        leave(total == 2 * PIPE_SIZE + 1000 ? 0 : 1);
    }
    check("pipe write waits until all is taken", sys(SYS_write, pipe[1], big, 2 * PIPE_SIZE), 2 * PIPE_SIZE);
    check("pipe write: some more", sys(SYS_write, pipe[1], big, 1000), 1000);
    close_both(pipe);
    int result = -1;
    sys(SYS_wait4, child, &result, 0, 0);
    check("pipe: the reader got all", result, 0);
    /* A named one. */
    check("mknod fifo", sys(SYS_mknod, "/tmp/fifo", S_IFIFO | 0600, 0), 0);
    check("fifo: open for writing without readers, nonblock", sys(SYS_open, "/tmp/fifo", O_WRONLY | O_NONBLOCK), -ENXIO);
    long reader = sys(SYS_open, "/tmp/fifo", O_RDONLY | O_NONBLOCK);
    check_success("fifo: open for reading, nonblock", reader);
    check("fifo: read without writers", sys(SYS_read, reader, buffer, 1), 0);
    long writer = sys(SYS_open, "/tmp/fifo", O_WRONLY);
    sys(SYS_write, writer, "fifo", 4);
    check("fifo: read", sys(SYS_read, reader, buffer, 16), 4);
    check("fifo: empty with a writer", sys(SYS_read, reader, buffer, 1), -EAGAIN);
    sys(SYS_close, reader);
    sys(SYS_close, writer);
    child = sys(SYS_fork);
    if (child == 0) {
        writer = sys(SYS_open, "/tmp/fifo", O_WRONLY);
        sys(SYS_write, writer, "x", 1);
        leave(0);
    }
    reader = sys(SYS_open, "/tmp/fifo", O_RDONLY);
    check("fifo: opens wait for each other", sys(SYS_read, reader, buffer, 1), 1);
    sys(SYS_close, reader);
    reap();
    sys(SYS_unlink, "/tmp/fifo");
}

static void test_poll(void)
{
    int pipe[2];
    sys(SYS_pipe, pipe);
    struct pollfd polls[3] = {{pipe[0], POLLIN, 0}, {pipe[1], POLLOUT, 0}, {-1, POLLIN, 9}};
    struct timespec zero = {0, 0}, brief = {0, 20000000}, wrong = {0, -1};
    check("poll: a writable pipe", sys(SYS_poll, polls, 3, 0), 1);
    check("poll: events", polls[1].revents, POLLOUT);
    check("poll: an empty pipe", polls[0].revents, 0);
    check("poll: descriptor -1", polls[2].revents, 0);
    sys(SYS_write, pipe[1], "x", 1);
    check("poll: readable and writable", sys(SYS_poll, polls, 2, -1), 2);
    check("poll: readable", polls[0].revents, POLLIN);
    check("poll of nothing with a time", sys(SYS_poll, 0, 0, 10), 0);
    check("poll times out", (sys(SYS_read, pipe[0], big, 1), sys(SYS_poll, polls, 1, 20)), 0);
    if (sys(SYS_fork) == 0) {
        sleep_milliseconds(30);
        sys(SYS_write, pipe[1], "x", 1);
        leave(0);
    }
    check("poll waits", sys(SYS_poll, polls, 1, 5000), 1);
    reap();
    struct pollfd bad = {1000, POLLIN, 0};
    check("poll of a bad descriptor", sys(SYS_poll, &bad, 1, 0), 1);
    check("poll of a bad descriptor: events", bad.revents, POLLNVAL);
    sys(SYS_close, pipe[1]);
    sys(SYS_poll, polls, 1, 0);
    check("poll: the writer is gone, data is left", polls[0].revents, POLLIN | POLLHUP);
    sys(SYS_read, pipe[0], big, 1);
    sys(SYS_poll, polls, 1, 0);
    check("poll: the writer is gone", polls[0].revents, POLLHUP);
    sys(SYS_close, pipe[0]);
    sys(SYS_pipe, pipe);
    sys(SYS_close, pipe[0]);
    polls[1].fd = pipe[1];
    sys(SYS_poll, polls + 1, 1, 0);
    check("poll: the reader is gone", polls[1].revents, POLLOUT | POLLERR);
    sys(SYS_close, pipe[1]);
    long file = sys(SYS_open, "/dev/null", O_RDWR);
    polls[0] = (struct pollfd){(int)file, POLLIN | POLLOUT, 0};
    check("poll of /dev/null", sys(SYS_poll, polls, 1, -1), 1);
    check("poll of /dev/null: events", polls[0].revents, POLLIN | POLLOUT);
    sys(SYS_close, file);
    check("poll with a bad pointer", sys(SYS_poll, 8, 1, 0), -EFAULT);
    check("poll of too many", sys(SYS_poll, polls, 1 << 20, 0), -EINVAL);
    polls[0] = (struct pollfd){-1, 0, 0};
    check("ppoll at once", sys(SYS_ppoll, polls, 1, &zero, 0, 8), 0);
    check("ppoll times out", sys(SYS_ppoll, polls, 1, &brief, 0, 8), 0);
    check("ppoll with a wrong time", sys(SYS_ppoll, polls, 1, &wrong, 0, 8), -EINVAL);
    unsigned long all = ~0UL, none = 0;
    sys(SYS_rt_sigprocmask, SIG_SETMASK, &all, 0, 8);
    handle(SIGUSR1, count_signal, 0);
    sys(SYS_kill, sys(SYS_getpid), SIGUSR1);
    signals = 0;
    check("ppoll with a mask lets a signal in", sys(SYS_ppoll, polls, 1, 0, &none, 8), -EINTR);
    check("ppoll: the handler ran", signals, 1);
    sys(SYS_rt_sigprocmask, SIG_SETMASK, &none, 0, 8);
    reset(SIGUSR1);
    check("ppoll with a wrong mask size", sys(SYS_ppoll, polls, 1, &zero, &none, 4), -EINVAL);
}

static void test_select(void)
{
    int pipe[2];
    fd_set reads, writes, errors;
    struct timeval zero = {0, 0}, brief = {0, 20000}, wrong = {0, -1};
    struct timespec brief_spec = {0, 20000000};
    sys(SYS_pipe, pipe);
    FD_ZERO(&reads);
    FD_ZERO(&writes);
    FD_ZERO(&errors);
    FD_SET(pipe[0], &reads);
    FD_SET(pipe[1], &writes);
    FD_SET(pipe[0], &errors);
    check("select: a writable pipe", sys(SYS_select, pipe[1] + 1, &reads, &writes, &errors, &zero), 1);
    check_true("select: the sets", !FD_ISSET(pipe[0], &reads) && FD_ISSET(pipe[1], &writes) && !FD_ISSET(pipe[0], &errors));
    FD_SET(pipe[0], &reads);
    check("select times out", sys(SYS_select, pipe[0] + 1, &reads, 0, 0, &brief), 0);
    check_true("select: the time is used up", brief.tv_sec == 0 && brief.tv_usec == 0);
    sys(SYS_write, pipe[1], "x", 1);
    FD_SET(pipe[0], &reads);
    check("select: readable", sys(SYS_select, pipe[0] + 1, &reads, 0, 0, 0), 1);
    check("select of nothing", sys(SYS_select, 0, 0, 0, 0, &zero), 0);
    check("select of a negative count", sys(SYS_select, -1, &reads, 0, 0, &zero), -EINVAL);
    check("select with a wrong time", sys(SYS_select, 0, 0, 0, 0, &wrong), -EINVAL);
    check("select with a bad pointer", sys(SYS_select, 1, 8, 0, 0, &zero), -EFAULT);
    FD_ZERO(&reads);
    FD_SET(40, &reads);
    check("select of a bad descriptor", sys(SYS_select, 41, &reads, 0, 0, &zero), -EBADF);
    check("pselect6 times out", sys(SYS_pselect6, 0, 0, 0, 0, &brief_spec, 0), 0);
    FD_ZERO(&reads);
    FD_SET(pipe[0], &reads);
    check("pselect6: readable", sys(SYS_pselect6, pipe[0] + 1, &reads, 0, 0, 0, 0), 1);
    close_both(pipe);
}

static void test_epoll(void)
{
    int pipe[2], other[2];
    struct epoll_event event, events[4];
    sys(SYS_pipe, pipe);
    sys(SYS_pipe, other);
    long epoll = sys(SYS_epoll_create1, EPOLL_CLOEXEC);
    check_success("epoll_create1", epoll);
    check("epoll_create1 cloexec", sys(SYS_fcntl, epoll, F_GETFD), FD_CLOEXEC);
    check("epoll_create1 unknown flag", sys(SYS_epoll_create1, 1), -EINVAL);
    check("epoll_create of size zero", sys(SYS_epoll_create, 0), -EINVAL);
    event.events = EPOLLIN;
    event.data.u64 = 111;
    check("epoll_ctl add", sys(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, pipe[0], &event), 0);
    check("epoll_ctl add again", sys(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, pipe[0], &event), -EEXIST);
    check("epoll_ctl modify what isn't there", sys(SYS_epoll_ctl, epoll, EPOLL_CTL_MOD, other[0], &event), -ENOENT);
    check("epoll_ctl delete what isn't there", sys(SYS_epoll_ctl, epoll, EPOLL_CTL_DEL, other[0], &event), -ENOENT);
    check("epoll_ctl of a bad descriptor", sys(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, 1000, &event), -EBADF);
    check("epoll_ctl of itself", sys(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, epoll, &event), -EINVAL);
    check("epoll_ctl on a pipe", sys(SYS_epoll_ctl, pipe[0], EPOLL_CTL_ADD, other[0], &event), -EINVAL);
    check("epoll_ctl unknown operation", sys(SYS_epoll_ctl, epoll, 9, other[0], &event), -EINVAL);
    check("epoll_ctl with a bad pointer", sys(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, other[0], 8), -EFAULT);
    long file = sys(SYS_open, "/tests/pipes", O_RDONLY);
    check("epoll_ctl of a regular file", sys(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, file, &event), -EPERM);
    sys(SYS_close, file);
    check("epoll_wait: nothing yet", sys(SYS_epoll_wait, epoll, events, 4, 0), 0);
    check("epoll_wait times out", sys(SYS_epoll_wait, epoll, events, 4, 20), 0);
    sys(SYS_write, pipe[1], "x", 1);
    check("epoll_wait: readable", sys(SYS_epoll_wait, epoll, events, 4, -1), 1);
    check_true("epoll_wait: event and data", events[0].events == EPOLLIN && events[0].data.u64 == 111);
    check("epoll_wait: still readable", sys(SYS_epoll_wait, epoll, events, 4, 0), 1);
    event.events = EPOLLIN | EPOLLET;
    check("epoll_ctl modify: edges", sys(SYS_epoll_ctl, epoll, EPOLL_CTL_MOD, pipe[0], &event), 0);
    check("epoll_wait: edge", sys(SYS_epoll_wait, epoll, events, 4, 0), 1);
    check("epoll_wait: no second edge", sys(SYS_epoll_wait, epoll, events, 4, 0), 0);
    sys(SYS_write, pipe[1], "x", 1);
    check("epoll_wait: the next edge", sys(SYS_epoll_wait, epoll, events, 4, 0), 1);
    event.events = EPOLLIN | EPOLLONESHOT;
    sys(SYS_epoll_ctl, epoll, EPOLL_CTL_MOD, pipe[0], &event);
    check("epoll_wait: one shot", sys(SYS_epoll_wait, epoll, events, 4, 0), 1);
    check("epoll_wait: it was shot", sys(SYS_epoll_wait, epoll, events, 4, 0), 0);
    event.events = EPOLLIN;
    sys(SYS_epoll_ctl, epoll, EPOLL_CTL_MOD, pipe[0], &event);
    event.events = EPOLLOUT;
    event.data.u64 = 222;
    sys(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, other[1], &event);
    check("epoll_wait: two", sys(SYS_epoll_wait, epoll, events, 4, 0), 2);
    check("epoll_wait: one of two", sys(SYS_epoll_wait, epoll, events, 1, 0), 1);
    check("epoll_ctl delete", sys(SYS_epoll_ctl, epoll, EPOLL_CTL_DEL, other[1], 0), 0);
    sys(SYS_close, pipe[0]);
    check("epoll: a closed descriptor leaves", sys(SYS_epoll_wait, epoll, events, 4, 0), 0);
    check("epoll_wait for no events", sys(SYS_epoll_wait, epoll, events, 0, 0), -EINVAL);
    check("epoll_wait on a bad descriptor", sys(SYS_epoll_wait, 1000, events, 4, 0), -EBADF);
    check("epoll_pwait", sys(SYS_epoll_pwait, epoll, events, 4, 0, 0, 8), 0);
    event.events = EPOLLIN;
    sys(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, other[0], &event);
    if (sys(SYS_fork) == 0) {
        sleep_milliseconds(30);
        sys(SYS_write, other[1], "x", 1);
        leave(0);
    }
    check("epoll_wait waits", sys(SYS_epoll_wait, epoll, events, 4, 5000), 1);
    reap();
    struct pollfd poll = {(int)epoll, POLLIN, 0};
    check("poll of an epoll", sys(SYS_poll, &poll, 1, 0), 1);
    sys(SYS_close, other[1]);
    sys(SYS_read, other[0], big, 10);
    sys(SYS_epoll_wait, epoll, events, 4, 0);
    check("epoll: the writer is gone", events[0].events, EPOLLHUP);
    sys(SYS_close, pipe[1]);
    sys(SYS_close, other[0]);
    sys(SYS_close, epoll);
}

static void test_eventfd(void)
{
    uint64_t value = 0;
    long file = sys(SYS_eventfd2, 3, O_NONBLOCK);
    check_success("eventfd2", file);
    check("eventfd read", sys(SYS_read, file, &value, 8), 8);
    check("eventfd read: value", (long)value, 3);
    check("eventfd read of zero", sys(SYS_read, file, &value, 8), -EAGAIN);
    value = 5;
    check("eventfd write", sys(SYS_write, file, &value, 8), 8);
    sys(SYS_write, file, &value, 8);
    check("eventfd: writes add up", (sys(SYS_read, file, &value, 8), (long)value), 10);
    check("eventfd read of 4 bytes", sys(SYS_read, file, &value, 4), -EINVAL);
    check("eventfd write of 4 bytes", sys(SYS_write, file, &value, 4), -EINVAL);
    value = ~0UL;
    check("eventfd write of all ones", sys(SYS_write, file, &value, 8), -EINVAL);
    value = ~0UL - 1;
    check("eventfd write of the largest", sys(SYS_write, file, &value, 8), 8);
    value = 1;
    check("eventfd write beyond the largest", sys(SYS_write, file, &value, 8), -EAGAIN);
    struct pollfd poll = {(int)file, POLLIN | POLLOUT, 0};
    sys(SYS_poll, &poll, 1, 0);
    check("eventfd poll: readable, not writable", poll.revents, POLLIN);
    sys(SYS_read, file, &value, 8);
    sys(SYS_poll, &poll, 1, 0);
    check("eventfd poll: writable, not readable", poll.revents, POLLOUT);
    sys(SYS_close, file);
    file = sys(SYS_eventfd2, 2, 1);
    check("eventfd semaphore", (sys(SYS_read, file, &value, 8), (long)value), 1);
    check("eventfd semaphore again", (sys(SYS_read, file, &value, 8), (long)value), 1);
    if (sys(SYS_fork) == 0) {
        value = 1;
        sleep_milliseconds(30);
        sys(SYS_write, file, &value, 8);
        leave(0);
    }
    check("eventfd read waits", sys(SYS_read, file, &value, 8), 8);
    reap();
    sys(SYS_close, file);
    check("eventfd2 unknown flag", sys(SYS_eventfd2, 0, 0x10), -EINVAL);
}

int main(void)
{
    test_pipes();
    test_poll();
    test_select();
    test_epoll();
    test_eventfd();
    return failures != 0;
}
