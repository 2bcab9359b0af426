/* mmap of files: shared and private, coherent with read and write, behind the end, truncated, punched. */
#include "check.h"

#define PATH "/tmp/file-map"
#define PAGES 4
#define PUNCH_HOLE 2
#define KEEP_SIZE 1
#define ZERO_RANGE 16

/* A file of some pages, each filled with its number from 1. */
static long make_file(int pages)
{
    static char page[PAGE];
    long file = sys(SYS_open, PATH, O_RDWR | O_CREAT | O_TRUNC, 0644);
    for (int i = 0; i < pages; i++) {
        memset(page, i + 1, PAGE);
        sys(SYS_write, file, page, PAGE);
    }
    return file;
}

static char *map_file(long file, int pages, int protection, int flags, long offset)
{
    return (char *)sys(SYS_mmap, 0, (size_t)pages * PAGE, protection, flags, file, offset);
}

static int byte_at(long file, long offset)
{
    char byte = -1;
    long result = sys(SYS_pread64, file, &byte, 1, offset);
    return result == 1 ? byte : -1;
}

static void test_shared(void)
{
    long file = make_file(PAGES);
    char *memory = map_file(file, PAGES, READ_WRITE, MAP_SHARED, 0);
    check_success("mmap file shared", (long)memory);
    check("mmap file shared: first page", memory[0], 1);
    check("mmap file shared: last byte", memory[PAGES * PAGE - 1], PAGES);
    memory[PAGE] = 50;
    check("mmap file shared: read sees the mapping", byte_at(file, PAGE), 50);
    check("mmap file shared: write", sys(SYS_pwrite64, file, "<", 1, 2 * PAGE), 1);
    check("mmap file shared: the mapping sees write", memory[2 * PAGE], '<');
    char *second = map_file(file, 2, READ_WRITE, MAP_SHARED, PAGE);
    check("mmap file twice: same page", second[0], 50);
    second[1] = 51;
    check("mmap file twice: writes are seen", memory[PAGE + 1], 51);
    sys(SYS_close, file);
    check("mmap file: stays when the file is closed", memory[3 * PAGE], 4);
    file = sys(SYS_open, PATH, O_RDWR);
    check("mmap file: another open file sees the writes", byte_at(file, PAGE + 1), 51);
    check("msync file sync", sys(SYS_msync, memory, PAGES * PAGE, MS_SYNC), 0);
    check("msync file async", sys(SYS_msync, memory, PAGES * PAGE, MS_ASYNC), 0);
    unmap(memory, PAGES * PAGE);
    check("mmap file: the writes stay when it is unmapped", byte_at(file, PAGE), 50);
    unmap(second, 2 * PAGE);
    sys(SYS_unlink, PATH);
    memory = map_file(file, PAGES, PROT_READ, MAP_SHARED, 0);
    check("mmap of an unlinked file", memory[PAGE], 50);
    unmap(memory, PAGES * PAGE);
    sys(SYS_close, file);
}

static void test_private(void)
{
    long file = make_file(PAGES);
    char *memory = map_file(file, PAGES, READ_WRITE, MAP_PRIVATE, 0);
    check("mmap file private", memory[PAGE], 2);
    memory[PAGE] = 60;
    check("mmap file private: its write is not in the file", byte_at(file, PAGE), 2);
    sys(SYS_pwrite64, file, "<", 1, PAGE);
    check("mmap file private: a copied page doesn't see a write", memory[PAGE], 60);
    sys(SYS_pwrite64, file, "<", 1, 2 * PAGE);
    check("mmap file private: a page not copied does", memory[2 * PAGE], '<');
    char *other = map_file(file, PAGES, READ_WRITE, MAP_PRIVATE, 0);
    check("mmap file private twice: apart", other[PAGE], '<');
    check("madvise dontneed of a private file page", sys(SYS_madvise, memory + PAGE, PAGE, MADV_DONTNEED), 0);
    check("madvise dontneed: the file's page again", memory[PAGE], '<');
    memory[0] = 61;
    int status = -1;
    long child = sys(SYS_fork);
    if (child == 0) {
        int wrong = memory[0] != 61 || memory[3 * PAGE] != 4;
        memory[0] = 62;
        memory[3 * PAGE] = 63;
        leave(wrong);
    }
    sys(SYS_wait4, child, &status, 0, 0);
    check("fork with a private file mapping", status, 0);
    check("fork: the parent's copied page", memory[0], 61);
    check("fork: the parent's page not copied", memory[3 * PAGE], 4);
    unmap(memory, PAGES * PAGE);
    unmap(other, PAGES * PAGE);
    sys(SYS_close, file);
}

