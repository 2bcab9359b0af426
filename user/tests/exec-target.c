/* What exec starts in the tests: looks at itself as its first argument says. Not a test of its own. */
#include "check.h"
#include <elf.h>

extern char **environ;

static unsigned long auxiliary(unsigned long type)
{
    char **word = environ;
    while (*word != NULL)
        word++;
    for (Elf64_auxv_t *entry = (Elf64_auxv_t *)(word + 1); entry->a_type != AT_NULL; entry++)
        if (entry->a_type == type)
            return entry->a_un.a_val;
    return ~0UL;
}

extern char _start[];

static void check_auxiliary(const char *path)
{
    check("auxv PAGESZ", (long)auxiliary(AT_PAGESZ), 4096);
    check("auxv CLKTCK", (long)auxiliary(AT_CLKTCK), 100);
    check("auxv PHENT", (long)auxiliary(AT_PHENT), sizeof(Elf64_Phdr));
    check_true("auxv ENTRY", auxiliary(AT_ENTRY) == (unsigned long)_start);
    check("auxv BASE", (long)auxiliary(AT_BASE), 0);
    check("auxv FLAGS", (long)auxiliary(AT_FLAGS), 0);
    check("auxv UID", (long)auxiliary(AT_UID), 0);
    check("auxv EUID", (long)auxiliary(AT_EUID), 0);
    check("auxv GID", (long)auxiliary(AT_GID), 0);
    check("auxv EGID", (long)auxiliary(AT_EGID), 0);
    check("auxv SECURE", (long)auxiliary(AT_SECURE), 0);
    check_true("auxv HWCAP is CPUID 1's edx", auxiliary(AT_HWCAP) != ~0UL && (auxiliary(AT_HWCAP) & (1 << 25)) != 0);
    check_text("auxv PLATFORM", (const char *)auxiliary(AT_PLATFORM), "x86_64");
    check_text("auxv EXECFN", (const char *)auxiliary(AT_EXECFN), path);
    const unsigned char *random = (const unsigned char *)auxiliary(AT_RANDOM);
    int different = 0;
    for (int i = 1; i < 16; i++)
        different |= random[i] != random[0];
    check_true("auxv RANDOM: sixteen bytes", different);
    const Elf64_Phdr *headers = (const Elf64_Phdr *)auxiliary(AT_PHDR);
    unsigned long count = auxiliary(AT_PHNUM);
    int loads = 0;
    for (unsigned long i = 0; i < count && i < 20; i++)
        loads += headers[i].p_type == PT_LOAD;
    check_true("auxv PHDR and PHNUM: the program's headers", count < 20 && loads >= 1);
}

static char bss[5 * PAGE];
static char data[] = "data";

static void check_segments(void)
{
    int zero = 1;
    for (size_t i = 0; i < sizeof bss; i++)
        zero &= bss[i] == 0;
    check_true("bss is zero", zero);
    check_text("data is there", data, "data");
    check_access("data is writable", WRITE, data, "done");
    check_access("bss is writable", WRITE, bss + sizeof bss - 1, "done");
    check_access("text is not writable", WRITE, (void *)(uintptr_t)check_segments, "SEGV_ACCERR");
    check_access("data is not executable", EXECUTE, data, "SEGV_ACCERR");
    char local = (char)0xc3;
    check_access("the stack is not executable", EXECUTE, &local, "SEGV_ACCERR");
    check_access("page zero is not there", READ, NULL, "SEGV_MAPERR");
}

static void check_descriptors(void)
{
    check("exec: descriptor 10 without cloexec", sys(SYS_fcntl, 10, F_GETFD), 0);
    check("exec: descriptor 11 with cloexec", sys(SYS_fcntl, 11, F_GETFD), -EBADF);
    check("exec: offset of descriptor 10", sys(SYS_lseek, 10, 0, SEEK_CUR), 3);
}

static void check_signals(void)
{
    struct sigaction action;
    unsigned long mask = 0, signals = 0;
    stack_t stack;
    sigaction(SIGUSR1, NULL, &action);
    check_true("exec: a handler becomes the default", action.sa_handler == SIG_DFL);
    sigaction(SIGUSR2, NULL, &action);
    check_true("exec: an ignored signal stays ignored", action.sa_handler == SIG_IGN);
    sys(SYS_rt_sigprocmask, SIG_BLOCK, 0, &mask, 8);
    check_true("exec: the mask stays", mask == 1UL << (SIGTERM - 1));
    sys(SYS_rt_sigpending, &signals, 8);
    check_true("exec: a pending signal stays", signals == 1UL << (SIGTERM - 1));
    sys(SYS_sigaltstack, 0, &stack);
    check("exec: no alternate stack", stack.ss_flags, SS_DISABLE);
}

static void check_process(const char *id)
{
    Line line = {.length = 0};
    char folder[64] = "", name[16] = "";
    add_number(&line, sys(SYS_getpid));
    check_true("exec: the process id stays", strcmp(line.text, id) == 0);
    sys(SYS_getcwd, folder, sizeof folder);
    check_text("exec: the current folder stays", folder, "/proc");
    check("exec: the umask stays", sys(SYS_umask, 022), 0117);
    sys(SYS_prctl, 16, name, 0, 0, 0);
    check_text("exec: the name is the file's", name, "exec-target");
    struct itimerval timer;
    sys(SYS_getitimer, ITIMER_REAL, &timer);
    check_true("exec: the timer stays", timer.it_value.tv_sec > 1000);
    struct rlimit limit;
    sys(SYS_getrlimit, RLIMIT_NOFILE, &limit);
    check("exec: the limits stay", (long)limit.rlim_cur, 77);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "exit") == 0)
        return (argv[2][0] - '0') * 10 + argv[2][1] - '0';
    if (strcmp(what, "arguments") == 0) {
        check("argc", argc, 5);
        check_text("argv[0]", argv[0], "name");
        check_text("argv[2]: empty", argv[2], "");
        check_text("argv[3]", argv[3], "two words");
        check_text("argv[4]", argv[4], "last");
        check_true("argv ends with NULL", argv[5] == NULL);
        check_text("envp[0]", environ[0], "A=1");
        check_text("envp[1]", environ[1], "B=two words");
        check_true("envp ends with NULL", environ[2] == NULL);
        check_true("argv stands below envp", (char *)argv < (char *)environ);
        check_true("the stack is aligned at the start", ((unsigned long)(argv - 1) & 15) == 0);
    } else if (strcmp(what, "count") == 0) {
        check("argc with many arguments", argc, 5000);
        check("the last of many arguments", argv[4999][0], 'x');
    } else if (strcmp(what, "auxiliary") == 0)
        check_auxiliary(argv[2]);
    else if (strcmp(what, "segments") == 0)
        check_segments();
    else if (strcmp(what, "descriptors") == 0)
        check_descriptors();
    else if (strcmp(what, "signals") == 0)
        check_signals();
    else if (strcmp(what, "process") == 0)
        check_process(argv[2]);
    else
        for (int i = 0; i < argc; i++)
            check_text("argument of a script", argv[i], argv[i]);
    return failures != 0;
}
