/* Ids, groups, sessions, names, priorities, and what the system says about itself. */
#include "check.h"
#include <sys/prctl.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>

static void test_ids(void)
{
    unsigned int ids[3], groups[4] = {5, 6, 7, 8}, got[8];
    check("getuid", sys(SYS_getuid), 0);
    check("geteuid", sys(SYS_geteuid), 0);
    check("getgid", sys(SYS_getgid), 0);
    check("getegid", sys(SYS_getegid), 0);
    check("getresuid", sys(SYS_getresuid, &ids[0], &ids[1], &ids[2]), 0);
    check("getresuid: all root", ids[0] + ids[1] + ids[2], 0);
    check("getresuid with a bad pointer", sys(SYS_getresuid, 8, &ids[1], &ids[2]), -EFAULT);
    check("setgroups", sys(SYS_setgroups, 4, groups), 0);
    check("getgroups: how many", sys(SYS_getgroups, 0, 0), 4);
    check("getgroups", sys(SYS_getgroups, 8, got), 4);
    check("getgroups: the last", got[3], 8);
    check("getgroups with too small a place", sys(SYS_getgroups, 2, got), -EINVAL);
    sys(SYS_setgroups, 0, 0);
}

static void drop_privilege(void *argument)
{
    unsigned int ids[3];
    (void)argument;
    check("setresgid", sys(SYS_setresgid, 10, 11, 12), 0);
    check("setresuid", sys(SYS_setresuid, 20, 21, 22), 0);
    sys(SYS_getresuid, &ids[0], &ids[1], &ids[2]);
    check_true("setresuid: what was set", ids[0] == 20 && ids[1] == 21 && ids[2] == 22);
    sys(SYS_getresgid, &ids[0], &ids[1], &ids[2]);
    check_true("setresgid: what was set", ids[0] == 10 && ids[1] == 11 && ids[2] == 12);
    check("geteuid after setresuid", sys(SYS_geteuid), 21);
    check("setuid to the real one", sys(SYS_setuid, 20), 0);
    check("setuid to the saved one", sys(SYS_setuid, 22), 0);
    check("setuid to another", sys(SYS_setuid, 0), -EPERM);
    check("setresuid to another", sys(SYS_setresuid, 0, -1, -1), -EPERM);
    check("setreuid swaps", sys(SYS_setreuid, 22, 20), 0);
    check("setgid to another", sys(SYS_setgid, 0), -EPERM);
    check("setgroups without privilege", sys(SYS_setgroups, 0, 0), -EPERM);
    check("sethostname without privilege", sys(SYS_sethostname, "x", 1), -EPERM);
    check("reboot without privilege", sys(SYS_reboot, 0xfee1dead, 672274793, 0, 0), -EPERM);
    check("setpriority below without privilege", sys(SYS_setpriority, PRIO_PROCESS, 0, -1), -EACCES);
    check("setpriority above without privilege", sys(SYS_setpriority, PRIO_PROCESS, 0, 5), 0);
}

static void in_new_session(void *argument)
{
    long self = sys(SYS_getpid);
    (void)argument;
    check_true("setsid", sys(SYS_setsid) == self);
    check_true("setsid: a new session", sys(SYS_getsid, 0) == self);
    check_true("setsid: a new group", sys(SYS_getpgrp) == self);
    check("setsid again", sys(SYS_setsid), -EPERM);
    check("setpgid of a session's leader", sys(SYS_setpgid, 0, 0), -EPERM);
    check("open of /dev/tty without a terminal", sys(SYS_open, "/dev/tty", O_RDWR), -ENXIO);
}

static void in_new_group(void *argument)
{
    long parent_group = sys(SYS_getpgrp);
    (void)argument;
    check("setpgid to a new group", sys(SYS_setpgid, 0, 0), 0);
    check_true("getpgid", sys(SYS_getpgid, 0) == sys(SYS_getpid));
    check("setpgid back", sys(SYS_setpgid, 0, parent_group), 0);
    check_true("getpgrp", sys(SYS_getpgrp) == parent_group);
    check_true("getsid stays", sys(SYS_getsid, 0) == parent_group);
}