static void test_end(void)
{
    long file = make_file(1);
    sys(SYS_ftruncate, file, PAGE + 100);
    sys(SYS_pwrite64, file, "x", 1, PAGE + 99);
    char *memory = map_file(file, 4, READ_WRITE, MAP_SHARED, 0);
    check_success("mmap beyond a file's end", (long)memory);
    check("mmap file: last byte", memory[PAGE + 99], 'x');
    check("mmap file: zero behind the end in the last page", memory[PAGE + 100], 0);
    check_access("mmap file: write behind the end in the last page", WRITE, memory + PAGE + 200, "done");
    check("mmap file: that write is not in the file", sys(SYS_lseek, file, 0, SEEK_END), PAGE + 100);
    check_access("mmap file: read behind the last page", READ, memory + 2 * PAGE, "BUS_ADRERR");
    check_access("mmap file: write behind the last page", WRITE, memory + 3 * PAGE, "BUS_ADRERR");
    check("a call's copy from behind the last page", sys(SYS_write, file, memory + 2 * PAGE, 1), -EFAULT);
    sys(SYS_ftruncate, file, 3 * PAGE);
    check("mmap file: it grew", memory[2 * PAGE], 0);
    memory[2 * PAGE] = 9;
    check("mmap file grown: read sees a write", byte_at(file, 2 * PAGE), 9);
    char *copy = map_file(file, 4, READ_WRITE, MAP_PRIVATE, 0);
    copy[0] = 77;
    copy[2 * PAGE] = 78;
    sys(SYS_ftruncate, file, 10);
    check("truncated: the first page stays", memory[9], 1);
    check("truncated: zero behind the end", memory[10], 0);
    check_access("truncated: read behind the end", READ, memory + PAGE, "BUS_ADRERR");
    check("truncated: a private copy of the first page stays", copy[0], 77);
    check_access("truncated: a private copy behind the end goes", READ, copy + 2 * PAGE, "BUS_ADRERR");
    sys(SYS_ftruncate, file, 3 * PAGE);
    check("truncated and grown: zeros", memory[2 * PAGE], 0);
    check("truncated and grown: zeros in the first page", memory[100], 0);
    check("truncated and grown: zeros for the private mapping", copy[2 * PAGE], 0);
    unmap(memory, 4 * PAGE);
    unmap(copy, 4 * PAGE);
    sys(SYS_close, file);
}

