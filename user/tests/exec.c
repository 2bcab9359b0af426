/* execve: arguments, environment, auxiliary vector, what stays and what goes, scripts, interpreters, and each error. */
#include "check.h"

#define TARGET "/tests/exec-target"

static char *const no_environment[] = {NULL};

typedef struct {
    const char *path;
    char *const *arguments;
    char *const *environment;
} Program;

static void start(void *argument)
{
    const Program *program = argument;
    long result = sys(SYS_execve, program->path, program->arguments, program->environment);
    leave(result == -ENOEXEC ? 98 : 99);
}

static void check_program(const char *what, const char *path, char *const *arguments, char *const *environment, const char *wanted)
{
    Program program = {path, arguments, environment};
    check_text(what, status_name(in_child(start, &program)), wanted);
}

static void write_file(const char *path, const void *content, size_t size, int mode)
{
    sys(SYS_unlink, path);
    long file = sys(SYS_open, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    sys(SYS_write, file, content, size);
    sys(SYS_close, file);
    sys(SYS_chmod, path, mode);
}

static void write_text(const char *path, const char *text) { write_file(path, text, strlen(text), 0755); }

static void test_start(void)
{
    char *arguments[] = {"name", "arguments", "", "two words", "last", NULL};
    char *environment[] = {"A=1", "B=two words", NULL};
    char *auxiliary[] = {TARGET, "auxiliary", TARGET, NULL}, *segments[] = {TARGET, "segments", NULL};
    char *relative[] = {TARGET, "auxiliary", "../tests/exec-target", NULL};
    char *exit[] = {TARGET, "exit", "37", NULL};
    static char *many[5001];
    check_program("execve arguments and environment", TARGET, arguments, environment, "exit 0");
    check_program("execve auxiliary vector", TARGET, auxiliary, no_environment, "exit 0");
    check_program("execve by a relative path", "../tests/exec-target", relative, no_environment, "exit 0");
    check_program("execve segments", TARGET, segments, no_environment, "exit 0");
    check_program("execve without environment", TARGET, exit, NULL, "exit 37");
    for (int i = 0; i < 5000; i++)
        many[i] = "x";
    many[1] = "count";
    check_program("execve with 5000 arguments", TARGET, many, no_environment, "exit 0");
}

static void prepare_descriptors(void *argument)
{
    long file = sys(SYS_open, "/tmp/exec-file", O_RDWR | O_CREAT, 0600);
    sys(SYS_write, file, "abc", 3);
    sys(SYS_dup2, file, 10);
    sys(SYS_dup3, file, 11, O_CLOEXEC);
    start(argument);
}

static void some_handler(int signal) { (void)signal; }

static void prepare_signals(void *argument)
{
    struct sigaction action;
    unsigned long mask = 1UL << (SIGTERM - 1);
    static char alternate[8192];
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate, .ss_flags = 0};
    memset(&action, 0, sizeof action);
    action.sa_handler = some_handler;
    sigaction(SIGUSR1, &action, NULL);
    ignore(SIGUSR2);
    sys(SYS_sigaltstack, &stack, 0);
    sys(SYS_rt_sigprocmask, SIG_SETMASK, &mask, 0, 8);
    sys(SYS_kill, sys(SYS_getpid), SIGTERM);
    start(argument);
}

static void prepare_process(void *argument)
{
    Program *program = argument;
    Line id = {.length = 0};
    char *arguments[] = {TARGET, "process", id.text, NULL};
    struct itimerval timer = {{0, 0}, {2000, 0}};
    struct rlimit limit = {77, 1024};
    add_number(&id, sys(SYS_getpid));
    sys(SYS_chdir, "/proc");
    sys(SYS_umask, 0117);
    sys(SYS_setitimer, ITIMER_REAL, &timer, 0);
    sys(SYS_setrlimit, RLIMIT_NOFILE, &limit);
    program->arguments = arguments;
    start(program);
}

static void test_what_stays(void)
{
    char *descriptors[] = {TARGET, "descriptors", NULL}, *signals[] = {TARGET, "signals", NULL};
    Program program = {TARGET, descriptors, no_environment};
    check_text("execve descriptors", status_name(in_child(prepare_descriptors, &program)), "exit 0");
    program.arguments = signals;
    check_text("execve signals", status_name(in_child(prepare_signals, &program)), "exit 0");
    check_text("execve process", status_name(in_child(prepare_process, &program)), "exit 0");
    sys(SYS_unlink, "/tmp/exec-file");
}

