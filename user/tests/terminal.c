/* Terminals, by way of pseudo-terminals: line editing, raw input, echo, flow control, job control and hanging up. */
#include "check.h"
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>

/* The kernel's structure, not the C library's. */
struct settings {
    uint32_t input, output, control, local;
    uint8_t line, characters[19];
};

enum { INTR, QUIT, ERASE, KILL, END, TIME, MINIMUM, START = 8, STOP, SUSP, EOL };
enum { ICRNL_ = 0x100, INLCR_ = 0x40, IGNCR_ = 0x80, IXON_ = 0x400, IXANY_ = 0x800, IUTF8_ = 0x4000 };
enum { OPOST_ = 1, ONLCR_ = 4, OCRNL_ = 8, XTABS_ = 0x1800 };
enum { ISIG_ = 1, ICANON_ = 2, ECHO_ = 8, ECHOE_ = 0x10, ECHOK_ = 0x20, ECHONL_ = 0x40, NOFLSH_ = 0x80, TOSTOP_ = 0x100,
       ECHOCTL_ = 0x200, ECHOKE_ = 0x800, IEXTEN_ = 0x8000 };

#define GET_SETTINGS 0x5401
#define SET_SETTINGS 0x5402
#define SET_SETTINGS_FLUSH 0x5404
#define SEND_BREAK 0x5409
#define CONTROL_FLOW 0x540a
#define FLUSH 0x540b

/* How long to wait for what must come, and for what must not. */
#define PATIENCE 5000
#define QUIET 60

static int master, slave;
static char slave_name[32];

/* ---- a pair ---- */

static void prepare(void)
{
    sys(SYS_mkdir, "/dev/pts", 0755);
    sys(SYS_mount, "devpts", "/dev/pts", "devpts", 0, 0);
    sys(SYS_mknod, "/dev/ptmx", S_IFCHR | 0666, makedev(5, 2));
    sys(SYS_mknod, "/dev/tty", S_IFCHR | 0666, makedev(5, 0));
}

static long open_slave(int flags)
{
    long file = sys(SYS_open, slave_name, O_RDWR | flags);
    return file;
}

static void open_master(void)
{
    int number = -1;
    master = (int)sys(SYS_open, "/dev/ptmx", O_RDWR | O_NOCTTY);
    sys(SYS_ioctl, master, TIOCGPTN, &number);
    snprintf(slave_name, sizeof slave_name, "/dev/pts/%d", number);
}

static void open_pair(void)
{
    int unlocked = 0;
    open_master();
    sys(SYS_ioctl, master, TIOCSPTLCK, &unlocked);
    slave = (int)open_slave(O_NOCTTY);
}

static void close_pair(void)
{
    sys(SYS_close, slave);
    sys(SYS_close, master);
}

static struct settings get(void)
{
    struct settings settings;
    memset(&settings, 0, sizeof settings);
    sys(SYS_ioctl, slave, GET_SETTINGS, &settings);
    return settings;
}

static void set(struct settings settings) { sys(SYS_ioctl, slave, SET_SETTINGS, &settings); }

static void change_local(uint32_t off, uint32_t on)
{
    struct settings settings = get();
    settings.local = (settings.local & ~off) | on;
    set(settings);
}

static void make_raw(int minimum, int time)
{
    struct settings settings = get();
    settings.input = 0;
    settings.output = 0;
    settings.local = 0;
    settings.characters[MINIMUM] = (uint8_t)minimum;
    settings.characters[TIME] = (uint8_t)time;
    set(settings);
}

/* ---- typing and looking ---- */

static void type(const char *text) { sys(SYS_write, master, text, strlen(text)); }

static long wait_readable(int file, int milliseconds)
{
    struct pollfd watched = {file, POLLIN, 0};
    long found = sys(SYS_poll, &watched, 1, milliseconds);
    return found > 0 && (watched.revents & POLLIN) != 0;
}