static void test_holes(void)
{
    long file = make_file(PAGES);
    char *memory = map_file(file, PAGES, READ_WRITE, MAP_SHARED, 0);
    check("fallocate punch hole", sys(SYS_fallocate, file, PUNCH_HOLE | KEEP_SIZE, PAGE, PAGE), 0);
    check("punched: zero in the mapping", memory[PAGE], 0);
    check("punched: zero for read", byte_at(file, PAGE), 0);
    check("punched: the page before", memory[PAGE - 1], 1);
    check("punched: the page behind", memory[2 * PAGE], 3);
    memory[PAGE] = 5;
    check("punched, then written", byte_at(file, PAGE), 5);
    check("fallocate punch inside a page", sys(SYS_fallocate, file, PUNCH_HOLE | KEEP_SIZE, 2 * PAGE + 10, 20), 0);
    check("punched inside: before", memory[2 * PAGE + 9], 3);
    check("punched inside: zero", memory[2 * PAGE + 10], 0);
    check("punched inside: behind", memory[2 * PAGE + 30], 3);
    check("fallocate grows", sys(SYS_fallocate, file, 0, 0, 6 * PAGE), 0);
    check("fallocate: new size", sys(SYS_lseek, file, 0, SEEK_END), 6 * PAGE);
    check("fallocate keep size", sys(SYS_fallocate, file, KEEP_SIZE, 0, 8 * PAGE), 0);
    check("fallocate keep size: same size", sys(SYS_lseek, file, 0, SEEK_END), 6 * PAGE);
    check("fallocate punch without keep size", sys(SYS_fallocate, file, PUNCH_HOLE, 0, PAGE), -EOPNOTSUPP);
    check("fallocate of zero bytes", sys(SYS_fallocate, file, 0, 0, 0), -EINVAL);
    check("fallocate before the start", sys(SYS_fallocate, file, 0, -1, 10), -EINVAL);
    check("fallocate of a bad descriptor", sys(SYS_fallocate, 1000, 0, 0, PAGE), -EBADF);
    unmap(memory, PAGES * PAGE);
    sys(SYS_ftruncate, file, 0);
    sys(SYS_ftruncate, file, 1L << 30);
    memory = map_file(file, 1, READ_WRITE, MAP_SHARED, 1L << 29);
    check("a hole of a large file reads zero", memory[5], 0);
    memory[5] = 1;
    struct stat status;
    sys(SYS_fstat, file, &status);
    check("a large file with one page takes one page", status.st_blocks, 8);
    unmap(memory, PAGE);
    sys(SYS_close, file);
}

static void test_permissions(void)
{
    long file = make_file(1);
    sys(SYS_close, file);
    file = sys(SYS_open, PATH, O_RDONLY);
    check("mmap of a read-only file, shared and writable", (long)map_file(file, 1, READ_WRITE, MAP_SHARED, 0), -EACCES);
    char *memory = map_file(file, 1, PROT_READ, MAP_SHARED, 0);
    check("mprotect of a read-only file's shared mapping", sys(SYS_mprotect, memory, PAGE, READ_WRITE), -EACCES);
    check_access("mmap of a read-only file: write", WRITE, memory, "SEGV_ACCERR");
    unmap(memory, PAGE);
    memory = map_file(file, 1, READ_WRITE, MAP_PRIVATE, 0);
    check_success("mmap of a read-only file, private and writable", (long)memory);
    check_access("mmap of a read-only file, private: write", WRITE, memory, "done");
    unmap(memory, PAGE);
    memory = map_file(file, 1, PROT_READ, MAP_PRIVATE, 0);
    check("mprotect of a private mapping", sys(SYS_mprotect, memory, PAGE, READ_WRITE), 0);
    unmap(memory, PAGE);
    check("mmap shared validate of a file", map_file(file, 1, PROT_READ, MAP_SHARED_VALIDATE, 0) > (char *)0, 1);
    check("mmap shared validate with an unknown flag", (long)map_file(file, 1, PROT_READ, MAP_SHARED_VALIDATE | 0x80000, 0), -EOPNOTSUPP);
    check("mmap of a file with an offset inside a page", (long)map_file(file, 1, PROT_READ, MAP_SHARED, 100), -EINVAL);
    check("mmap of a file with a huge offset", (long)map_file(file, 2, PROT_READ, MAP_SHARED, 0x7ffffffffffff000), -EOVERFLOW);
    sys(SYS_close, file);
    file = sys(SYS_open, PATH, O_WRONLY);
    check("mmap of a write-only file", (long)map_file(file, 1, PROT_READ, MAP_SHARED, 0), -EACCES);
    check("mmap of a write-only file, private", (long)map_file(file, 1, PROT_READ, MAP_PRIVATE, 0), -EACCES);
    sys(SYS_close, file);
    file = sys(SYS_open, "/tmp", O_RDONLY | O_DIRECTORY);
    check("mmap of a folder", (long)map_file(file, 1, PROT_READ, MAP_PRIVATE, 0), -ENODEV);
    sys(SYS_close, file);
    int pipe[2];
    sys(SYS_pipe, pipe);
    check("mmap of a pipe", (long)map_file(pipe[0], 1, PROT_READ, MAP_PRIVATE, 0), -ENODEV);
    sys(SYS_close, pipe[0]);
    sys(SYS_close, pipe[1]);
    file = sys(SYS_open, "/dev/zero", O_RDWR);
    memory = map_file(file, 2, READ_WRITE, MAP_PRIVATE, 0);
    check_success("mmap of /dev/zero, private", (long)memory);
    check("mmap of /dev/zero: zero", memory[PAGE], 0);
    memory[PAGE] = 1;
    unmap(memory, 2 * PAGE);
    memory = map_file(file, 2, READ_WRITE, MAP_SHARED, 0);
    check_success("mmap of /dev/zero, shared", (long)memory);
    unmap(memory, 2 * PAGE);
    sys(SYS_close, file);
}