static void test_scripts(void)
{
    char *arguments[] = {"zero", "one", "two", NULL};
    char long_line[400];
    write_text("/tmp/script", "#!" TARGET "\nanything\n");
    check_program("script", "/tmp/script", arguments, no_environment, "exit 0");
    write_text("/tmp/script", "#! " TARGET "  with one word \nanything\n");
    check_program("script with an argument", "/tmp/script", arguments, no_environment, "exit 0");
    write_text("/tmp/script2", "#!/tmp/script\n");
    check_program("script of a script", "/tmp/script2", arguments, no_environment, "exit 0");
    write_text("/tmp/script", "#!/tests/nothing\n");
    check("script whose interpreter is missing", sys(SYS_execve, "/tmp/script", arguments, no_environment), -ENOENT);
    write_text("/tmp/script", "#!\n");
    check("script without an interpreter", sys(SYS_execve, "/tmp/script", arguments, no_environment), -ENOEXEC);
    write_text("/tmp/script", "#!/tmp/script\n");
    check("script of itself", sys(SYS_execve, "/tmp/script", arguments, no_environment), -ELOOP);
    memset(long_line, '/', sizeof long_line);
    memcpy(long_line, "#!", 2);
    write_file("/tmp/script", long_line, sizeof long_line, 0755);
    check("script with a line that is too long", sys(SYS_execve, "/tmp/script", arguments, no_environment), -ENOEXEC);
    write_text("/tmp/script", "#!" TARGET);
    check_program("script without a line's end", "/tmp/script", arguments, no_environment, "exit 0");
    sys(SYS_unlink, "/tmp/script");
    sys(SYS_unlink, "/tmp/script2");
}

static void test_errors(void)
{
    char *arguments[] = {"x", NULL};
    char *bad[] = {"x", (char *)8, NULL};
    static char *too_many[40];
    static char name[5000], big[140 * 1024];
    check("execve of nothing", sys(SYS_execve, "/tests/nothing", arguments, no_environment), -ENOENT);
    check("execve of an empty path", sys(SYS_execve, "", arguments, no_environment), -ENOENT);
    check("execve through a file", sys(SYS_execve, TARGET "/x", arguments, no_environment), -ENOTDIR);
    check("execve of a folder", sys(SYS_execve, "/tests", arguments, no_environment), -EACCES);
    check("execve of a bad pointer", sys(SYS_execve, 8, arguments, no_environment), -EFAULT);
    check("execve with bad arguments", sys(SYS_execve, TARGET, 8, no_environment), -EFAULT);
    check("execve with one bad argument", sys(SYS_execve, TARGET, bad, no_environment), -EFAULT);
    check("execve with a bad environment", sys(SYS_execve, TARGET, arguments, 8), -EFAULT);
    memset(name, 'n', sizeof name - 1);
    check("execve of a path that is too long", sys(SYS_execve, name, arguments, no_environment), -ENAMETOOLONG);
    memset(big, 'b', sizeof big - 1);
    char *one_big[] = {"x", big, NULL};
    check("execve with an argument of 140 KiB", sys(SYS_execve, TARGET, one_big, no_environment), -E2BIG);
    for (int i = 0; i < 39; i++)
        too_many[i] = big + 20 * 1024;
    check("execve with 4.5 MiB of arguments", sys(SYS_execve, TARGET, too_many, no_environment), -E2BIG);
    write_file("/tmp/file", "hello", 5, 0644);
    check("execve of a file without permission", sys(SYS_execve, "/tmp/file", arguments, no_environment), -EACCES);
    write_file("/tmp/file", "hello", 5, 0755);
    check("execve of a text", sys(SYS_execve, "/tmp/file", arguments, no_environment), -ENOEXEC);
    write_file("/tmp/file", "", 0, 0755);
    check("execve of an empty file", sys(SYS_execve, "/tmp/file", arguments, no_environment), -ENOEXEC);
    check("execve of a device", sys(SYS_execve, "/dev/null", arguments, no_environment), -EACCES);
    sys(SYS_unlink, "/tmp/file");
    check("execveat of an open file's folder", sys(SYS_execveat, 1000, "exec-target", arguments, no_environment, 0), -EBADF);
    check("execveat with a wrong flag", sys(SYS_execveat, AT_FDCWD, TARGET, arguments, no_environment, 1), -EINVAL);
    check("execveat of an empty path", sys(SYS_execveat, AT_FDCWD, "", arguments, no_environment, 0), -ENOENT);
    sys(SYS_symlink, TARGET, "/tmp/link");
    check("execveat of a link not to be followed", sys(SYS_execveat, AT_FDCWD, "/tmp/link", arguments, no_environment, AT_SYMLINK_NOFOLLOW), -ELOOP);
    sys(SYS_unlink, "/tmp/link");
}