/* Text with what can't be printed as \r, \n or hexadecimal. */
static const char *printable(const char *text, long length)
{
    static char shown[2000];
    size_t place = 0;
    if (length < 0)
        return length == -EAGAIN ? "EAGAIN" : length == -EIO ? "EIO" : "error";
    for (long i = 0; i < length && place < 300; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == '\n' || byte == '\r')
            place += (size_t)snprintf(shown + place, 5, "\\%c", byte == '\n' ? 'n' : 'r');
        else if (byte < ' ' || byte > '~')
            place += (size_t)snprintf(shown + place, 5, "\\x%02x", byte);
        else
            shown[place++] = (char)byte;
    }
    shown[place] = 0;
    return shown;
}

/* All that the terminal shows now. */
static const char *screen(void)
{
    static char text[9000];
    long length = 0;
    while (length < 8000 && wait_readable(master, QUIET)) {
        long count = sys(SYS_read, master, text + length, sizeof text - (size_t)length);
        if (count <= 0)
            break;
        length += count;
    }
    return printable(text, length);
}

/* One read. */
static const char *input(size_t most)
{
    static char text[5000];
    if (!wait_readable(slave, PATIENCE))
        return "nothing";
    return printable(text, sys(SYS_read, slave, text, most));
}

static void check_edit(const char *what, const char *typed, const char *read, const char *shown)
{
    type(typed);
    check_text(what, input(4096), read);
    check_text("  its echo", screen(), shown);
}

/* ---- tests ---- */

static void test_new_pair(void)
{
    struct winsize size = {1, 1, 1, 1};
    int unlocked = 0, number = -1;
    open_master();
    check("open of a locked terminal", open_slave(O_NOCTTY), -EIO);
    check("TIOCSPTLCK", sys(SYS_ioctl, master, TIOCSPTLCK, &unlocked), 0);
    check("TIOCGPTLCK", sys(SYS_ioctl, master, TIOCGPTLCK, &number), 0);
    check("TIOCGPTLCK value", number, 0);
    slave = (int)open_slave(O_NOCTTY);
    check_true("open of an unlocked terminal", slave >= 0);
    struct settings settings = get();
    check("new c_iflag", settings.input, 0x500);
    check("new c_oflag", settings.output, 5);
    check("new c_cflag", settings.control, 0xbf);
    check("new c_lflag", settings.local, 0x8a3b);
    check_text("new c_cc", printable((char *)settings.characters, 17),
               "\\x03\\x1c\\x7f\\x15\\x04\\x00\\x01\\x00\\x11\\x13\\x1a\\x00\\x12\\x0f\\x17\\x16\\x00");
    check("TIOCGWINSZ", sys(SYS_ioctl, slave, TIOCGWINSZ, &size), 0);
    check("new size", size.ws_row + size.ws_col + size.ws_xpixel + size.ws_ypixel, 0);
    check("TCGETS with a bad address", sys(SYS_ioctl, slave, GET_SETTINGS, 8), -EFAULT);
    check("TCSETS with a bad address", sys(SYS_ioctl, slave, SET_SETTINGS, 8), -EFAULT);
    check("unknown request", sys(SYS_ioctl, slave, 0x54ff, 0), -ENOTTY);
    check("lseek", sys(SYS_lseek, slave, 0, SEEK_SET), -ESPIPE);
    close_pair();
    int pipes[2];
    sys(SYS_pipe, pipes);
    check("TCGETS of a pipe", sys(SYS_ioctl, pipes[0], GET_SETTINGS, &settings), -ENOTTY);
    sys(SYS_close, pipes[0]);
    sys(SYS_close, pipes[1]);
}

