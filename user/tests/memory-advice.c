/* madvise, msync, mincore, the mlock family, memfd_create, process_vm_readv and process_vm_writev. */
#include "check.h"

#define SEAL_SEAL 1
#define SEAL_SHRINK 2
#define SEAL_GROW 4
#define SEAL_WRITE 8
#define ADD_SEALS 1033
#define GET_SEALS 1034
#define ALLOW_SEALING 2U
#define PUNCH_HOLE 2
#define KEEP_SIZE 1

static long advise(void *start, size_t bytes, int advice) { return sys(SYS_madvise, start, bytes, advice); }

/* How many of up to 16 pages mincore calls present. */
static int resident(void *start, size_t pages)
{
    unsigned char state[16];
    int count = 0;
    memset(state, 0, sizeof state);
    long result = sys(SYS_mincore, start, pages * PAGE, state);
    if (result != 0)
        return (int)result;
    for (size_t i = 0; i < pages; i++)
        count += state[i] & 1;
    return count;
}

static void test_hints(void)
{
    static const struct {
        int advice;
        const char *name;
    } hints[] = {{MADV_NORMAL, "madvise normal"}, {MADV_RANDOM, "madvise random"}, {MADV_SEQUENTIAL, "madvise sequential"},
                 {MADV_WILLNEED, "madvise willneed"}, {MADV_HUGEPAGE, "madvise hugepage"}, {MADV_NOHUGEPAGE, "madvise nohugepage"},
                 {MADV_COLD, "madvise cold"}, {MADV_PAGEOUT, "madvise pageout"}, {MADV_DONTFORK, "madvise dontfork"},
                 {MADV_DOFORK, "madvise dofork"}, {MADV_WIPEONFORK, "madvise wipeonfork"}, {MADV_KEEPONFORK, "madvise keeponfork"}};
    char *memory = map_pages(8);
    memset(memory, 3, 8 * PAGE);
    for (size_t i = 0; i < COUNT(hints); i++)
        check(hints[i].name, advise(memory, 8 * PAGE, hints[i].advice), 0);
    check("madvise hints keep contents", memory[7 * PAGE], 3);
    check("madvise of zero bytes", advise(memory, 0, MADV_DONTNEED), 0);
    check("madvise unknown", advise(memory, PAGE, 5), -EINVAL);
    check("madvise negative", advise(memory, PAGE, -1), -EINVAL);
    check("madvise at no page boundary", advise(memory + 1, PAGE, MADV_NORMAL), -EINVAL);
    check("madvise size wraps", advise(memory, -PAGE, MADV_NORMAL), -EINVAL);
    sys(SYS_munmap, memory + PAGE, PAGE);
    check("madvise across a hole", advise(memory, 3 * PAGE, MADV_DONTNEED), -ENOMEM);
    check("madvise across a hole did the part before", memory[0], 0);
    check("madvise across a hole did the part behind", memory[2 * PAGE], 0);
    check("madvise across a hole left the rest", memory[3 * PAGE], 3);
    check("madvise where nothing is", advise(memory + PAGE, PAGE, MADV_NORMAL), -ENOMEM);
    unmap(memory, 8 * PAGE);
    memory = map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    check("madvise wipeonfork of shared memory", advise(memory, PAGE, MADV_WIPEONFORK), -EINVAL);
    check("madvise free of shared memory", advise(memory, PAGE, MADV_FREE), -EINVAL);
    unmap(memory, PAGE);
}

