/* /proc: which files there are, their form, what they say of this process, and who may read them. */
#include "check.h"
#include <sys/prctl.h>

#define DATA_PAGES 16UL

static char buffer[64 * 1024];

/* Reads a whole file, so many bytes at a time. Returns its length, or the error. */
static long slurp(const char *path, size_t step)
{
    long file = sys(SYS_open, path, O_RDONLY), length = 0, part;
    if (file < 0)
        return file;
    while ((part = sys(SYS_read, file, buffer + length, step)) > 0)
        length += part;
    sys(SYS_close, file);
    buffer[length] = 0;
    return part < 0 ? part : length;
}

/* The line that begins with a text; null if there is none. */
static char *line_of(const char *start)
{
    for (char *line = buffer; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (strncmp(line, start, strlen(start)) == 0)
            return line;
    return NULL;
}

static long number_at(const char *text)
{
    long number = 0;
    while (*text && (*text < '0' || *text > '9'))
        text++;
    while (*text >= '0' && *text <= '9')
        number = number * 10 + (*text++ - '0');
    return number;
}

/* The number behind a name; -1 if the name isn't there. */
static long value_of(const char *name)
{
    char *line = line_of(name);
    return line ? number_at(line + strlen(name)) : -1;
}

static long field(int wanted)
{
    char *at = strrchr(buffer, ')') + 2;
    for (int number = 3; number < wanted; number++)
        at = strchr(at, ' ') + 1;
    return number_at(at);
}

static void add_path(Line *line, long number, const char *name)
{
    line->length = 0;
    add_text(line, "/proc/");
    add_number(line, number);
    add_text(line, name);
    line->text[line->length] = 0;
}

static void has(const char *file, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Line what = {.length = 0};
        add_text(&what, file);
        add_text(&what, " has ");
        add_text(&what, names[i]);
        what.text[what.length] = 0;
        /* A terminal may show a tab as blanks. */
        for (char *tab = what.text; (tab = strchr(tab, '\t')) != NULL;)
            *tab = ' ';
        check_true(what.text, line_of(names[i]) != NULL);
    }
}

static void test_links(void)
{
    char text[64], wanted[64];
    Line path = {.length = 0};
    long self = sys(SYS_getpid), length = sys(SYS_readlink, "/proc/self", text, sizeof text);
    add_number(&path, self);
    memcpy(wanted, path.text, path.length);
    check_true("proc: self names this process", length == (long)path.length && memcmp(text, wanted, path.length) == 0);
    length = sys(SYS_readlink, "/proc/self/exe", text, sizeof text - 1);
    text[length < 0 ? 0 : length] = 0;
    check_text("proc: exe is this program", text, "/tests/proc");
    sys(SYS_chdir, "/tmp");
    length = sys(SYS_readlink, "/proc/self/cwd", text, sizeof text - 1);
    text[length < 0 ? 0 : length] = 0;
    check_text("proc: cwd is the current folder", text, "/tmp");
    check("proc: a link cuts its text", sys(SYS_readlink, "/proc/self/cwd", text, 2), 2);
    check("proc: no process", sys(SYS_open, "/proc/31999/stat", O_RDONLY), -ENOENT);
    check("proc: no such file", sys(SYS_open, "/proc/self/nothing", O_RDONLY), -ENOENT);
    check("proc: nothing can be made", sys(SYS_open, "/proc/new", O_RDWR | O_CREAT, 0600), -ENOENT);
    check("proc: no folder can be made", sys(SYS_mkdir, "/proc/new", 0700), -ENOENT);
    check("proc: nothing can be removed", sys(SYS_unlink, "/proc/uptime"), -EPERM);
}