static void test_editing(void)
{
    open_pair();
    check_edit("a line", "hello\r", "hello\\n", "hello\\r\\n");
    check_edit("ERASE", "ab\x7f" "c\r", "ac\\n", "ab\\x08 \\x08c\\r\\n");
    check_edit("ERASE of nothing", "\x7f\x7f" "a\r", "a\\n", "a\\r\\n");
    check_edit("ERASE of a control character", "a\x01\x7f" "b\r", "ab\\n", "a^A\\x08 \\x08\\x08 \\x08b\\r\\n");
    check_edit("ERASE of a tab", "a\t\x7f" "b\r", "ab\\n", "a\\x09\\x08\\x08\\x08\\x08\\x08\\x08\\x08b\\r\\n");
    check_edit("KILL", "abc\x15" "d\r", "d\\n", "abc\\x08 \\x08\\x08 \\x08\\x08 \\x08d\\r\\n");
    check_edit("WERASE", "one two_2  \x17" "x\r", "one x\\n",
               "one two_2  \\x08 \\x08\\x08 \\x08\\x08 \\x08\\x08 \\x08\\x08 \\x08\\x08 \\x08\\x08 \\x08x\\r\\n");
    check_edit("LNEXT", "a\x16\x03\x16\x7f\r", "a\\x03\\x7f\\n", "a^\\x08^C^\\x08^?\\r\\n");
    check_edit("REPRINT", "ab\x12" "c\r", "abc\\n", "ab^R\\r\\nabc\\r\\n");
    check_edit("EOF behind text", "ab\x04", "ab", "ab");
    check_edit("EOF alone", "\x04", "", "");
    check_edit("line feed", "a\n", "a\\n", "a\\r\\n");
    check_edit("ESC is echoed", "\x1b[A\r", "\\x1b[A\\n", "^[[A\\r\\n");
    change_local(ECHOKE_, 0);
    check_edit("KILL without ECHOKE", "ab\x15" "c\r", "c\\n", "ab^U\\r\\nc\\r\\n");
    change_local(ECHOE_, 0);
    check_edit("ERASE without ECHOE", "ab\x7f\r", "a\\n", "ab^?\\r\\n");
    change_local(ECHOCTL_, ECHOE_);
    check_edit("control characters without ECHOCTL", "a\x01\x7f" "b\r", "ab\\n", "a\\x01b\\r\\n");
    change_local(ECHO_, 0);
    check_edit("without ECHO", "secret\r", "secret\\n", "");
    change_local(0, ECHONL_);
    check_edit("ECHONL", "secret\r", "secret\\n", "\\r\\n");
    change_local(IEXTEN_ | ECHONL_, 0);
    check_edit("without IEXTEN", "a\x16\x17\r", "a\\x16\\x17\\n", "");
    close_pair();
}

static void test_character_sets(void)
{
    open_pair();
    struct settings settings = get();
    settings.input |= IUTF8_;
    set(settings);
    check_edit("ERASE with IUTF8", "a\xc3\xa4\x7f\xe2\x82\xac\x7f" "b\r", "ab\\n",
               "a\\xc3\\xa4\\x08 \\x08\\xe2\\x82\\xac\\x08 \\x08b\\r\\n");
    settings.input = INLCR_;
    settings.characters[EOL] = ';';
    set(settings);
    check_edit("EOL", "ab;", "ab;", "ab;");
    check_edit("INLCR", "a\n;", "a\\r;", "a^M;");
    settings.input = IGNCR_;
    set(settings);
    check_edit("IGNCR", "a\rb\n", "ab\\n", "ab\\r\\n");
    close_pair();
}

static void test_reading(void)
{
    char text[10];
    int count = -1;
    open_pair();
    type("one\rtwo\r");
    screen();
    check("FIONREAD of two lines", sys(SYS_ioctl, slave, FIONREAD, &count), 0);
    check("FIONREAD value", count, 8);
    check_text("read of one line", input(100), "one\\n");
    check_text("short read", input(2), "tw");
    check_text("rest of it", input(2), "o\\n");
    type("abc\x04");
    screen();
    check_text("read that ends before EOF", input(3), "abc");
    check("nothing is left of it", wait_readable(slave, 0), 0);
    type("abc\x04");
    screen();
    check_text("read shorter than EOF", input(2), "ab");
    check_text("rest before EOF", input(2), "c");
    type("part");
    screen();
    check("poll of a part of a line", wait_readable(slave, 0), 0);
    sys(SYS_ioctl, slave, FIONREAD, &count);
    check("FIONREAD of a part of a line", count, 0);
    sys(SYS_fcntl, slave, F_SETFL, O_RDWR | O_NONBLOCK);
    check("read of a part of a line, O_NONBLOCK", sys(SYS_read, slave, text, 10), -EAGAIN);
    check("read of zero bytes", sys(SYS_read, slave, text, 0), 0);
    check("read to a bad address", (type("\r"), screen(), sys(SYS_read, slave, 8, 10)), -EFAULT);
    close_pair();
}

