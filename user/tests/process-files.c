/* /proc: what it says about the process that asks, about another one, and about the machine. */
#include "check.h"

static char buffer[65536];

/* Reads a whole file. Returns its length, or the error. */
static long read_file(const char *path)
{
    long file = sys(SYS_open, path, O_RDONLY), length = 0, part;
    if (file < 0)
        return file;
    while (length < (long)sizeof buffer - 1 && (part = sys(SYS_read, file, buffer + length, sizeof buffer - 1 - (size_t)length)) > 0)
        length += part;
    sys(SYS_close, file);
    buffer[length] = 0;
    return length;
}

/* The number behind a key at the beginning of a line; -1 if there is none. */
static long value_of(const char *key)
{
    const char *at = buffer;
    size_t length = strlen(key);
    long number = 0;
    while (at != NULL && strncmp(at, key, length) != 0)
        at = (at = strchr(at, '\n')) == NULL ? NULL : at + 1;
    if (at == NULL)
        return -1;
    for (at += length; *at == ' ' || *at == '\t'; at++)
        ;
    while (*at >= '0' && *at <= '9')
        number = number * 10 + (*at++ - '0');
    return number;
}

static unsigned long hexadecimal(const char **text)
{
    unsigned long number = 0;
    for (;; (*text)++) {
        char c = **text;
        if (c >= '0' && c <= '9')
            number = number * 16 + (unsigned long)(c - '0');
        else if (c >= 'a' && c <= 'f')
            number = number * 16 + (unsigned long)(c - 'a' + 10);
        else
            return number;
    }
}

/* The permissions of the mapping that begins at an address, as maps shows them; "none" if there is no such line, "other" if it ends elsewhere. */
static const char *permissions_at(const char *memory, size_t bytes)
{
    static char text[8];
    if (read_file("/proc/self/maps") <= 0)
        return "unreadable";
    for (const char *at = buffer; at != NULL && *at != 0; at = (at = strchr(at, '\n')) == NULL ? NULL : at + 1) {
        unsigned long start = hexadecimal(&at);
        at++;
        unsigned long end = hexadecimal(&at);
        if (start != (unsigned long)memory)
            continue;
        if (end != (unsigned long)memory + bytes)
            return "other";
        memcpy(text, at + 1, 4);
        return text;
    }
    return "none";
}