static void test_stat(void)
{
    check_true("stat: there", slurp("/proc/self/stat", sizeof buffer - 1) > 0);
    check_true("stat: process", number_at(buffer) == sys(SYS_getpid));
    check_true("stat: name", strstr(buffer, " (proc) R ") != NULL);
    check_true("stat: parent", field(4) == sys(SYS_getppid));
    check("stat: threads", field(20), 1);
    check("stat: nice", field(19), 0);
    check("stat: exit signal", field(38), SIGCHLD);
    int fields = 2;
    for (char *at = strrchr(buffer, ')'); *at; at++)
        fields += *at == ' ';
    check("stat: fields", fields, 52);
    check_true("statm: there", slurp("/proc/self/statm", sizeof buffer - 1) > 0);
    check_true("statm: size", number_at(buffer) > 0);
    sys(SYS_prctl, PR_SET_NAME, "a (b) c");
    slurp("/proc/self/comm", sizeof buffer - 1);
    check_text("comm: the name", buffer, "a (b) c\n");
    long file = sys(SYS_open, "/proc/self/comm", O_WRONLY);
    check("comm: can be written", sys(SYS_write, file, "other", 5), 5);
    sys(SYS_close, file);
    slurp("/proc/self/status", sizeof buffer - 1);
    check_true("status: the new name", strncmp(buffer, "Name:\tother\n", 12) == 0);
    static const char *const names[] = {
        "Umask:\t0022\n", "State:\tR (running)\n", "Tgid:\t", "Pid:\t", "PPid:\t", "TracerPid:\t0\n", "Uid:\t0\t0\t0\t0\n",
        "Gid:\t0\t0\t0\t0\n", "FDSize:\t64\n", "VmPeak:\t", "VmSize:\t", "VmLck:\t", "VmHWM:\t", "VmRSS:\t", "RssAnon:\t",
        "RssFile:\t", "RssShmem:\t", "VmData:\t", "VmStk:\t", "VmExe:\t", "VmPTE:\t", "Threads:\t1\n",
        "SigPnd:\t0000000000000000\n", "SigBlk:\t0000000000000000\n", "SigCgt:\t",
    };
    has("status", names, COUNT(names));
    check_true("status: resident is the sum of its parts",
        value_of("VmRSS:") == value_of("RssAnon:") + value_of("RssFile:") + value_of("RssShmem:"));
}

static long smaps_of(void *memory, const char *name)
{
    char *line = buffer;
    Line start = {.length = 0};
    static const char digits[] = "0123456789abcdef";
    for (int shift = 44; shift >= 0; shift -= 4)
        if ((unsigned long)memory >> shift)
            start.text[start.length++] = digits[(unsigned long)memory >> shift & 15];
    start.text[start.length++] = '-';
    start.text[start.length] = 0;
    if (slurp("/proc/self/smaps", 1000) < 0 || !(line = line_of(start.text)))
        return -1;
    line = strstr(line, name);
    return line ? number_at(line + strlen(name)) : -1;
}

