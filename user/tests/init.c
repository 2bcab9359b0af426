/* Process 1 of the test machines: runs the programs that /tests/list names, one a line, one after the other.
 * Prints "== LINE" before each and "== exit N" or "== signal N" behind it, "== end" at last.
 * With the argument "poweroff" it switches the machine off, otherwise it ends, with 1 if a program failed. */
#include "../include/cosmosvm-vm.h"
#include "check.h"
#include <sys/mount.h>
#include <sys/sysmacros.h>

#define SECONDS_FOR_A_PROGRAM 1200
#define WORDS_OF_A_LINE 8
#define TERMINAL_DRAIN 0x5409 /* TCSBRK: with an argument that is not zero it waits until all output is sent */

static const struct {
    const char *name;
    int major, minor;
} devices[] = {{"/dev/null", 1, 3}, {"/dev/zero", 1, 5}, {"/dev/full", 1, 7}, {"/dev/random", 1, 8},
               {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0}};
static const char *const folders[] = {"/proc", "/dev", "/tmp"};

/* What the kernel had not made already. */
static int made_folders[COUNT(folders)], made_devices[COUNT(devices)], mounted;

static void prepare(void)
{
    for (size_t i = 0; i < COUNT(folders); i++)
        made_folders[i] = sys(SYS_mkdir, folders[i], 0777) == 0;
    mounted = sys(SYS_mount, "proc", "/proc", "proc", 0, 0) == 0;
    for (size_t i = 0; i < COUNT(devices); i++)
        made_devices[i] = sys(SYS_mknod, devices[i].name, S_IFCHR | 0666, makedev(devices[i].major, devices[i].minor)) == 0;
}

/* Leaves nothing behind: an audit of the kernel's looks for what was lost. */
static void clean_up(void)
{
    for (size_t i = 0; i < COUNT(devices); i++)
        if (made_devices[i])
            sys(SYS_unlink, devices[i].name);
    if (mounted)
        sys(SYS_umount2, "/proc", 0);
    for (size_t i = 0; i < COUNT(folders); i++)
        if (made_folders[i])
            sys(SYS_rmdir, folders[i]);
}

static void say(const char *text, const char *rest)
{
    Line line = {.length = 0};
    add_text(&line, "== ");
    add_text(&line, text);
    add_text(&line, rest);
    print_line(&line);
}

/* Starts a program of its own session. */
static long start(char *command)
{
    char *words[WORDS_OF_A_LINE + 1];
    char *environment[] = {"PATH=/bin:/tests", NULL};
    int count = 0;
    long child = sys(SYS_fork);
    if (child != 0)
        return child;
    for (char *word = strtok(command, " "); word != NULL && count < WORDS_OF_A_LINE; word = strtok(NULL, " "))
        words[count++] = word;
    words[count] = NULL;
    sys(SYS_setsid);
    sys(SYS_chdir, "/tmp");
    sys(SYS_execve, words[0], words, environment);
    leave(127);
    return 0;
}

/* Kills the program when it takes too long. */
static long start_watchdog(long program)
{
    struct timespec limit = {SECONDS_FOR_A_PROGRAM, 0};
    long child = sys(SYS_fork);
    if (child != 0)
        return child;
    sys(SYS_nanosleep, &limit, 0);
    sys(SYS_kill, program, SIGKILL);
    leave(0);
    return 0;
}

/* Our kernel checks its memory manager when nothing of the program is left; Linux has no such device. */
static void verify(void)
{
    long device = sys(SYS_open, "/dev/vm", O_RDONLY);
    if (device < 0)
        return;
    if (sys(SYS_ioctl, device, VM_VERIFY, 0) == 0) {
        Line line = {.length = 0};
        add_text(&line, "verify: clean");
        print_line(&line);
    } else {
        say("signal of the memory manager: it is broken", "");
    }
    sys(SYS_close, device);
}

static int run(char *command)
{
    int status = 0, other;
    long program, watchdog, ended;
    say(command, "");
    program = start(command);
    watchdog = start_watchdog(program);
    do
        ended = sys(SYS_wait4, -1, &other, 0, 0);
    while (ended != program && ended != -ECHILD);
    status = other;
    sys(SYS_kill, watchdog, SIGKILL);
    sys(SYS_kill, -1, SIGKILL);
    while (sys(SYS_wait4, -1, &other, 0, 0) != -ECHILD)
        ;
    verify();
    say(status_name(status), "");
    return status;
}

int main(int argc, char **argv)
{
    static char list[16384];
    int failed_programs = 0;
    long file = sys(SYS_open, "/tests/list", O_RDONLY);
    long length = sys(SYS_read, file, list, sizeof list - 1);
    prepare();
    if (length < 0)
        say("no /tests/list", "");
    for (char *line = list, *end; length > 0 && (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = 0;
        failed_programs += run(line) != 0;
    }
    clean_up();
    say("end", "");
    /* Whoever switches off at once loses what the serial port has not sent yet. */
    sys(SYS_ioctl, 1, TERMINAL_DRAIN, 1);
    if (argc > 1 && strcmp(argv[1], "poweroff") == 0)
        sys(SYS_reboot, 0xfee1dead, 672274793, 0x4321fedc, 0);
    return failed_programs != 0;
}