static void test_groups(void)
{
    volatile int *turn = (volatile int *)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    check("session: child", in_child(in_new_session, NULL), 0);
    check("group: child", in_child(in_new_group, NULL), 0);
    check("setpgid to a group that isn't there", sys(SYS_setpgid, 0, 0x3fffff), -EPERM);
    check("setpgid of nobody", sys(SYS_setpgid, 0x3fffff, 0), -ESRCH);
    check("setpgid to a negative group", sys(SYS_setpgid, 0, -1), -EINVAL);
    check("getpgid of nobody", sys(SYS_getpgid, 0x3fffff), -ESRCH);
    check("getsid of nobody", sys(SYS_getsid, 0x3fffff), -ESRCH);
    long child = sys(SYS_fork);
    if (child == 0) {
        char *arguments[] = {"/tests/exec-target", "exit", "00", NULL};
        wait_until(turn, 1);
        sys(SYS_execve, arguments[0], arguments, arguments + 3);
        leave(1);
    }
    check("setpgid of a child", sys(SYS_setpgid, child, child), 0);
    check_true("getpgid of a child", sys(SYS_getpgid, child) == child);
    check_true("getsid of a child", sys(SYS_getsid, child) == sys(SYS_getsid, 0));
    /* A signal to a group reaches all in it and nobody else. */
    long second = sys(SYS_fork);
    if (second == 0)
        for (;;)
            sys(SYS_pause);
    sys(SYS_setpgid, second, child);
    check("kill of a group", sys(SYS_kill, -child, SIGKILL), 0);
    int one = 0, two = 0;
    sys(SYS_wait4, child, &one, 0, 0);
    sys(SYS_wait4, second, &two, 0, 0);
    check_true("kill of a group: both died", one == SIGKILL && two == SIGKILL);
    check("kill of a group that is gone", sys(SYS_kill, -child, 0), -ESRCH);
    *turn = 0;
    child = sys(SYS_fork);
    if (child == 0) {
        *turn = 1;
        char *arguments[] = {"/tests/exec-target", "exit", "00", NULL};
        sys(SYS_execve, arguments[0], arguments, arguments + 3);
        leave(1);
    }
    sys(SYS_wait4, child, &one, 0, 0);
    check("setpgid of a child that has gone", sys(SYS_setpgid, child, child), -ESRCH);
}