static void test_moves(void)
{
    long file = make_file(PAGES);
    char *memory = map_file(file, 2, READ_WRITE, MAP_SHARED, PAGE);
    memory = (char *)sys(SYS_mremap, memory, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE, 0);
    check("mremap of a file mapping: it grows into the file", memory[2 * PAGE], 4);
    sys(SYS_munmap, memory + PAGE, PAGE);
    check("munmap inside a file mapping: the page behind", memory[2 * PAGE], 4);
    check("munmap inside a file mapping: the page before", memory[0], 2);
    unmap(memory, 3 * PAGE);
    unsigned char state[PAGES];
    memory = map_file(file, PAGES, PROT_READ, MAP_SHARED, 0);
    check("mincore of a file that is cached", sys(SYS_mincore, memory, PAGES * PAGE, state), 0);
    check("mincore of a file: all pages", (state[0] & 1) + (state[1] & 1) + (state[2] & 1) + (state[3] & 1), 4);
    check("madvise willneed of a file", sys(SYS_madvise, memory, PAGES * PAGE, MADV_WILLNEED), 0);
    check("madvise remove of a read-only mapping", sys(SYS_madvise, memory, PAGE, MADV_REMOVE), 0);
    check("madvise remove: zero for read", byte_at(file, 0), 0);
    unmap(memory, PAGES * PAGE);
    memory = map_file(file, PAGES, READ_WRITE, MAP_SHARED | MAP_POPULATE, 0);
    check("mmap file populate", memory[3 * PAGE], 4);
    /* From the mapping into its own file, and back. */
    check("write of a mapping into its own file", sys(SYS_pwrite64, file, memory + 3 * PAGE, PAGE, 0), PAGE);
    check("write of a mapping into its own file: seen", memory[100], 4);
    memset(memory, 1, PAGE);
    check("write of a page into itself", sys(SYS_pwrite64, file, memory, PAGE, 0), PAGE);
    check("read of a page into itself", sys(SYS_pread64, file, memory, PAGE, 0), PAGE);
    check("page written and read into itself", memory[PAGE - 1], 1);
    unmap(memory, PAGES * PAGE);
    sys(SYS_close, file);
    sys(SYS_unlink, PATH);
}

static void test_processes(void)
{
    long file = make_file(PAGES);
    char *memory = map_file(file, PAGES, READ_WRITE, MAP_SHARED, 0);
    int status = -1;
    long child = sys(SYS_fork);
    if (child == 0) {
        char *own = map_file(sys(SYS_open, PATH, O_RDWR), PAGES, READ_WRITE, MAP_SHARED, 0);
        own[0] = 31;
        memory[PAGE] = 32;
        sys(SYS_munmap, memory, PAGES * PAGE);
        leave(0);
    }
    sys(SYS_wait4, child, &status, 0, 0);
    check("two processes, one file: through the child's own mapping", memory[0], 31);
    check("two processes, one file: through the inherited mapping", memory[PAGE], 32);
    /* Exit of the last process that maps an unlinked file. */
    sys(SYS_unlink, PATH);
    check("unlinked and mapped: still there", memory[0], 31);
    unmap(memory, PAGES * PAGE);
    sys(SYS_close, file);
}

int main(void)
{
    test_shared();
    test_private();
    test_end();
    test_holes();
    test_permissions();
    test_moves();
    test_processes();
    return failures != 0;
}