static void test_maps(void)
{
    char *memory = map(8 * PAGE, PROT_NONE, ANONYMOUS) + PAGE;
    check_text("maps: no access", permissions_at(memory - PAGE, 8 * PAGE), "---p");
    sys(SYS_mprotect, memory, 2 * PAGE, READ_WRITE);
    check_text("maps: readable and writable", permissions_at(memory, 2 * PAGE), "rw-p");
    sys(SYS_mprotect, memory + 2 * PAGE, PAGE, PROT_READ | PROT_EXEC);
    check_text("maps: executable", permissions_at(memory + 2 * PAGE, PAGE), "r-xp");
    sys(SYS_mmap, memory + 4 * PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    check_text("maps: shared", permissions_at(memory + 4 * PAGE, PAGE), "r--s");
    unmap(memory + 4 * PAGE, PAGE);
    check_text("maps: unmapped", permissions_at(memory + 4 * PAGE, PAGE), "none");
    read_file("/proc/self/maps");
    check_true("maps: the stack", strstr(buffer, "[stack]\n") != NULL);
    check_true("maps: the program", strstr(buffer, " /tests/process-files\n") != NULL);
    long file = sys(SYS_open, "/tmp/proc-file", O_RDWR | O_CREAT, 0600);
    sys(SYS_ftruncate, file, 2 * PAGE);
    sys(SYS_mmap, memory, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, PAGE);
    check_text("maps: a file", permissions_at(memory, PAGE), "r--s");
    check_true("maps: its offset and path", strstr(buffer, "r--s 00001000 ") != NULL && strstr(buffer, " /tmp/proc-file\n") != NULL);
    sys(SYS_unlink, "/tmp/proc-file");
    read_file("/proc/self/maps");
    check_true("maps: a file that is deleted", strstr(buffer, " /tmp/proc-file (deleted)\n") != NULL);
    sys(SYS_close, file);
    unmap(memory - PAGE, 8 * PAGE);
}

static void test_counts(void)
{
    const size_t pages = 64;
    read_file("/proc/self/status");
    long before = value_of("RssAnon:"), size = value_of("VmSize:");
    char *memory = map_pages(pages);
    memset(memory, 1, pages * PAGE);
    read_file("/proc/self/status");
    check("status VmSize grows by what is mapped", value_of("VmSize:") - size, (long)(pages * 4));
    check_true("status RssAnon grows by what is touched", value_of("RssAnon:") - before >= (long)(pages * 4) - 64);
    check("status Pid", value_of("Pid:") == sys(SYS_getpid), 1);
    check("status PPid", value_of("PPid:") == sys(SYS_getppid), 1);
    check("status Threads", value_of("Threads:"), 1);
    check("status Uid", value_of("Uid:"), 0);
    check_true("status Name", strncmp(buffer, "Name:\tprocess-files\n", 20) == 0);
    sys(SYS_mlock, memory, 2 * PAGE);
    read_file("/proc/self/status");
    check("status VmLck", value_of("VmLck:"), 8);
    long maps = sys(SYS_open, "/proc/self/pagemap", O_RDONLY);
    uint64_t entries[2] = {0, 0};
    check("pagemap: two entries", sys(SYS_pread64, maps, entries, sizeof entries, (unsigned long)memory / PAGE * 8), sizeof entries);
    check_true("pagemap: present", (entries[0] >> 63) == 1 && (entries[1] >> 63) == 1);
    unmap(memory, pages * PAGE);
    check("pagemap of a hole", sys(SYS_pread64, maps, entries, 8, (unsigned long)memory / PAGE * 8), 8);
    check("pagemap of a hole: not present", (long)(entries[0] >> 63), 0);
    check("pagemap at no entry's beginning", sys(SYS_pread64, maps, entries, 8, 4), -EINVAL);
    sys(SYS_close, maps);
    check_true("smaps: has sizes", read_file("/proc/self/smaps") > 0 && value_of("Rss:") >= 0 && value_of("Pss:") >= 0);
    check_true("smaps_rollup: resident", read_file("/proc/self/smaps_rollup") > 0 && value_of("Rss:") > 0);
    check_true("statm: seven numbers", read_file("/proc/self/statm") > 0 && buffer[strlen(buffer) - 1] == '\n');
}

static void test_names(void)
{
    char text[64], path[64] = "/proc/self/fd/";
    long length = sys(SYS_readlink, "/proc/self/exe", text, sizeof text - 1);
    text[length > 0 ? length : 0] = 0;
    check_text("exe", text, "/tests/process-files");
    length = read_file("/proc/self/cmdline");
    check("cmdline: length", length, sizeof "/tests/process-files");
    check_text("cmdline", buffer, "/tests/process-files");
    read_file("/proc/self/comm");
    check("comm", strcmp(buffer, "process-files\n"), 0);
    long file = sys(SYS_open, "/tmp/proc-file", O_RDWR | O_CREAT, 0600);
    Line name = {.length = 0};
    add_text(&name, path);
    add_number(&name, file);
    name.text[name.length] = 0;
    length = sys(SYS_readlink, name.text, text, sizeof text - 1);
    text[length > 0 ? length : 0] = 0;
    check_text("fd: a file's path", text, "/tmp/proc-file");
    long again = sys(SYS_open, name.text, O_RDONLY);
    check_success("fd: opened anew", again);
    sys(SYS_write, file, "x", 1);
    check("fd: it is the same file", sys(SYS_read, again, text, 4), 1);
    sys(SYS_close, again);
    sys(SYS_close, file);
    check("fd: closed", sys(SYS_readlink, name.text, text, sizeof text), -ENOENT);
    sys(SYS_unlink, "/tmp/proc-file");
    check("a process that isn't there", sys(SYS_open, "/proc/4194000/status", O_RDONLY), -ENOENT);
    check("a file that isn't there", sys(SYS_open, "/proc/self/nothing", O_RDONLY), -ENOENT);
    check("nothing is made in /proc", sys(SYS_open, "/proc/new", O_RDWR | O_CREAT, 0600), -ENOENT);
    check("nor removed", sys(SYS_unlink, "/proc/meminfo"), -EPERM);
    check("status can't be written", sys(SYS_open, "/proc/self/status", O_WRONLY) < 0 || sys(SYS_write, 3, "x", 1) < 0, 1);
}

/* A child's files are there while it lives, and as a zombie. */
static void test_others(void)
{
    volatile int *turn = (volatile int *)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    long child = sys(SYS_fork);
    if (child == 0) {
        wait_until(turn, 1);
        leave(0);
    }
    Line path = {.length = 0};
    add_text(&path, "/proc/");
    add_number(&path, child);
    add_text(&path, "/status");
    path.text[path.length] = 0;
    check_true("a child's status", read_file(path.text) > 0);
    check("a child's parent", value_of("PPid:") == sys(SYS_getpid), 1);
    long open = sys(SYS_open, path.text, O_RDONLY);
    *turn = 1;
    sys(SYS_waitid, P_PID, child, 0, WEXITED | WNOWAIT, 0);
    read_file(path.text);
    check_true("a zombie's state", strstr(buffer, "State:\tZ (zombie)\n") != NULL);
    check("a zombie has no memory", value_of("VmSize:"), -1);
    sys(SYS_wait4, child, 0, 0, 0);
    check("waited for: its files are gone", sys(SYS_open, path.text, O_RDONLY), -ENOENT);
    check("waited for: an open one says so", sys(SYS_read, open, buffer, 10), -ESRCH);
    sys(SYS_close, open);
    unmap((void *)turn, PAGE);
}

static void test_machine(void)
{
    check_true("meminfo", read_file("/proc/meminfo") > 0 && value_of("MemTotal:") > 0 && value_of("MemFree:") > 0);
    check_true("meminfo: free is less than all", value_of("MemFree:") < value_of("MemTotal:") && value_of("MemAvailable:") > 0);
    check_true("uptime", read_file("/proc/uptime") > 0 && buffer[0] >= '0' && buffer[0] <= '9');
    check_true("cpuinfo", read_file("/proc/cpuinfo") > 0 && value_of("processor\t:") == 0);
    check_true("mounts", read_file("/proc/mounts") > 0 && strstr(buffer, " /proc proc ") != NULL);
    check_true("vmstat", read_file("/proc/vmstat") > 0 && value_of("pgfault") > 0);
    check_true("buddyinfo", read_file("/proc/buddyinfo") > 0 && strncmp(buffer, "Node 0, zone", 12) == 0);
    check_true("version", read_file("/proc/version") > 0);
    check_true("overcommit_memory", read_file("/proc/sys/vm/overcommit_memory") == 2);
}

int main(void)
{
    test_maps();
    test_counts();
    test_names();
    test_others();
    test_machine();
    return failures != 0;
}