static void test_names(void)
{
    char name[16] = "";
    struct utsname system;
    check("prctl set name", sys(SYS_prctl, PR_SET_NAME, "a name that is too long", 0, 0, 0), 0);
    check("prctl get name", sys(SYS_prctl, PR_GET_NAME, name, 0, 0, 0), 0);
    check_text("prctl: 15 characters of it", name, "a name that is ");
    check("prctl set name with a bad pointer", sys(SYS_prctl, PR_SET_NAME, 8, 0, 0, 0), -EFAULT);
    check("prctl dumpable", sys(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0), 1);
    check("prctl set dumpable", sys(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0), 0);
    check("prctl dumpable again", sys(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
    check("prctl set dumpable to 2", sys(SYS_prctl, PR_SET_DUMPABLE, 2, 0, 0, 0), -EINVAL);
    sys(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
    int signal = 99;
    check("prctl get pdeathsig", sys(SYS_prctl, PR_GET_PDEATHSIG, &signal, 0, 0, 0), 0);
    check("prctl pdeathsig: none", signal, 0);
    check("prctl set pdeathsig", sys(SYS_prctl, PR_SET_PDEATHSIG, SIGHUP, 0, 0, 0), 0);
    sys(SYS_prctl, PR_GET_PDEATHSIG, &signal, 0, 0, 0);
    check("prctl pdeathsig: what was set", signal, SIGHUP);
    sys(SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0);
    check("prctl set pdeathsig to a wrong one", sys(SYS_prctl, PR_SET_PDEATHSIG, 100, 0, 0, 0), -EINVAL);
    check("prctl unknown", sys(SYS_prctl, 9999, 0, 0, 0, 0), -EINVAL);
    check("uname", sys(SYS_uname, &system), 0);
    check_text("uname: system", system.sysname, "Linux");
    check_text("uname: machine", system.machine, "x86_64");
    check("sethostname", sys(SYS_sethostname, "test-host", 9), 0);
    sys(SYS_uname, &system);
    check_text("sethostname: uname tells it", system.nodename, "test-host");
    check("sethostname of 65 characters", sys(SYS_sethostname, name, 65), -EINVAL);
    check("uname with a bad pointer", sys(SYS_uname, 8), -EFAULT);
}

static void test_system(void)
{
    struct sysinfo information;
    struct rusage usage;
    struct tms times;
    unsigned int processor = 99, node = 99;
    unsigned long mask[16];
    unsigned char random[16];
    check("sysinfo", sys(SYS_sysinfo, &information), 0);
    check_true("sysinfo: memory", information.totalram * information.mem_unit > 16UL << 20 && information.freeram <= information.totalram);
    check_true("sysinfo: processes", information.procs >= 1);
    check("sysinfo with a bad pointer", sys(SYS_sysinfo, 8), -EFAULT);
    char *memory = map_pages(100);
    sys(SYS_getrusage, RUSAGE_SELF, &usage);
    long before = usage.ru_minflt;
    // Downwards: upwards a kernel may bring pages ahead.
    for (int i = 99; i >= 0; i--)
        memory[i * PAGE] = 1;
    check("getrusage", sys(SYS_getrusage, RUSAGE_SELF, &usage), 0);
    check_true("getrusage counts minor faults", usage.ru_minflt - before >= 100 && usage.ru_minflt - before < 150);
    check_true("getrusage: largest resident size in KiB", usage.ru_maxrss >= 100);
    unmap(memory, 100 * PAGE);
    check("getrusage of children", sys(SYS_getrusage, RUSAGE_CHILDREN, &usage), 0);
    check("getrusage of the thread", sys(SYS_getrusage, RUSAGE_THREAD, &usage), 0);
    check("getrusage of a wrong kind", sys(SYS_getrusage, 5, &usage), -EINVAL);
    check("getrusage with a bad pointer", sys(SYS_getrusage, RUSAGE_SELF, 8), -EFAULT);
    check_success("times", sys(SYS_times, &times));
    check_success("times without a place", sys(SYS_times, 0));
    check("getcpu", sys(SYS_getcpu, &processor, &node, 0), 0);
    check("getcpu: the first", processor + node, 0);
    memset(mask, 0, sizeof mask);
    check_true("sched_getaffinity", sys(SYS_sched_getaffinity, 0, sizeof mask, mask) > 0);
    check("sched_getaffinity: the first processor", mask[0] & 1, 1);
    check("sched_getaffinity with an odd size", sys(SYS_sched_getaffinity, 0, 7, mask), -EINVAL);
    check("sched_getaffinity of nobody", sys(SYS_sched_getaffinity, 0x3fffff, sizeof mask, mask), -ESRCH);
    mask[0] = 1;
    check("sched_setaffinity", sys(SYS_sched_setaffinity, 0, sizeof mask, mask), 0);
    mask[0] = 0;
    check("sched_setaffinity to none", sys(SYS_sched_setaffinity, 0, sizeof mask, mask), -EINVAL);
    check("sched_yield", sys(SYS_sched_yield), 0);
    check("getrandom", sys(SYS_getrandom, random, 16, 0), 16);
    check("getrandom nonblock", sys(SYS_getrandom, random, 16, 1), 16);
    check("getrandom with an unknown flag", sys(SYS_getrandom, random, 16, 0x80), -EINVAL);
    check("getrandom with a bad pointer", sys(SYS_getrandom, 8, 16, 0), -EFAULT);
    check("personality reads", sys(SYS_personality, 0xffffffff), 0);
    check("personality sets", sys(SYS_personality, 0x0040000), 0);
    check("personality: what was set", sys(SYS_personality, 0), 0x0040000);
    check("getpriority: 20 less the nice value", sys(SYS_getpriority, PRIO_PROCESS, 0), 20);
    check("setpriority", sys(SYS_setpriority, PRIO_PROCESS, 0, 3), 0);
    check("getpriority: what was set", sys(SYS_getpriority, PRIO_PROCESS, 0), 17);
    check("setpriority back", sys(SYS_setpriority, PRIO_PROCESS, 0, 0), 0);
    check("getpriority of a wrong kind", sys(SYS_getpriority, 9, 0), -EINVAL);
    check("getpriority of nobody", sys(SYS_getpriority, PRIO_PROCESS, 0x3fffff), -ESRCH);
    check("umask", sys(SYS_umask, 0777), 022);
    check("umask: what was set", sys(SYS_umask, 022), 0777);
    check("umask takes nine bits", (sys(SYS_umask, 07022), sys(SYS_umask, 022)), 022);
    check("reboot with a wrong magic number", sys(SYS_reboot, 1, 2, 3, 4), -EINVAL);
    check("reboot with an unknown command", sys(SYS_reboot, 0xfee1dead, 672274793, 0x12345, 0), -EINVAL);
    check("unknown call", sys(600), -ENOSYS);
    check("negative call", sys(-5), -ENOSYS);
    check("call of 64 bits", sys(0x100000000L + SYS_getuid), 0);
}

int main(void)
{
    sys(SYS_umask, 022);
    test_ids();
    check("privilege: child", in_child(drop_privilege, NULL), 0);
    test_groups();
    test_names();
    test_system();
    return failures != 0;
}