static void test_drop(void)
{
    char *memory = map_pages(4);
    memset(memory, 1, 4 * PAGE);
    check("mincore of written pages", resident(memory, 4), 4);
    check("madvise dontneed", advise(memory + PAGE, 2 * PAGE, MADV_DONTNEED), 0);
    check("madvise dontneed: pages are gone", resident(memory, 4), 2);
    check("madvise dontneed: reads zero", memory[PAGE], 0);
    check("madvise dontneed: neighbour stays", memory[3 * PAGE], 1);
    check("madvise dontneed of one byte", advise(memory + 3 * PAGE, 1, MADV_DONTNEED), 0);
    check("madvise dontneed of one byte is a page", memory[4 * PAGE - 1], 0);
    memory[0] = 4;
    check("madvise free", advise(memory, PAGE, MADV_FREE), 0);
    memory[0] = 5;
    check("madvise free, then written", memory[0], 5);
    sys(SYS_mlock, memory, PAGE);
    check("madvise dontneed of locked memory", advise(memory, PAGE, MADV_DONTNEED), -EINVAL);
    check("madvise pageout of locked memory", advise(memory, PAGE, MADV_PAGEOUT), -EINVAL);
    sys(SYS_munlock, memory, PAGE);
    unmap(memory, 4 * PAGE);

    memory = map_pages(4);
    check("madvise populate_read", advise(memory, 4 * PAGE, MADV_POPULATE_READ), 0);
    check("madvise populate_read: pages are there", resident(memory, 4), 4);
    check("madvise populate_read: zero", memory[PAGE], 0);
    check("madvise populate_write", advise(memory, 4 * PAGE, MADV_POPULATE_WRITE), 0);
    check_access("madvise populate_write: write", WRITE, memory, "done");
    sys(SYS_mprotect, memory, PAGE, PROT_NONE);
    check("madvise populate_read of PROT_NONE", advise(memory, PAGE, MADV_POPULATE_READ), -EINVAL);
    sys(SYS_mprotect, memory, PAGE, PROT_READ);
    check("madvise populate_write of read-only memory", advise(memory, PAGE, MADV_POPULATE_WRITE), -EINVAL);
    sys(SYS_munmap, memory + PAGE, PAGE);
    check("madvise populate_read across a hole", advise(memory, 4 * PAGE, MADV_POPULATE_READ), -ENOMEM);
    unmap(memory, 4 * PAGE);

    memory = map(2 * PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    memset(memory, 6, 2 * PAGE);
    check("madvise dontneed of shared memory", advise(memory, PAGE, MADV_DONTNEED), 0);
    check("madvise dontneed of shared memory keeps it", memory[0], 6);
    check("madvise remove", advise(memory, PAGE, MADV_REMOVE), 0);
    check("madvise remove: zero", memory[0], 0);
    check("madvise remove: the rest stays", memory[PAGE], 6);
    unmap(memory, 2 * PAGE);
    memory = map_pages(1);
    check("madvise remove of private memory", advise(memory, PAGE, MADV_REMOVE), -EINVAL);
    unmap(memory, PAGE);
}

static void child_of_advice(void *argument)
{
    char *memory = argument;
    check_access("madvise dontfork: not in the child", READ, memory, "SEGV_MAPERR");
    check("madvise wipeonfork: zero in the child", memory[PAGE], 0);
    check("madvise dofork: in the child", memory[2 * PAGE], 8);
    check("madvise keeponfork: in the child", memory[3 * PAGE], 8);
}

static void test_fork_advice(void)
{
    char *memory = map_pages(4);
    memset(memory, 8, 4 * PAGE);
    advise(memory, PAGE, MADV_DONTFORK);
    advise(memory + PAGE, PAGE, MADV_WIPEONFORK);
    advise(memory + 2 * PAGE, PAGE, MADV_DONTFORK);
    advise(memory + 2 * PAGE, PAGE, MADV_DOFORK);
    advise(memory + 3 * PAGE, PAGE, MADV_WIPEONFORK);
    advise(memory + 3 * PAGE, PAGE, MADV_KEEPONFORK);
    check("madvise fork advice: child", in_child(child_of_advice, memory), 0);
    check("madvise dontfork: parent keeps it", memory[0], 8);
    check("madvise wipeonfork: parent keeps it", memory[PAGE], 8);
    unmap(memory, 4 * PAGE);
}

static void test_mincore_and_msync(void)
{
    char *memory = map_pages(4);
    unsigned char state[4];
    memory[PAGE] = 1;
    check("mincore: only the touched page", resident(memory, 4), 1);
    check("mincore at no page boundary", sys(SYS_mincore, memory + 1, PAGE, state), -EINVAL);
    check("mincore of zero bytes", sys(SYS_mincore, memory, 0, state), 0);
    check("mincore into nowhere", sys(SYS_mincore, memory, PAGE, 8), -EFAULT);
    check("mincore in the kernel's half", sys(SYS_mincore, 0xffff800000000000UL, PAGE, state), -ENOMEM);
    sys(SYS_munmap, memory + 2 * PAGE, PAGE);
    check("mincore across a hole", sys(SYS_mincore, memory, 4 * PAGE, state), -ENOMEM);
    check("msync async", sys(SYS_msync, memory, 2 * PAGE, MS_ASYNC), 0);
    check("msync sync", sys(SYS_msync, memory, 2 * PAGE, MS_SYNC), 0);
    check("msync sync and invalidate", sys(SYS_msync, memory, 2 * PAGE, MS_SYNC | MS_INVALIDATE), 0);
    check("msync sync and async", sys(SYS_msync, memory, 2 * PAGE, MS_SYNC | MS_ASYNC), -EINVAL);
    check("msync without flags", sys(SYS_msync, memory, 2 * PAGE, 0), 0);
    check("msync unknown flag", sys(SYS_msync, memory, PAGE, 8), -EINVAL);
    check("msync at no page boundary", sys(SYS_msync, memory + 1, PAGE, MS_SYNC), -EINVAL);
    check("msync of zero bytes", sys(SYS_msync, memory, 0, MS_SYNC), 0);
    check("msync across a hole", sys(SYS_msync, memory, 4 * PAGE, MS_SYNC), -ENOMEM);
    check("msync size wraps", sys(SYS_msync, memory, -PAGE, MS_SYNC), -ENOMEM);
    sys(SYS_mlock, memory, PAGE);
    check("msync invalidate of locked memory", sys(SYS_msync, memory, PAGE, MS_INVALIDATE), -EBUSY);
    unmap(memory, 4 * PAGE);
}

static void lock_unprivileged(void *argument)
{
    char *memory = argument;
    struct rlimit limit = {2 * PAGE, 2 * PAGE};
    sys(SYS_munlockall);
    sys(SYS_setrlimit, RLIMIT_MEMLOCK, &limit);
    sys(SYS_setresuid, 1000, 1000, 1000);
    check("mlock within the limit", sys(SYS_mlock, memory, 2 * PAGE), 0);
    check("mlock the same again", sys(SYS_mlock, memory, 2 * PAGE), 0);
    check("mlock above the limit", sys(SYS_mlock, memory, 3 * PAGE), -ENOMEM);
    check("mmap locked above the limit", sys(SYS_mmap, 0, 2 * PAGE, READ_WRITE, ANONYMOUS | MAP_LOCKED, -1, 0), -EAGAIN);
    check("mlockall current above the limit", sys(SYS_mlockall, MCL_CURRENT), -ENOMEM);
    check("munlock makes room", sys(SYS_munlock, memory, 2 * PAGE), 0);
    check("mlock into the room", sys(SYS_mlock, memory + PAGE, 2 * PAGE), 0);
    sys(SYS_munlockall);
    limit.rlim_cur = limit.rlim_max = 0;
    sys(SYS_setrlimit, RLIMIT_MEMLOCK, &limit);
    check("mlock with the limit zero", sys(SYS_mlock, memory, PAGE), -EPERM);
    check("mlockall with the limit zero", sys(SYS_mlockall, MCL_FUTURE), -EPERM);
}

static void test_locks(void)
{
    char *memory = map_pages(4);
    check("mlock", sys(SYS_mlock, memory, 2 * PAGE), 0);
    check("mlock: pages are there", resident(memory, 4), 2);
    check("munlock", sys(SYS_munlock, memory, 2 * PAGE), 0);
    check("munlock of what isn't locked", sys(SYS_munlock, memory, 4 * PAGE), 0);
    check("mlock2", sys(SYS_mlock2, memory, 4 * PAGE, 0), 0);
    check("mlock2: pages are there", resident(memory, 4), 4);
    unmap(memory, 4 * PAGE);
    memory = map_pages(4);
    check("mlock2 onfault", sys(SYS_mlock2, memory, 4 * PAGE, 1), 0);
    check("mlock2 onfault: no page is there", resident(memory, 4), 0);
    check("mlock2 unknown flag", sys(SYS_mlock2, memory, PAGE, 2), -EINVAL);
    check("mlock of one byte across a boundary", sys(SYS_mlock, memory + PAGE - 1, 2), 0);
    check("mlock of zero bytes", sys(SYS_mlock, memory, 0), 0);
    check("mlock size wraps", sys(SYS_mlock, memory, -PAGE), -EINVAL);
    sys(SYS_munmap, memory + PAGE, PAGE);
    check("mlock across a hole", sys(SYS_mlock, memory, 3 * PAGE), -ENOMEM);
    check("munlock across a hole", sys(SYS_munlock, memory, 3 * PAGE), -ENOMEM);
    unmap(memory, 4 * PAGE);
    check("mlockall without flags", sys(SYS_mlockall, 0), -EINVAL);
    check("mlockall unknown flag", sys(SYS_mlockall, 8), -EINVAL);
    check("mlockall only onfault", sys(SYS_mlockall, MCL_ONFAULT), -EINVAL);
    check("mlockall current", sys(SYS_mlockall, MCL_CURRENT), 0);
    check("mlockall future", sys(SYS_mlockall, MCL_FUTURE), 0);
    memory = map_pages(3);
    check("mlockall future: new pages are there", resident(memory, 3), 3);
    unmap(memory, 3 * PAGE);
    check("munlockall", sys(SYS_munlockall), 0);
    memory = map_pages(3);
    check("munlockall: new pages are not there", resident(memory, 3), 0);
    check("mlock limits: child", in_child(lock_unprivileged, memory), 0);
    unmap(memory, 3 * PAGE);
}

static void test_memfd(void)
{
    char name[300];
    struct stat status;
    char byte = 0;
    long file = sys(SYS_memfd_create, "test", 0);
    check_success("memfd_create", file);
    sys(SYS_fstat, file, &status);
    check("memfd_create: size", status.st_size, 0);
    check("memfd_create: a regular file", status.st_mode & S_IFMT, S_IFREG);
    check("memfd_create: no close-on-exec", sys(SYS_fcntl, file, F_GETFD), 0);
    check("memfd write", sys(SYS_write, file, "hello", 5), 5);
    check("memfd ftruncate", sys(SYS_ftruncate, file, 3 * PAGE), 0);
    char *memory = (char *)sys(SYS_mmap, 0, 3 * PAGE, READ_WRITE, MAP_SHARED, file, 0);
    check_success("memfd mmap shared", (long)memory);
    check("memfd mapped: what was written", memory[1], 'e');
    memory[2 * PAGE] = 'x';
    check("memfd pread sees the mapping", sys(SYS_pread64, file, &byte, 1, 2 * PAGE), 1);
    check("memfd pread byte", byte, 'x');
    check("memfd punch hole", sys(SYS_fallocate, file, PUNCH_HOLE | KEEP_SIZE, 2 * PAGE, PAGE), 0);
    check("memfd punched: zero in the mapping", memory[2 * PAGE], 0);
    check("memfd seals are not allowed", sys(SYS_fcntl, file, ADD_SEALS, SEAL_WRITE), -EPERM);
    check("memfd get seals: sealed against seals", sys(SYS_fcntl, file, GET_SEALS), SEAL_SEAL);
    unmap(memory, 3 * PAGE);
    sys(SYS_close, file);
    file = sys(SYS_memfd_create, "", MFD_CLOEXEC | ALLOW_SEALING);
    check_success("memfd_create without name", file);
    check("memfd_create cloexec", sys(SYS_fcntl, file, F_GETFD), FD_CLOEXEC);
    check("memfd get seals: none", sys(SYS_fcntl, file, GET_SEALS), 0);
    sys(SYS_ftruncate, file, PAGE);
    check("memfd seal grow and shrink", sys(SYS_fcntl, file, ADD_SEALS, SEAL_GROW | SEAL_SHRINK), 0);
    check("memfd sealed: grow", sys(SYS_ftruncate, file, 2 * PAGE), -EPERM);
    check("memfd sealed: shrink", sys(SYS_ftruncate, file, 0), -EPERM);
    check("memfd sealed: write beyond the end", sys(SYS_pwrite64, file, "a", 1, 2 * PAGE), -EPERM);
    check("memfd sealed: write inside", sys(SYS_pwrite64, file, "a", 1, 0), 1);
    memory = (char *)sys(SYS_mmap, 0, PAGE, READ_WRITE, MAP_SHARED, file, 0);
    check("memfd seal write while mapped", sys(SYS_fcntl, file, ADD_SEALS, SEAL_WRITE), -EBUSY);
    unmap(memory, PAGE);
    check("memfd seal write", sys(SYS_fcntl, file, ADD_SEALS, SEAL_WRITE), 0);
    check("memfd sealed: write", sys(SYS_pwrite64, file, "a", 1, 0), -EPERM);
    check("memfd sealed: map writable", sys(SYS_mmap, 0, PAGE, READ_WRITE, MAP_SHARED, file, 0), -EPERM);
    check_success("memfd sealed: map private", sys(SYS_mmap, 0, PAGE, READ_WRITE, MAP_PRIVATE, file, 0));
    check("memfd seal seals", sys(SYS_fcntl, file, ADD_SEALS, SEAL_SEAL), 0);
    check("memfd sealed seals", sys(SYS_fcntl, file, ADD_SEALS, SEAL_SEAL), -EPERM);
    sys(SYS_close, file);
    memset(name, 'n', sizeof name);
    name[249] = 0;
    file = sys(SYS_memfd_create, name, 0);
    check_success("memfd_create with the longest name", file);
    sys(SYS_close, file);
    name[249] = 'n';
    name[250] = 0;
    check("memfd_create with a longer name", sys(SYS_memfd_create, name, 0), -EINVAL);
    check("memfd_create with an unknown flag", sys(SYS_memfd_create, "x", 0x80), -EINVAL);
    check("memfd_create with a bad name pointer", sys(SYS_memfd_create, 8, 0), -EFAULT);
}

static void test_process_vm(void)
{
    char *area = map(4 * PAGE, READ_WRITE, ANONYMOUS);
    volatile int *turn = (volatile int *)map(PAGE, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    char buffer[64], second[16];
    memset(area, 'p', 4 * PAGE);
    long child = sys(SYS_fork);
    if (child == 0) {
        memset(area, 'c', PAGE);
        sys(SYS_munmap, area + 3 * PAGE, PAGE);
        *turn = 1;
        wait_until(turn, 2);
        leave(area[10] == 'w' && area[PAGE + 5] == 'w' ? 0 : 1);
    }
    wait_until(turn, 1);
    struct iovec local[2] = {{buffer, 8}, {second, 8}}, remote[2] = {{area, 4}, {area + PAGE - 2, 12}};
    check("process_vm_readv", sys(SYS_process_vm_readv, child, local, 2, remote, 2, 0), 16);
    check("process_vm_readv: the child's byte", buffer[0], 'c');
    check("process_vm_readv: across a page", buffer[6], 'p');
    check("process_vm_readv: second buffer", second[7], 'p');
    struct iovec one_local = {buffer, 16}, one_remote = {area + 10, 16};
    memset(buffer, 'w', sizeof buffer);
    check("process_vm_writev", sys(SYS_process_vm_writev, child, &one_local, 1, &one_remote, 1, 0), 16);
    check("process_vm_writev leaves the caller's memory", area[10], 'p');
    one_remote.iov_base = area + PAGE;
    check("process_vm_writev to a page not copied yet", sys(SYS_process_vm_writev, child, &one_local, 1, &one_remote, 1, 0), 16);
    check("process_vm_writev to shared pages leaves the parent's", area[PAGE + 5], 'p');
    one_remote.iov_base = area + 3 * PAGE - 8;
    check("process_vm_readv up to a hole", sys(SYS_process_vm_readv, child, &one_local, 1, &one_remote, 1, 0), 8);
    one_remote.iov_base = area + 3 * PAGE;
    check("process_vm_readv in a hole", sys(SYS_process_vm_readv, child, &one_local, 1, &one_remote, 1, 0), -EFAULT);
    one_remote.iov_base = area;
    check("process_vm_readv of no process", sys(SYS_process_vm_readv, 0x3fffff, &one_local, 1, &one_remote, 1, 0), -ESRCH);
    check("process_vm_readv with flags", sys(SYS_process_vm_readv, child, &one_local, 1, &one_remote, 1, 1), -EINVAL);
    check("process_vm_readv of nothing", sys(SYS_process_vm_readv, child, &one_local, 0, &one_remote, 1, 0), 0);
    check("process_vm_readv with too many vectors", sys(SYS_process_vm_readv, child, &one_local, 1, &one_remote, 1025, 0), -EINVAL);
    check("process_vm_readv with a bad vector", sys(SYS_process_vm_readv, child, 8, 1, &one_remote, 1, 0), -EFAULT);
    *turn = 2;
    int status = -1;
    sys(SYS_wait4, child, &status, 0, 0);
    check("process_vm_writev: the child sees it", status, 0);
    unmap(area, 4 * PAGE);
}

int main(void)
{
    test_hints();
    test_drop();
    test_fork_advice();
    test_mincore_and_msync();
    test_locks();
    test_memfd();
    test_process_vm();
    return failures != 0;
}