static void test_long_line(void)
{
    static char text[4096], read[5000];
    open_pair();
    change_local(ECHO_, 0);
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 5; i++) {
        sys(SYS_write, master, text, 1000);
        sleep_milliseconds(20);
    }
    type("end\r");
    check_true("line that is too long can be read", wait_readable(slave, PATIENCE));
    long count = sys(SYS_read, slave, read, sizeof read);
    check("its length", count, 4096);
    check_true("its beginning and its end", read[0] == 'x' && read[4094] == 'x' && read[4095] == '\n');
    close_pair();
}

static long elapsed_milliseconds(const struct timespec *since)
{
    struct timespec now;
    sys(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

static void test_raw(void)
{
    char text[20];
    struct timespec start;
    open_pair();
    make_raw(1, 0);
    check_edit("raw input", "a\x7f\x15\r\x04\x03", "a\\x7f\\x15\\r\\x04\\x03", "");
    type("abc");
    check_text("raw read of what is wanted", input(2), "ab");
    check_text("raw read of the rest", input(20), "c");
    make_raw(0, 0);
    check("VMIN 0, VTIME 0, nothing there", sys(SYS_read, slave, text, 20), 0);
    type("ab");
    check_text("VMIN 0, VTIME 0, two bytes there", input(20), "ab");
    make_raw(0, 2);
    sys(SYS_clock_gettime, CLOCK_MONOTONIC, &start);
    check("VMIN 0, VTIME 2, nothing comes", sys(SYS_read, slave, text, 20), 0);
    check_true("it took a fifth of a second", elapsed_milliseconds(&start) >= 190);
    make_raw(3, 1);
    type("ab");
    check("VMIN 3, VTIME 1, two bytes come", sys(SYS_read, slave, text, 20), 2);
    make_raw(3, 0);
    type("ab");
    check("poll below VMIN", wait_readable(slave, QUIET), 0);
    long child = sys(SYS_fork);
    if (child == 0) {
        sleep_milliseconds(50);
        type("c");
        leave(0);
    }
    check("VMIN 3 waits for the third byte", sys(SYS_read, slave, text, 20), 3);
    sys(SYS_wait4, child, NULL, 0, 0);
    type("a");
    check("VMIN 3 and a read of one byte", sys(SYS_read, slave, text, 1), 1);
    sys(SYS_fcntl, slave, F_SETFL, O_RDWR | O_NONBLOCK);
    check("raw read of nothing, O_NONBLOCK", sys(SYS_read, slave, text, 20), -EAGAIN);
    close_pair();
}

static void test_mode_changes(void)
{
    int count = -1;
    open_pair();
    change_local(ECHO_, 0);
    type("one\rtw");
    wait_readable(slave, PATIENCE);
    change_local(ICANON_, 0);
    check_text("what waits when ICANON goes", input(20), "one\\ntw");
    type("ab");
    wait_readable(slave, PATIENCE);
    change_local(0, ICANON_);
    check_text("what waits when ICANON comes", input(20), "ab");
    type("old\r");
    wait_readable(slave, PATIENCE);
    struct settings settings = get();
    check("TCSETSF", sys(SYS_ioctl, slave, SET_SETTINGS_FLUSH, &settings), 0);
    check("poll behind it", wait_readable(slave, 0), 0);
    type("old\r");
    wait_readable(slave, PATIENCE);
    check("TCFLSH", sys(SYS_ioctl, slave, FLUSH, 0), 0);
    sys(SYS_ioctl, slave, FIONREAD, &count);
    check("FIONREAD behind it", count, 0);
    check("TCFLSH of something else", sys(SYS_ioctl, slave, FLUSH, 3), -EINVAL);
    close_pair();
}

static void write_slave(const char *text) { sys(SYS_write, slave, text, strlen(text)); }

static void test_output(void)
{
    open_pair();
    write_slave("a\tb\n\r");
    check_text("ONLCR", screen(), "a\\x09b\\r\\n\\r");
    struct settings settings = get();
    settings.output = OPOST_ | OCRNL_ | XTABS_;
    set(settings);
    write_slave("\tb\r\t");
    check_text("OCRNL, XTABS", screen(), "        b\\n       ");
    settings.output = ONLCR_;
    set(settings);
    write_slave("a\n\t");
    check_text("without OPOST", screen(), "a\\n\\x09");
    check("tcdrain", sys(SYS_ioctl, slave, SEND_BREAK, 1), 0);
    close_pair();
}

/* Writes from a child, which waits while output is stopped. */
static long start_writer(const char *text)
{
    long child = sys(SYS_fork);
    if (child == 0) {
        write_slave(text);
        leave(0);
    }
    return child;
}

static void test_flow(void)
{
    struct pollfd watched;
    open_pair();
    type("a");
    check_text("echo before STOP", screen(), "a");
    type("\x13");
    screen();
    long writer = start_writer("b");
    check_text("output behind STOP", screen(), "");
    check("the writer waits", sys(SYS_wait4, writer, NULL, WNOHANG, 0), 0);
    watched = (struct pollfd){slave, POLLOUT, 0};
    check("poll for room behind STOP", sys(SYS_poll, &watched, 1, 0), 0);
    type("\x11");
    check_text("output behind START", screen(), "b");
    sys(SYS_wait4, writer, NULL, 0, 0);
    check("poll for room behind START", sys(SYS_poll, &watched, 1, 0), 1);
    check("TCOOFF", sys(SYS_ioctl, slave, CONTROL_FLOW, 0), 0);
    sys(SYS_fcntl, slave, F_SETFL, O_RDWR | O_NONBLOCK);
    check("write behind TCOOFF, O_NONBLOCK", sys(SYS_write, slave, "c", 1), -EAGAIN);
    sys(SYS_fcntl, slave, F_SETFL, O_RDWR);
    writer = start_writer("d");
    check_text("output behind TCOOFF", screen(), "");
    type("\x11");
    check_text("START does not end TCOOFF", screen(), "");
    check("TCOON", sys(SYS_ioctl, slave, CONTROL_FLOW, 1), 0);
    check_text("output behind TCOON", screen(), "d");
    sys(SYS_wait4, writer, NULL, 0, 0);
    check("TCXONC of something else", sys(SYS_ioctl, slave, CONTROL_FLOW, 4), -EINVAL);
    close_pair();
}

/* ---- job control ---- */

/* Becomes a session leader with the terminal. */
static void take_terminal(void)
{
    sys(SYS_setsid);
    sys(SYS_ioctl, slave, TIOCSCTTY, 0);
}

static long foreground(void)
{
    int group = -1;
    long error = sys(SYS_ioctl, slave, TIOCGPGRP, &group);
    return error < 0 ? error : group;
}

static long set_foreground(long process)
{
    int group = (int)process;
    return sys(SYS_ioctl, slave, TIOCSPGRP, &group);
}

static void session_body(void *argument)
{
    int number = 0;
    (void)argument;
    check("TIOCGPGRP of a terminal of nobody's", foreground(), -ENOTTY);
    check("TIOCGSID of a terminal of nobody's", sys(SYS_ioctl, slave, TIOCGSID, &number), -ENOTTY);
    check("open of /dev/tty without one", sys(SYS_open, "/dev/tty", O_RDWR), -ENXIO);
    check("TIOCSCTTY of no leader", sys(SYS_ioctl, slave, TIOCSCTTY, 0), -EPERM);
    sys(SYS_setsid);
    long self = sys(SYS_getpid);
    check("TIOCSCTTY", sys(SYS_ioctl, slave, TIOCSCTTY, 0), 0);
    check("TIOCSCTTY again", sys(SYS_ioctl, slave, TIOCSCTTY, 0), 0);
    check_true("the leader is in the foreground", foreground() == self);
    check("TIOCGSID", sys(SYS_ioctl, slave, TIOCGSID, &number), 0);
    check_true("TIOCGSID gives the leader", number == self);
    long file = sys(SYS_open, "/dev/tty", O_RDWR);
    check_true("open of /dev/tty", file >= 0);
    sys(SYS_write, file, "x", 1);
    check_text("it is the terminal", screen(), "x");
    sys(SYS_close, file);
    check("TIOCSPGRP of no group", set_foreground(999999), -ESRCH);
    check("TIOCSPGRP of a strange number", set_foreground(-5), -EINVAL);
    check("TIOCSPGRP of another session's group", set_foreground(sys(SYS_getpgid, sys(SYS_getppid))), -EPERM);
    check("TIOCSPGRP with a bad address", sys(SYS_ioctl, slave, TIOCSPGRP, 8), -EFAULT);
    check("TIOCSPGRP", set_foreground(self), 0);
    handle(SIGHUP, (void (*)(int, siginfo_t *, void *))(void *)SIG_IGN, 0);
    check("TIOCNOTTY", sys(SYS_ioctl, slave, TIOCNOTTY, 0), 0);
    check("TIOCGPGRP behind it", foreground(), -ENOTTY);
    check("open of /dev/tty behind it", sys(SYS_open, "/dev/tty", O_RDWR), -ENXIO);
    file = open_slave(O_NOCTTY);
    check("O_NOCTTY", foreground(), -ENOTTY);
    sys(SYS_close, file);
    file = open_slave(0);
    check_true("opened without O_NOCTTY it controls the session", foreground() == self);
    sys(SYS_close, file);
}

static void test_session(void)
{
    open_pair();
    check_text("the session's leader", status_name(in_child(session_body, NULL)), "exit 0");
    close_pair();
}

static volatile int *shared;

static void pause_for_ever(void)
{
    *shared = 1;
    for (;;)
        sys(SYS_pause);
}

/* Starts a session whose leader waits on the terminal. */
static long start_leader(void (*body)(void))
{
    *shared = 0;
    long child = sys(SYS_fork);
    if (child == 0) {
        take_terminal();
        sys(SYS_close, master);
        body();
        leave(0);
    }
    wait_until(shared, 1);
    return child;
}

static int wait_for(long child, int options)
{
    int status = -1;
    while (sys(SYS_wait4, child, &status, options, 0) == -EINTR)
        ;
    return status;
}

static void test_typed_signals(void)
{
    static const struct {
        const char *what, *typed, *status, *shown;
    } cases[] = {
        {"INTR", "ab\x03", "signal 2", "^C"},
        {"QUIT", "ab\x1c", "signal 3", "^\\"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        open_pair();
        long child = start_leader(pause_for_ever);
        type("ab");
        check_text("echo before it", screen(), "ab");
        type(cases[i].typed + 2);
        check_text(cases[i].what, status_name(wait_for(child, 0) & ~0x80), cases[i].status);
        check_text("  its echo", screen(), cases[i].shown);
        type("c\r");
        check_text("what was typed before is gone", input(20), "c\\n");
        close_pair();
    }
    open_pair();
    change_local(0, NOFLSH_);
    long child = start_leader(pause_for_ever);
    type("ab\x03");
    wait_for(child, 0);
    type("c\r");
    check_text("NOFLSH keeps what was typed before", input(20), "abc\\n");
    change_local(ISIG_, 0);
    check_edit("without ISIG", "\x03\r", "\\x03\\n", "ab^Cc\\r\\n^C\\r\\n");
    close_pair();
}

/* A member of another group than the leader's does something with the terminal. Returns its status when it stops or ends. */
static int in_group(int is_foreground, void (*body)(void), long *member)
{
    *shared = 0;
    long child = sys(SYS_fork);
    if (child == 0) {
        sys(SYS_setpgid, 0, 0);
        wait_until(shared, 1);
        body();
        leave(0);
    }
    sys(SYS_setpgid, child, child);
    if (is_foreground)
        set_foreground(child);
    *shared = 1;
    *member = child;
    return wait_for(child, WUNTRACED);
}

static void read_line_body(void)
{
    char text[20];
    long count = sys(SYS_read, slave, text, sizeof text);
    leave(count == 3 ? 0 : count < 0 ? (int)-count : 100);
}

static void write_body(void)
{
    long count = sys(SYS_write, slave, "w", 1);
    leave(count == 1 ? 0 : (int)-count);
}

static void take_foreground_body(void) { leave((int)-set_foreground(sys(SYS_getpid))); }

static void set_settings_body(void)
{
    struct settings settings = get();
    leave((int)-sys(SYS_ioctl, slave, SET_SETTINGS, &settings));
}

static void ignoring_read_body(void)
{
    ignore(SIGTTIN);
    read_line_body();
}

static void ignoring_take_body(void)
{
    ignore(SIGTTOU);
    take_foreground_body();
}

static void pause_body(void)
{
    *shared = 2;
    for (;;)
        sys(SYS_pause);
}

static void end_member(long member)
{
    sys(SYS_kill, member, SIGKILL);
    sys(SYS_kill, member, SIGCONT);
    wait_for(member, 0);
}

static void jobs_body(void *argument)
{
    long member, self = sys(SYS_getpid);
    int status;
    (void)argument;
    take_terminal();
    check_text("read from the background", status_name(in_group(0, read_line_body, &member)), "stopped 21");
    set_foreground(member);
    sys(SYS_kill, member, SIGCONT);
    type("ab\r");
    check_text("it reads when it is in the foreground", status_name(wait_for(member, 0)), "exit 0");
    ignore(SIGTTOU);
    set_foreground(self);
    reset(SIGTTOU);
    check_text("read from the background, SIGTTIN ignored", status_name(in_group(0, ignoring_read_body, &member)), "exit 5");
    check_text("write from the background", status_name(in_group(0, write_body, &member)), "exit 0");
    change_local(0, TOSTOP_);
    check_text("write from the background, TOSTOP", status_name(in_group(0, write_body, &member)), "stopped 22");
    end_member(member);
    change_local(TOSTOP_, 0);
    check_text("TCSETS from the background", status_name(in_group(0, set_settings_body, &member)), "stopped 22");
    end_member(member);
    check_text("TIOCSPGRP from the background", status_name(in_group(0, take_foreground_body, &member)), "stopped 22");
    end_member(member);
    check_text("TIOCSPGRP from the background, SIGTTOU ignored", status_name(in_group(0, ignoring_take_body, &member)), "exit 0");
    ignore(SIGTTOU);
    check("TIOCSPGRP by the leader, SIGTTOU ignored", set_foreground(self), 0);
    reset(SIGTTOU);
    *shared = 0;
    long child = sys(SYS_fork);
    if (child == 0) {
        sys(SYS_setpgid, 0, 0);
        pause_body();
    }
    wait_until(shared, 2);
    set_foreground(child);
    type("\x1a");
    status = wait_for(child, WUNTRACED);
    check_text("SUSP", status_name(status), "stopped 20");
    sys(SYS_kill, child, SIGCONT);
    type("\x03");
    check_text("INTR goes to the foreground only", status_name(wait_for(child, 0)), "signal 2");
}

static void test_jobs(void)
{
    open_pair();
    check_text("the jobs' leader", status_name(in_child(jobs_body, NULL)), "exit 0");
    close_pair();
}

static void orphan_leader(void)
{
    /* A group whose members' parents have all ended: nobody would continue it. */
    long child = sys(SYS_fork);
    if (child == 0) {
        sys(SYS_setpgid, 0, 0);
        long grandchild = sys(SYS_fork);
        if (grandchild != 0)
            leave(0);
        sleep_milliseconds(50);
        char byte;
        *shared = (int)sys(SYS_read, slave, &byte, 1);
        leave(0);
    }
    wait_for(child, 0);
    for (int i = 0; i < 1000 && *shared == 0; i++)
        sleep_milliseconds(5);
}

static void test_orphans(void)
{
    open_pair();
    *shared = 0;
    long child = sys(SYS_fork);
    if (child == 0) {
        take_terminal();
        orphan_leader();
        leave(0);
    }
    wait_for(child, 0);
    check("read by an orphaned group", *shared, -EIO);
    close_pair();
}

static volatile int window_changes;

static void note_window_change(int signal, siginfo_t *information, void *context)
{
    (void)signal, (void)information, (void)context;
    window_changes++;
}

static void count_window_changes(void)
{
    handle(SIGWINCH, note_window_change, 0);
    *shared = 1;
    for (int i = 0; i < 1000 && window_changes < 1; i++)
        sleep_milliseconds(5);
    sleep_milliseconds(QUIET);
    leave(window_changes);
}

static void test_window_size(void)
{
    struct winsize size = {30, 100, 0, 0}, read;
    memset(&read, 0, sizeof read);
    open_pair();
    long child = start_leader(count_window_changes);
    check("TIOCSWINSZ of the master", sys(SYS_ioctl, master, TIOCSWINSZ, &size), 0);
    sys(SYS_ioctl, slave, TIOCGWINSZ, &read);
    check("TIOCGWINSZ rows", read.ws_row, 30);
    check("TIOCGWINSZ columns", read.ws_col, 100);
    check("TIOCSWINSZ of the same size", sys(SYS_ioctl, slave, TIOCSWINSZ, &size), 0);
    check_text("one SIGWINCH", status_name(wait_for(child, 0)), "exit 1");
    close_pair();
}

static void test_hang_up(void)
{
    char byte;
    open_pair();
    long child = start_leader(pause_for_ever);
    sys(SYS_close, master);
    check_text("the leader when the master has gone", status_name(wait_for(child, 0)), "signal 1");
    check("read when the master has gone", sys(SYS_read, slave, &byte, 1), 0);
    check("write when the master has gone", sys(SYS_write, slave, "x", 1), -EIO);
    struct settings settings;
    check("TCGETS when the master has gone", sys(SYS_ioctl, slave, GET_SETTINGS, &settings), -EIO);
    struct pollfd watched = {slave, POLLIN | POLLOUT, 0};
    sys(SYS_poll, &watched, 1, 0);
    check("poll when the master has gone", watched.revents, POLLIN | POLLOUT | POLLERR | POLLHUP);
    sys(SYS_close, slave);

    open_pair();
    write_slave("last words");
    sys(SYS_close, slave);
    check_text("what was written last can be read", screen(), "last words");
    check("read when all users have gone", sys(SYS_read, master, &byte, 1), -EIO);
    watched = (struct pollfd){master, POLLIN, 0};
    sys(SYS_poll, &watched, 1, 0);
    check("poll when all users have gone", watched.revents & POLLHUP, POLLHUP);
    slave = (int)open_slave(O_NOCTTY);
    write_slave("again");
    check_text("a user comes again", screen(), "again");
    close_pair();
}

static void end_at_once(void) { *shared = 1; }

static void test_leader_end(void)
{
    open_pair();
    *shared = 0;
    long child = sys(SYS_fork);
    if (child == 0) {
        take_terminal();
        /* The foreground group gets SIGHUP when the leader ends. */
        long other = sys(SYS_fork);
        if (other == 0) {
            sys(SYS_setpgid, 0, 0);
            handle(SIGHUP, note_window_change, 0);
            *shared = 1;
            for (int i = 0; i < 1000 && window_changes == 0; i++)
                sleep_milliseconds(5);
            *shared = window_changes + 1;
            leave(0);
        }
        sys(SYS_setpgid, other, other);
        set_foreground(other);
        wait_until(shared, 1);
        leave(0);
    }
    wait_for(child, 0);
    wait_until(shared, 2);
    check("the foreground group hears of the leader's end", *shared, 2);
    write_slave("x");
    check_text("the terminal can be used behind it", screen(), "x");
    child = start_leader(end_at_once);
    check_text("another session takes it", status_name(wait_for(child, 0)), "exit 0");
    close_pair();
}

int main(void)
{
    prepare();
    shared = (volatile int *)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    test_new_pair();
    test_editing();
    test_character_sets();
    test_reading();
    test_long_line();
    test_raw();
    test_mode_changes();
    test_output();
    test_flow();
    test_session();
    test_typed_signals();
    test_jobs();
    test_orphans();
    test_window_size();
    test_hang_up();
    test_leader_end();
    return failures != 0;
}