static void run_open_file(void *argument)
{
    char *arguments[] = {"x", "exit", "21", NULL};
    sys(SYS_execveat, *(long *)argument, "", arguments, no_environment, AT_EMPTY_PATH);
}

static void run_in_folder(void *argument)
{
    char *arguments[] = {"x", "exit", "22", NULL};
    sys(SYS_execveat, *(long *)argument, "exec-target", arguments, no_environment, 0);
}

static void test_execveat(void)
{
    long file = sys(SYS_open, TARGET, O_RDONLY), folder = sys(SYS_open, "/tests", O_RDONLY | O_DIRECTORY);
    check_text("execveat of an open file", status_name(in_child(run_open_file, &file)), "exit 21");
    check_text("execveat in a folder", status_name(in_child(run_in_folder, &folder)), "exit 22");
    sys(SYS_close, file);
    sys(SYS_close, folder);
}

/* Copies the target, changes some bytes and starts it. */
static void check_broken(const char *what, size_t offset, unsigned long value, size_t bytes, size_t size, const char *wanted)
{
    static char image[256 * 1024];
    char *arguments[] = {"x", "exit", "11", NULL};
    long file = sys(SYS_open, TARGET, O_RDONLY);
    long length = sys(SYS_read, file, image, sizeof image);
    sys(SYS_close, file);
    memcpy(image + offset, &value, bytes);
    write_file("/tmp/broken", image, size != 0 ? size : (size_t)length, 0755);
    check_program(what, "/tmp/broken", arguments, no_environment, wanted);
    sys(SYS_unlink, "/tmp/broken");
}

static void test_broken(void)
{
    check_broken("ELF copied", 0, 0x7f, 1, 0, "exit 11");
    check_broken("ELF with a wrong magic number", 0, 0x7e, 1, 0, "exit 98");
    check_broken("ELF of another processor", 18, 40, 2, 0, "exit 98");
    check_broken("ELF relocatable", 16, 1, 2, 0, "exit 98");
    check_broken("ELF with headers of another size", 54, 55, 2, 0, "exit 98");
    check_broken("ELF without headers", 56, 0, 2, 0, "exit 98");
    check_broken("ELF with only its first bytes", 0, 0x7f, 1, 40, "exit 98");
    check_broken("ELF whose entry is nowhere", 24, 0x10, 8, 0, "signal 11");
}

static void test_kinds(void)
{
    char *exit[] = {"x", "exit", "55", NULL}, *segments[] = {"x", "segments", NULL}, *word[] = {"x", "word", NULL};
    check_program("position-independent program", "/tests/exec-target-pie", exit, no_environment, "exit 55");
    check_program("position-independent program: segments", "/tests/exec-target-pie", segments, no_environment, "exit 0");
    check_program("program with an interpreter", "/tests/exec-dynamic", word, no_environment, "exit 42");
}

/* While it runs, a program can't be written; a file open for writing can't be run. */
static void test_busy(void)
{
    static char image[256 * 1024];
    char *arguments[] = {"x", "sleep", NULL};
    long file = sys(SYS_open, TARGET, O_RDONLY);
    long length = sys(SYS_read, file, image, sizeof image);
    sys(SYS_close, file);
    write_file("/tmp/busy", image, (size_t)length, 0755);
    file = sys(SYS_open, "/tmp/busy", O_WRONLY);
    check("execve of a file open for writing", sys(SYS_execve, "/tmp/busy", arguments, no_environment), -ETXTBSY);
    sys(SYS_close, file);
    check("open for writing of the running program", sys(SYS_open, "/tests/exec", O_WRONLY), -ETXTBSY);
    check("truncate of the running program", sys(SYS_truncate, "/tests/exec", 10), -ETXTBSY);
    sys(SYS_unlink, "/tmp/busy");
}

int main(void)
{
    test_start();
    test_what_stays();
    test_scripts();
    test_errors();
    test_execveat();
    test_broken();
    test_kinds();
    test_busy();
    return failures != 0;
}