static void test_maps(void)
{
    long whole = slurp("/proc/self/maps", sizeof buffer - 1), parts = slurp("/proc/self/maps", 7);
    check_true("maps: a few bytes at a time give the same", whole > 0 && whole == parts);
    check_true("maps: the program", strstr(buffer, " /tests/proc\n") != NULL);
    check_true("maps: the stack", strstr(buffer, " [stack]\n") != NULL);
    char *first = strchr(buffer, '\n'), *name = strstr(buffer, "/tests/proc\n");
    check("maps: column of the names", name < first ? name - buffer : -1, 73);
    long file = sys(SYS_open, "/proc/self/maps", O_RDONLY);
    check("maps: seek", sys(SYS_lseek, file, 20, SEEK_SET), 20);
    char piece[8];
    sys(SYS_read, file, piece, sizeof piece);
    check_true("maps: read from a position", memcmp(piece, buffer + 20, sizeof piece) == 0);
    sys(SYS_close, file);
    /* Between two pages that can't be touched, so that no neighbour joins it. */
    char *memory = map((DATA_PAGES + 2) * PAGE, PROT_NONE, ANONYMOUS);
    memory += PAGE;
    sys(SYS_mprotect, memory, DATA_PAGES * PAGE, READ_WRITE);
    check("smaps: size", smaps_of(memory, "\nSize:"), DATA_PAGES * 4);
    check("smaps: nothing resident at first", smaps_of(memory, "\nRss:"), 0);
    memset(memory, 1, 4 * PAGE);
    check("smaps: resident", smaps_of(memory, "\nRss:"), 16);
    check("smaps: share of what is alone", smaps_of(memory, "\nPss:"), 16);
    check("smaps: private and dirty", smaps_of(memory, "\nPrivate_Dirty:"), 16);
    check("smaps: anonymous", smaps_of(memory, "\nAnonymous:"), 16);
    check("smaps: not shared", smaps_of(memory, "\nShared_Dirty:"), 0);
    int ready[2], done[2];
    sys(SYS_pipe, ready);
    sys(SYS_pipe, done);
    long child = sys(SYS_fork);
    if (child == 0) {
        char unit;
        memory[0] = 2;
        sys(SYS_write, ready[1], "x", 1);
        sys(SYS_read, done[0], &unit, 1);
        leave(0);
    }
    char unit;
    sys(SYS_read, ready[0], &unit, 1);
    check("smaps: with a child that has written to one page: shared", smaps_of(memory, "\nShared_Dirty:"), 12);
    check("smaps: with a child: private", smaps_of(memory, "\nPrivate_Dirty:"), 4);
    check("smaps: with a child: share", smaps_of(memory, "\nPss:"), 10);
    sys(SYS_write, done[1], "x", 1);
    sys(SYS_wait4, child, 0, 0, 0);
    check("smaps: the child gone", smaps_of(memory, "\nPrivate_Dirty:"), 16);
    check("smaps: locked before", smaps_of(memory, "\nLocked:"), 0);
    sys(SYS_mlock, memory, DATA_PAGES * PAGE);
    check("smaps: locked", smaps_of(memory, "\nLocked:"), DATA_PAGES * 4);
    char *shared = map(3 * PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    shared[0] = 1;
    check("smaps: shared memory is resident", smaps_of(shared, "\nRss:"), 4);
    check("smaps: shared memory is not anonymous", smaps_of(shared, "\nAnonymous:"), 0);
    slurp("/proc/self/maps", sizeof buffer - 1);
    check_true("maps: shared memory", strstr(buffer, "/dev/zero (deleted)\n") != NULL);
    slurp("/proc/self/smaps_rollup", sizeof buffer - 1);
    check_true("smaps_rollup: its name", strstr(buffer, " [rollup]\n") != NULL);
    check_true("smaps_rollup: resident is the sum of its parts", value_of("Rss:") == value_of("Shared_Clean:")
        + value_of("Shared_Dirty:") + value_of("Private_Clean:") + value_of("Private_Dirty:"));
    uint64_t entries[3] = {0, 0, 0};
    file = sys(SYS_open, "/proc/self/pagemap", O_RDONLY);
    check("pagemap: read", sys(SYS_pread64, file, entries, sizeof entries, ((unsigned long)memory / PAGE - 1) * 8), 24);
    check("pagemap: an absent page", (long)(entries[0] >> 63), 0);
    check("pagemap: a present page", (long)(entries[1] >> 63), 1);
    check_true("pagemap: its frame", (entries[1] & ((1UL << 55) - 1)) != 0);
    check("pagemap: part of an entry", sys(SYS_pread64, file, entries, 7, 0), -EINVAL);
    sys(SYS_close, file);
}

static void test_machine(void)
{
    static const char *const memory[] = {"MemTotal:", "MemFree:", "MemAvailable:", "Buffers:", "Cached:", "SwapTotal:",
        "AnonPages:", "Shmem:", "Slab:", "PageTables:", "KernelStack:", "Committed_AS:", "Hugepagesize:"};
    static const char *const statistics[] = {"cpu  ", "cpu0 ", "ctxt ", "btime ", "processes ", "procs_running ", "procs_blocked "};
    static const char *const counters[] = {"nr_free_pages ", "nr_anon_pages ", "nr_file_pages ", "pgfault ", "pgmajfault "};
    slurp("/proc/meminfo", 100);
    has("meminfo", memory, COUNT(memory));
    slurp("/proc/stat", 100);
    has("stat", statistics, COUNT(statistics));
    slurp("/proc/vmstat", 100);
    has("vmstat", counters, COUNT(counters));
    static const char *const files[] = {"/proc/uptime", "/proc/loadavg", "/proc/version", "/proc/cpuinfo", "/proc/mounts",
        "/proc/filesystems", "/proc/cmdline", "/proc/buddyinfo", "/proc/zoneinfo", "/proc/self/mountinfo", "/proc/self/limits",
        "/proc/self/environ", "/proc/sys/kernel/osrelease", "/proc/sys/kernel/pid_max", "/proc/sys/kernel/hostname",
        "/proc/sys/kernel/random/boot_id", "/proc/sys/kernel/randomize_va_space", "/proc/sys/vm/overcommit_memory",
        "/proc/sys/vm/max_map_count", "/proc/sys/vm/swappiness", "/proc/sys/fs/nr_open"};
    for (size_t i = 0; i < COUNT(files); i++) {
        Line what = {.length = 0};
        add_text(&what, "proc: readable: ");
        add_text(&what, files[i]);
        what.text[what.length] = 0;
        check_true(what.text, slurp(files[i], 64) >= 0);
    }
    long length = slurp("/proc/self/cmdline", 3);
    check_true("cmdline: the arguments with their zeros", length == 12 && memcmp(buffer, "/tests/proc", 12) == 0);
}

static void test_descriptors(void)
{
    char text[64];
    Line path;
    int ends[2];
    sys(SYS_pipe, ends);
    add_path(&path, sys(SYS_getpid), "/fd/");
    add_number(&path, ends[0]);
    path.text[path.length] = 0;
    long length = sys(SYS_readlink, path.text, text, sizeof text - 1);
    text[length < 0 ? 0 : length] = 0;
    check_true("fd: a pipe", strncmp(text, "pipe:[", 6) == 0);
    struct stat status;
    sys(SYS_lstat, path.text, &status);
    check("fd: permissions of what can be read", status.st_mode, S_IFLNK | 0500);
    long file = sys(SYS_open, "/tmp/proc-file", O_RDWR | O_CREAT, 0600);
    sys(SYS_write, file, "content", 7);
    add_path(&path, sys(SYS_getpid), "/fd/");
    add_number(&path, file);
    path.text[path.length] = 0;
    sys(SYS_unlink, "/tmp/proc-file");
    length = sys(SYS_readlink, path.text, text, sizeof text - 1);
    text[length < 0 ? 0 : length] = 0;
    check_text("fd: a file without a name", text, "/tmp/proc-file (deleted)");
    check("fd: it can be opened again", slurp(path.text, 100), 7);
    sys(SYS_close, file);
    check("fd: closed", sys(SYS_readlink, path.text, text, sizeof text), -ENOENT);
    add_path(&path, sys(SYS_getpid), "/fdinfo/");
    add_number(&path, ends[0]);
    path.text[path.length] = 0;
    slurp(path.text, 100);
    check_true("fdinfo: position and flags", strncmp(buffer, "pos:\t0\nflags:\t00\n", 17) == 0);
    sys(SYS_close, ends[0]);
    sys(SYS_close, ends[1]);
}

static void as_other_user(void *argument)
{
    (void)argument;
    char text[16];
    Line path;
    long parent = sys(SYS_getppid);
    static const char *const closed[] = {"/maps", "/smaps_rollup", "/environ", "/fd/0"};
    sys(SYS_setgid, 1000);
    sys(SYS_setuid, 1000);
    for (size_t i = 0; i < COUNT(closed); i++) {
        Line what = {.length = 0};
        add_path(&path, parent, closed[i]);
        add_text(&what, "proc: closed to others: ");
        add_text(&what, closed[i] + 1);
        what.text[what.length] = 0;
        check(what.text, sys(SYS_open, path.text, O_RDONLY), -EACCES);
    }
    add_path(&path, parent, "/exe");
    check("proc: closed to others: exe", sys(SYS_readlink, path.text, text, sizeof text), -EACCES);
    add_path(&path, parent, "/stat");
    check_true("proc: open to others: stat", slurp(path.text, 100) > 0);
    add_path(&path, parent, "/status");
    check_true("proc: open to others: status", slurp(path.text, 100) > 0);
    check("proc: setting a value without privilege", sys(SYS_open, "/proc/sys/kernel/hostname", O_WRONLY), -EACCES);
    leave(0);
}

static void test_end(void)
{
    Line path;
    long child = sys(SYS_fork);
    if (child == 0)
        leave(3);
    siginfo_t information;
    sys(SYS_waitid, P_PID, child, &information, WEXITED | WNOWAIT, 0);
    add_path(&path, child, "/stat");
    long file = sys(SYS_open, path.text, O_RDONLY);
    check_true("proc: an ended process has a stat", slurp(path.text, 100) > 0);
    check_true("proc: its name and state", strstr(buffer, " (other) Z ") != NULL);
    check("proc: its memory", field(23), 0);
    add_path(&path, child, "/cmdline");
    check("proc: its arguments", slurp(path.text, 100), 0);
    add_path(&path, child, "/maps");
    check("proc: its maps", slurp(path.text, 100), 0);
    add_path(&path, child, "/exe");
    check("proc: its program", sys(SYS_readlink, path.text, buffer, 64), -ENOENT);
    sys(SYS_wait4, child, 0, 0, 0);
    check("proc: read when it is gone", sys(SYS_read, file, buffer, 64), -ESRCH);
    check("proc: its folder is gone", sys(SYS_open, path.text, O_RDONLY), -ENOENT);
    sys(SYS_close, file);
}

int main(void)
{
    test_links();
    test_stat();
    test_maps();
    test_machine();
    test_descriptors();
    in_child(as_other_user, NULL);
    test_end();
    return failures != 0;
}
