/* Files: opening, reading and writing, folders, links, names, attributes, and each error. */
#include "check.h"
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/file.h>

#define FOLDER "/tmp/files"
#define A FOLDER "/a"
#define B FOLDER "/b"

static const struct timespec long_ago[2] = {{5, 0}, {5, 0}};

static long open_file(const char *path, int flags, int mode) { return sys(SYS_open, path, flags, mode); }

static void make(const char *path, const char *content)
{
    long file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    sys(SYS_write, file, content, strlen(content));
    sys(SYS_close, file);
}

static long size_of(const char *path)
{
    struct stat status;
    long result = sys(SYS_stat, path, &status);
    return result < 0 ? result : status.st_size;
}

static void test_open(void)
{
    static char name[300], path[5000];
    long file = open_file(A, O_RDWR | O_CREAT, 0640);
    struct stat status;
    check_success("open creates", file);
    sys(SYS_fstat, file, &status);
    check("open: mode less umask", status.st_mode & 07777, 0640);
    check("open: a new file is empty", status.st_size, 0);
    check("open: link count", (long)status.st_nlink, 1);
    sys(SYS_write, file, "hello", 5);
    sys(SYS_close, file);
    check("open exclusive of what exists", open_file(A, O_RDWR | O_CREAT | O_EXCL, 0600), -EEXIST);
    check("open of what doesn't exist", open_file(B, O_RDONLY, 0), -ENOENT);
    check("open with an empty path", open_file("", O_RDONLY, 0), -ENOENT);
    check("open through a file", open_file(A "/x", O_RDONLY, 0), -ENOTDIR);
    check("open through nothing", open_file(FOLDER "/none/x", O_RDWR | O_CREAT, 0600), -ENOENT);
    check("open of a file with a slash behind", open_file(A "/", O_RDONLY, 0), -ENOTDIR);
    check("open of a folder for writing", open_file(FOLDER, O_WRONLY, 0), -EISDIR);
    check("open with create of a folder", open_file(FOLDER, O_RDWR | O_CREAT, 0600), -EISDIR);
    check("open directory of a file", open_file(A, O_RDONLY | O_DIRECTORY, 0), -ENOTDIR);
    check("open with a bad pointer", sys(SYS_open, 8, O_RDONLY), -EFAULT);
    memset(name, 'n', 256);
    memcpy(name, FOLDER "/", strlen(FOLDER "/"));
    memset(name + strlen(FOLDER "/"), 'n', 256);
    check("open with a name of 256 bytes", open_file(name, O_RDWR | O_CREAT, 0600), -ENAMETOOLONG);
    name[strlen(FOLDER "/") + 255] = 0;
    file = open_file(name, O_RDWR | O_CREAT, 0600);
    check_success("open with a name of 255 bytes", file);
    sys(SYS_close, file);
    sys(SYS_unlink, name);
    memset(path, '/', 4096);
    check("open with a path of 4096 bytes", open_file(path, O_RDONLY, 0), -ENAMETOOLONG);
    path[4095] = 0;
    file = open_file(path, O_RDONLY, 0);
    check_success("open with a path of 4095 bytes", file);
    sys(SYS_close, file);
    file = open_file(A, O_RDWR | O_TRUNC, 0);
    check("open truncates", size_of(A), 0);
    sys(SYS_close, file);
    file = open_file(A, O_WRONLY | O_APPEND, 0);
    sys(SYS_write, file, "one", 3);
    sys(SYS_lseek, file, 0, SEEK_SET);
    sys(SYS_write, file, "two", 3);
    check("open for appending: always at the end", size_of(A), 6);
    check("open for writing only: read", sys(SYS_read, file, name, 1), -EBADF);
    check("fcntl: flags", sys(SYS_fcntl, file, F_GETFL), O_WRONLY | O_APPEND | 0x8000);
    sys(SYS_close, file);
    file = open_file(A, O_RDONLY, 0);
    check("open for reading only: write", sys(SYS_write, file, "x", 1), -EBADF);
    sys(SYS_close, file);
    check("close again", sys(SYS_close, file), -EBADF);
    check("close of -1", sys(SYS_close, -1), -EBADF);
    file = open_file(A, O_RDONLY | O_CLOEXEC, 0);
    check("open cloexec", sys(SYS_fcntl, file, F_GETFD), FD_CLOEXEC);
    sys(SYS_close, file);
    file = open_file(A, O_PATH, 0);
    check_success("open path", file);
    check("open path: read", sys(SYS_read, file, name, 1), -EBADF);
    check("open path: fstat", sys(SYS_fstat, file, &status), 0);
    sys(SYS_close, file);
    file = open_file(FOLDER, O_RDWR | O_TMPFILE, 0600);
    check_success("open tmpfile", file);
    sys(SYS_fstat, file, &status);
    check("open tmpfile: link count", (long)status.st_nlink, 0);
    sys(SYS_close, file);
    long folder = open_file(FOLDER, O_RDONLY | O_DIRECTORY, 0);
    file = sys(SYS_openat, folder, "a", O_RDONLY, 0);
    check_success("openat in a folder", file);
    sys(SYS_close, file);
    file = sys(SYS_openat, 1000, A, O_RDONLY, 0);
    check_success("openat ignores the folder for an absolute path", file);
    check("openat in a file", sys(SYS_openat, file, "a", O_RDONLY, 0), -ENOTDIR);
    sys(SYS_close, file);
    check("openat in a bad descriptor", sys(SYS_openat, 1000, "a", O_RDONLY, 0), -EBADF);
    check("read of a folder", sys(SYS_read, folder, name, 10), -EISDIR);
    sys(SYS_close, folder);
    long low = open_file(A, O_RDONLY, 0), next = open_file(A, O_RDONLY, 0);
    sys(SYS_close, low);
    check_true("open takes the lowest free descriptor", open_file(A, O_RDONLY, 0) == low);
    sys(SYS_close, low);
    sys(SYS_close, next);
    sys(SYS_unlink, A);
}

static void test_read_write(void)
{
    char buffer[64];
    make(A, "0123456789");
    long file = open_file(A, O_RDWR, 0);
    check("read", sys(SYS_read, file, buffer, 4), 4);
    check("read: the bytes", memcmp(buffer, "0123", 4), 0);
    check("read of the rest", sys(SYS_read, file, buffer, 64), 6);
    check("read at the end", sys(SYS_read, file, buffer, 64), 0);
    check("read of zero bytes", sys(SYS_read, file, buffer, 0), 0);
    check("read into nowhere", (sys(SYS_lseek, file, 0, SEEK_SET), sys(SYS_read, file, 8, 4)), -EFAULT);
    check("read of a bad descriptor", sys(SYS_read, 1000, buffer, 4), -EBADF);
    check("write of a bad descriptor", sys(SYS_write, 1000, buffer, 4), -EBADF);
    check("read of a negative size", sys(SYS_read, file, buffer, -1), -EFAULT);
    check("lseek set", sys(SYS_lseek, file, 3, SEEK_SET), 3);
    check("lseek current", sys(SYS_lseek, file, 2, SEEK_CUR), 5);
    check("lseek end", sys(SYS_lseek, file, -1, SEEK_END), 9);
    check("lseek before the start", sys(SYS_lseek, file, -1, SEEK_SET), -EINVAL);
    check("lseek with a wrong way", sys(SYS_lseek, file, 0, 9), -EINVAL);
    check("lseek beyond the end", sys(SYS_lseek, file, 100, SEEK_SET), 100);
    check("write beyond the end", sys(SYS_write, file, "z", 1), 1);
    check("write beyond the end: size", size_of(A), 101);
    check("write beyond the end: the gap is zero", (sys(SYS_pread64, file, buffer, 1, 50), buffer[0]), 0);
    check("pread", sys(SYS_pread64, file, buffer, 3, 2), 3);
    check("pread: bytes", memcmp(buffer, "234", 3), 0);
    check("pread keeps the offset", sys(SYS_lseek, file, 0, SEEK_CUR), 101);
    check("pread at a negative offset", sys(SYS_pread64, file, buffer, 3, -1), -EINVAL);
    check("pwrite", sys(SYS_pwrite64, file, "AB", 2, 4), 2);
    check("pwrite at a negative offset", sys(SYS_pwrite64, file, "AB", 2, -1), -EINVAL);
    sys(SYS_ftruncate, file, 10);
    struct iovec parts[3] = {{buffer, 3}, {buffer + 10, 0}, {buffer + 20, 20}};
    sys(SYS_lseek, file, 0, SEEK_SET);
    check("readv", sys(SYS_readv, file, parts, 3), 10);
    check("readv: second part", memcmp(buffer + 20, "3AB6789", 7), 0);
    struct iovec out[2] = {{"xy", 2}, {"z", 1}};
    check("writev", sys(SYS_writev, file, out, 2), 3);
    check("writev: size", size_of(A), 13);
    check("readv of no part", sys(SYS_readv, file, parts, 0), 0);
    check("readv of too many parts", sys(SYS_readv, file, parts, 1025), -EINVAL);
    check("readv with a bad vector", sys(SYS_readv, file, 8, 1), -EFAULT);
    parts[0].iov_len = (size_t)-1;
    check("readv with a negative length", sys(SYS_readv, file, parts, 1), -EINVAL);
    parts[0].iov_len = 3;
    check("preadv", sys(SYS_preadv, file, parts, 1, 10, 0), 3);
    check("preadv: bytes", memcmp(buffer, "xyz", 3), 0);
    check("pwritev", sys(SYS_pwritev, file, out, 2, 20, 0), 3);
    check("pwritev: size", size_of(A), 23);
    check("ftruncate shrinks", sys(SYS_ftruncate, file, 5), 0);
    check("ftruncate grows", sys(SYS_ftruncate, file, 50), 0);
    check("ftruncate: the new part is zero", (sys(SYS_pread64, file, buffer, 1, 7), buffer[0]), 0);
    check("ftruncate to a negative size", sys(SYS_ftruncate, file, -1), -EINVAL);
    check("ftruncate of a bad descriptor", sys(SYS_ftruncate, 1000, 0), -EBADF);
    check("truncate", sys(SYS_truncate, A, 8), 0);
    check("truncate: size", size_of(A), 8);
    check("truncate of nothing", sys(SYS_truncate, B, 8), -ENOENT);
    check("truncate of a folder", sys(SYS_truncate, FOLDER, 8), -EISDIR);
    check("truncate to a negative size", sys(SYS_truncate, A, -1), -EINVAL);
    check("fsync", sys(SYS_fsync, file), 0);
    check("fdatasync", sys(SYS_fdatasync, file), 0);
    check("fsync of a bad descriptor", sys(SYS_fsync, 1000), -EBADF);
    check("sync", sys(SYS_sync), 0);
    check("syncfs", sys(SYS_syncfs, file), 0);
    check("sync_file_range", sys(SYS_sync_file_range, file, 0, 100, 7), 0);
    check("sync_file_range with an unknown flag", sys(SYS_sync_file_range, file, 0, 100, 8), -EINVAL);
    check("sync_file_range before the beginning", sys(SYS_sync_file_range, file, -1, 100, 1), -EINVAL);
    check("sync_file_range of a bad descriptor", sys(SYS_sync_file_range, 1000, 0, 0, 0), -EBADF);
    check("posix_fadvise", sys(SYS_fadvise64, file, 0, 0, 3), 0);
    check("posix_fadvise unknown", sys(SYS_fadvise64, file, 0, 0, 99), -EINVAL);
    long other = open_file(B, O_RDWR | O_CREAT, 0600);
    sys(SYS_lseek, file, 0, SEEK_SET);
    check("sendfile", sys(SYS_sendfile, other, file, 0, 100), 8);
    check("sendfile: the source's offset", sys(SYS_lseek, file, 0, SEEK_CUR), 8);
    long offset = 2;
    check("sendfile with an offset", sys(SYS_sendfile, other, file, &offset, 3), 3);
    check("sendfile moves the given offset", offset, 5);
    check("sendfile: size", size_of(B), 11);
    check("sendfile to a bad descriptor", sys(SYS_sendfile, 1000, file, 0, 1), -EBADF);
    sys(SYS_close, other);
    sys(SYS_close, file);
    file = open_file(A, O_RDWR, 0);
    check("lseek data", sys(SYS_lseek, file, 0, SEEK_DATA), 0);
    check("lseek hole", sys(SYS_lseek, file, 0, SEEK_HOLE), 8);
    check("lseek data behind the end", sys(SYS_lseek, file, 100, SEEK_DATA), -ENXIO);
    sys(SYS_close, file);
    sys(SYS_unlink, A);
    sys(SYS_unlink, B);
}

static void test_links(void)
{
    char target[64];
    struct stat one, two;
    make(A, "abc");
    check("link", sys(SYS_link, A, B), 0);
    sys(SYS_stat, A, &one);
    sys(SYS_stat, B, &two);
    check_true("link: the same file", one.st_ino == two.st_ino && one.st_nlink == 2);
    check("link over what exists", sys(SYS_link, A, B), -EEXIST);
    check("link of nothing", sys(SYS_link, FOLDER "/none", FOLDER "/c"), -ENOENT);
    check("link of a folder", sys(SYS_link, FOLDER, FOLDER "/c"), -EPERM);
    check("unlink", sys(SYS_unlink, A), 0);
    sys(SYS_stat, B, &two);
    check("unlink: one link is left", (long)two.st_nlink, 1);
    check("unlink again", sys(SYS_unlink, A), -ENOENT);
    check("unlink of a folder", sys(SYS_unlink, FOLDER), -EISDIR);
    check("unlink through a file", sys(SYS_unlink, B "/x"), -ENOTDIR);
    check("symlink", sys(SYS_symlink, "b", A), 0);
    check("symlink over what exists", sys(SYS_symlink, "b", A), -EEXIST);
    check("symlink to an empty name", sys(SYS_symlink, "", FOLDER "/c"), -ENOENT);
    check("open through a symlink", size_of(A), 3);
    check("lstat of a symlink", (sys(SYS_lstat, A, &one), one.st_mode & S_IFMT), S_IFLNK);
    check("lstat of a symlink: size", one.st_size, 1);
    check("readlink", sys(SYS_readlink, A, target, sizeof target), 1);
    check("readlink: text", target[0], 'b');
    check("readlink of a file", sys(SYS_readlink, B, target, sizeof target), -EINVAL);
    check("readlink of nothing", sys(SYS_readlink, FOLDER "/none", target, sizeof target), -ENOENT);
    check("readlink with size zero", sys(SYS_readlink, A, target, 0), -EINVAL);
    check("open nofollow of a symlink", open_file(A, O_RDONLY | O_NOFOLLOW, 0), -ELOOP);
    sys(SYS_unlink, A);
    sys(SYS_symlink, "a", A);
    check("symlink to itself", open_file(A, O_RDONLY, 0), -ELOOP);
    sys(SYS_unlink, A);
    sys(SYS_symlink, "none", A);
    check("dangling symlink", open_file(A, O_RDONLY, 0), -ENOENT);
    check("open exclusive of a dangling symlink", open_file(A, O_RDWR | O_CREAT | O_EXCL, 0600), -EEXIST);
    long file = open_file(A, O_RDWR | O_CREAT, 0600);
    check_success("open creates through a dangling symlink", file);
    sys(SYS_close, file);
    check("created through it", size_of(FOLDER "/none"), 0);
    sys(SYS_unlink, FOLDER "/none");
    sys(SYS_unlink, A);
    sys(SYS_symlink, "/tmp/files", A);
    check("path through a symlink to a folder", size_of(A "/b"), 3);
    check("unlink removes the symlink itself", sys(SYS_unlink, A), 0);
    file = open_file(B, O_RDWR, 0);
    sys(SYS_unlink, B);
    check("an unlinked file can be read", sys(SYS_read, file, target, 3), 3);
    sys(SYS_fstat, file, &one);
    check("an unlinked file has no link", (long)one.st_nlink, 0);
    sys(SYS_close, file);
}

static void test_rename(void)
{
    make(A, "aa");
    make(B, "bbb");
    check("rename over a file", sys(SYS_rename, A, B), 0);
    check("rename: the old name is gone", size_of(A), -ENOENT);
    check("rename: the new name has it", size_of(B), 2);
    check("rename of nothing", sys(SYS_rename, A, B), -ENOENT);
    check("rename to itself", sys(SYS_rename, B, B), 0);
    sys(SYS_mkdir, FOLDER "/d", 0755);
    sys(SYS_mkdir, FOLDER "/e", 0755);
    check("rename of a file over a folder", sys(SYS_rename, B, FOLDER "/d"), -EISDIR);
    check("rename of a folder over a file", sys(SYS_rename, FOLDER "/d", B), -ENOTDIR);
    check("rename of a folder over an empty one", sys(SYS_rename, FOLDER "/d", FOLDER "/e"), 0);
    make(FOLDER "/e/x", "x");
    sys(SYS_mkdir, FOLDER "/d", 0755);
    check("rename of a folder over a full one", sys(SYS_rename, FOLDER "/d", FOLDER "/e"), -ENOTEMPTY);
    check("rename of a folder into itself", sys(SYS_rename, FOLDER "/e", FOLDER "/e/y"), -EINVAL);
    check("rename into another folder", sys(SYS_rename, FOLDER "/e/x", FOLDER "/d/z"), 0);
    check("rename into another folder: there", size_of(FOLDER "/d/z"), 1);
    check("rename of a folder moves what is in it", (sys(SYS_rename, FOLDER "/d", FOLDER "/f"), size_of(FOLDER "/f/z")), 1);
    check("renameat2 noreplace", sys(SYS_renameat2, AT_FDCWD, FOLDER "/f/z", AT_FDCWD, B, 1), -EEXIST);
    check("renameat2 exchange", sys(SYS_renameat2, AT_FDCWD, FOLDER "/f/z", AT_FDCWD, B, 2), 0);
    check("renameat2 exchanged", size_of(B), 1);
    check("renameat2 unknown flag", sys(SYS_renameat2, AT_FDCWD, A, AT_FDCWD, B, 0x80), -EINVAL);
    sys(SYS_unlink, FOLDER "/f/z");
    sys(SYS_rmdir, FOLDER "/f");
    sys(SYS_rmdir, FOLDER "/e");
    sys(SYS_unlink, B);
}

struct entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

/* Counts a folder's entries; the sum of the names' last characters tells whether they are the right ones. */
static int count_entries(const char *path, size_t buffer_size, int *sum)
{
    static char buffer[32768];
    int count = 0;
    long folder = open_file(path, O_RDONLY | O_DIRECTORY, 0), length;
    *sum = 0;
    while ((length = sys(SYS_getdents64, folder, buffer, buffer_size)) > 0)
        for (long at = 0; at < length; at += ((struct entry *)(buffer + at))->length) {
            const struct entry *entry = (struct entry *)(buffer + at);
            count++;
            *sum += entry->name[strlen(entry->name) - 1] + entry->type;
        }
    sys(SYS_close, folder);
    return length < 0 ? (int)length : count;
}

static void test_folders(void)
{
    struct stat status;
    char text[64];
    char path[64] = FOLDER "/many/f000";
    int sum = 0;
    check("mkdir", sys(SYS_mkdir, FOLDER "/d", 0750), 0);
    sys(SYS_stat, FOLDER "/d", &status);
    check("mkdir: mode", status.st_mode, S_IFDIR | 0750);
    check("mkdir: link count", (long)status.st_nlink, 2);
    check("mkdir over what exists", sys(SYS_mkdir, FOLDER "/d", 0750), -EEXIST);
    check("mkdir in nothing", sys(SYS_mkdir, FOLDER "/none/d", 0750), -ENOENT);
    check("mkdir with a slash behind", sys(SYS_mkdir, FOLDER "/d2/", 0750), 0);
    check("rmdir", sys(SYS_rmdir, FOLDER "/d2"), 0);
    make(FOLDER "/d/x", "x");
    check("rmdir of a full folder", sys(SYS_rmdir, FOLDER "/d"), -ENOTEMPTY);
    check("rmdir of a file", sys(SYS_rmdir, FOLDER "/d/x"), -ENOTDIR);
    check("rmdir of .", sys(SYS_rmdir, FOLDER "/d/."), -EINVAL);
    check("rmdir of ..", sys(SYS_rmdir, FOLDER "/d/.."), -ENOTEMPTY);
    check("rmdir of nothing", sys(SYS_rmdir, FOLDER "/none"), -ENOENT);
    check("path with . and ..", size_of(FOLDER "/d/./../d//x"), 1);
    check("chdir", sys(SYS_chdir, FOLDER "/d"), 0);
    check("getcwd", sys(SYS_getcwd, text, sizeof text), sizeof FOLDER "/d");
    check_text("getcwd: text", text, FOLDER "/d");
    check("getcwd with too small a place", sys(SYS_getcwd, text, 5), -ERANGE);
    check("relative path", size_of("x"), 1);
    check("chdir to a file", sys(SYS_chdir, "x"), -ENOTDIR);
    check("chdir to nothing", sys(SYS_chdir, "none"), -ENOENT);
    long folder = open_file("..", O_RDONLY | O_DIRECTORY, 0);
    check("fchdir", sys(SYS_fchdir, folder), 0);
    sys(SYS_getcwd, text, sizeof text);
    check_text("fchdir: text", text, FOLDER);
    check("fchdir to a bad descriptor", sys(SYS_fchdir, 1000), -EBADF);
    check("mkdirat", sys(SYS_mkdirat, folder, "at", 0700), 0);
    check("mknodat of a file", sys(SYS_mknodat, folder, "at/f", S_IFREG | 0600, 0), 0);
    check("linkat", sys(SYS_linkat, folder, "at/f", folder, "at/g", 0), 0);
    check("symlinkat", sys(SYS_symlinkat, "f", folder, "at/s"), 0);
    check("readlinkat", sys(SYS_readlinkat, folder, "at/s", text, sizeof text), 1);
    check("renameat", sys(SYS_renameat, folder, "at/g", folder, "at/h"), 0);
    check("faccessat", sys(SYS_faccessat, folder, "at/h", 0), 0);
    check("fchmodat", sys(SYS_fchmodat, folder, "at/h", 0400), 0);
    check("fchownat", sys(SYS_fchownat, folder, "at/h", 5, 6, 0), 0);
    check("newfstatat", sys(SYS_newfstatat, folder, "at/h", &status, 0), 0);
    check_true("newfstatat: what was set", (status.st_mode & 07777) == 0400 && status.st_uid == 5 && status.st_gid == 6);
    check("newfstatat of the symlink itself", (sys(SYS_newfstatat, folder, "at/s", &status, AT_SYMLINK_NOFOLLOW), status.st_mode & S_IFMT), S_IFLNK);
    check("newfstatat of the descriptor", (sys(SYS_newfstatat, folder, "", &status, AT_EMPTY_PATH), status.st_mode & S_IFMT), S_IFDIR);
    check("newfstatat of an empty path", sys(SYS_newfstatat, folder, "", &status, 0), -ENOENT);
    check("unlinkat", sys(SYS_unlinkat, folder, "at/f", 0), 0);
    check("unlinkat of a folder", sys(SYS_unlinkat, folder, "at", 0), -EISDIR);
    check("unlinkat removedir of a file", sys(SYS_unlinkat, folder, "at/h", AT_REMOVEDIR), -ENOTDIR);
    sys(SYS_unlinkat, folder, "at/h", 0);
    sys(SYS_unlinkat, folder, "at/s", 0);
    check("unlinkat removedir", sys(SYS_unlinkat, folder, "at", AT_REMOVEDIR), 0);
    check("unlinkat with an unknown flag", sys(SYS_unlinkat, folder, "at", 1), -EINVAL);
    sys(SYS_close, folder);
    sys(SYS_mkdir, FOLDER "/many", 0755);
    int wanted = 2 * '.' + 2 * 4;
    for (int i = 0; i < 300; i++) {
        path[sizeof FOLDER "/many/f" - 1] = (char)('0' + i / 100);
        path[sizeof FOLDER "/many/f"] = (char)('0' + i / 10 % 10);
        path[sizeof FOLDER "/many/f" + 1] = (char)('0' + i % 10);
        make(path, "");
        wanted += '0' + i % 10 + 8;
    }
    check("getdents64 of 300 files", count_entries(FOLDER "/many", 32768, &sum), 302);
    check("getdents64: names and types", sum, wanted);
    check("getdents64 piece by piece", count_entries(FOLDER "/many", 100, &sum), 302);
    check("getdents64 piece by piece: names and types", sum, wanted);
    folder = open_file(FOLDER "/many", O_RDONLY | O_DIRECTORY, 0);
    check("getdents64 with too small a place", sys(SYS_getdents64, folder, text, 10), -EINVAL);
    sys(SYS_close, folder);
    long file = open_file(path, O_RDONLY, 0);
    check("getdents64 of a file", sys(SYS_getdents64, file, text, sizeof text), -ENOTDIR);
    sys(SYS_close, file);
    for (int i = 0; i < 300; i++) {
        path[sizeof FOLDER "/many/f" - 1] = (char)('0' + i / 100);
        path[sizeof FOLDER "/many/f"] = (char)('0' + i / 10 % 10);
        path[sizeof FOLDER "/many/f" + 1] = (char)('0' + i % 10);
        sys(SYS_unlink, path);
    }
    check("a folder can be removed when all is gone", sys(SYS_rmdir, FOLDER "/many"), 0);
    sys(SYS_unlink, FOLDER "/d/x");
    sys(SYS_chdir, FOLDER "/d");
    check("rmdir of the current folder", sys(SYS_rmdir, FOLDER "/d"), 0);
    check("getcwd in a removed folder", sys(SYS_getcwd, text, sizeof text), -ENOENT);
    check("open in a removed folder", open_file("x", O_RDWR | O_CREAT, 0600), -ENOENT);
    sys(SYS_chdir, "/tmp");
}

static void unprivileged(void *argument)
{
    (void)argument;
    sys(SYS_setresgid, 1000, 1000, 1000);
    sys(SYS_setresuid, 1000, 1000, 1000);
    check("access: no write permission", sys(SYS_access, A, W_OK), -EACCES);
    check("access: read permission for others", sys(SYS_access, A, R_OK), 0);
    check("open without write permission", open_file(A, O_WRONLY, 0), -EACCES);
    check("create in a folder without permission", open_file(FOLDER "/new", O_RDWR | O_CREAT, 0600), -EACCES);
    check("unlink in a folder without permission", sys(SYS_unlink, A), -EACCES);
    check("chmod of another's file", sys(SYS_chmod, A, 0777), -EPERM);
    check("chown of another's file", sys(SYS_chown, A, 1000, 1000), -EPERM);
    check("search in a folder without permission", size_of(FOLDER "/closed/x"), -EACCES);
    check("unlink of another's file in a sticky folder", sys(SYS_unlink, "/tmp/sticky/x"), -EPERM);
    check("mount without privilege", sys(SYS_mount, "x", "/tmp", "tmpfs", 0, 0), -EPERM);
    check("chroot without privilege", sys(SYS_chroot, "/tmp"), -EPERM);
    check("mknod of a device without privilege", sys(SYS_mknod, "/tmp/sticky/n", S_IFCHR | 0600, makedev(1, 3)), -EPERM);
    check("utimensat of another's file", sys(SYS_utimensat, AT_FDCWD, A, long_ago, 0), -EPERM);
}

static void test_attributes(void)
{
    struct stat status;
    struct statfs system;
    struct timespec times[2] = {{1000, 5}, {2000, 6}};
    make(A, "x");
    check("chmod", sys(SYS_chmod, A, 04751), 0);
    check("chmod: mode", (sys(SYS_stat, A, &status), status.st_mode), S_IFREG | 04751);
    check("chown", sys(SYS_chown, A, 12, 13), 0);
    sys(SYS_stat, A, &status);
    check_true("chown: owner and group", status.st_uid == 12 && status.st_gid == 13);
    check("chown clears set-user-id", status.st_mode, S_IFREG | 0751);
    check("chown of the owner only", sys(SYS_chown, A, 14, -1), 0);
    sys(SYS_stat, A, &status);
    check_true("chown of the owner only: group stays", status.st_uid == 14 && status.st_gid == 13);
    long file = open_file(A, O_RDWR, 0);
    check("fchmod", sys(SYS_fchmod, file, 0644), 0);
    check("fchown", sys(SYS_fchown, file, 0, 0), 0);
    check("fchmod of a bad descriptor", sys(SYS_fchmod, 1000, 0644), -EBADF);
    sys(SYS_symlink, "a", B);
    check("lchown", sys(SYS_lchown, B, 7, 7), 0);
    check("lchown: the target stays", (sys(SYS_stat, A, &status), status.st_uid), 0);
    check("lchown: the link changed", (sys(SYS_lstat, B, &status), status.st_uid), 7);
    sys(SYS_unlink, B);
    check("chmod of nothing", sys(SYS_chmod, B, 0644), -ENOENT);
    check("utimensat", sys(SYS_utimensat, AT_FDCWD, A, times, 0), 0);
    sys(SYS_stat, A, &status);
    check_true("utimensat: both times", status.st_atim.tv_sec == 1000 && status.st_mtim.tv_sec == 2000 && status.st_mtim.tv_nsec == 6);
    times[0].tv_nsec = 0x3ffffffe;
    times[1].tv_nsec = 0x3fffffff;
    check("utimensat omit and now", sys(SYS_utimensat, AT_FDCWD, A, times, 0), 0);
    sys(SYS_stat, A, &status);
    check_true("utimensat omit and now: times", status.st_atim.tv_sec == 1000 && status.st_mtim.tv_sec > 2000);
    times[1].tv_nsec = 1000000000;
    check("utimensat with a wrong time", sys(SYS_utimensat, AT_FDCWD, A, times, 0), -EINVAL);
    sys(SYS_utimensat, AT_FDCWD, A, long_ago, 0);
    sys(SYS_write, file, "yy", 2);
    check_true("write changes the time of change", (sys(SYS_fstat, file, &status), status.st_mtim.tv_sec > 5));
    sys(SYS_close, file);
    check("umask", sys(SYS_umask, 077), 022);
    make(B, "");
    check("umask: applied", (sys(SYS_stat, B, &status), status.st_mode & 07777), 0600);
    check("umask: old one", sys(SYS_umask, 022), 077);
    check("access of what exists", sys(SYS_access, A, F_OK), 0);
    check("access: privileged may write", sys(SYS_access, A, W_OK | R_OK), 0);
    check("access: nobody may execute it", sys(SYS_access, A, X_OK), -EACCES);
    check("access with a wrong mode", sys(SYS_access, A, 8), -EINVAL);
    check("access of nothing", sys(SYS_access, FOLDER "/none", F_OK), -ENOENT);
    check("stat with a bad pointer", sys(SYS_stat, A, 8), -EFAULT);
    check("fstat of a bad descriptor", sys(SYS_fstat, 1000, &status), -EBADF);
    sys(SYS_stat, A, &status);
    check("stat: block size", status.st_blksize, 4096);
    check("stat: blocks", status.st_blocks, 8);
    check("stat of a device", (sys(SYS_stat, "/dev/null", &status), status.st_mode & S_IFMT), S_IFCHR);
    check_true("stat of a device: number", status.st_rdev == makedev(1, 3));
    struct {
        uint32_t mask, block_size;
        uint64_t attributes;
        uint32_t links, user, group;
        uint16_t mode, padding;
        uint64_t inode, size, rest[26];
    } extended;
    memset(&extended, 0, sizeof extended);
    check("statx", sys(SYS_statx, AT_FDCWD, A, 0, 0x7ff, &extended), 0);
    check("statx: size", (long)extended.size, 2);
    check("statx: mode", extended.mode, S_IFREG | 0644);
    check("statfs", sys(SYS_statfs, FOLDER, &system), 0);
    check("statfs: tmpfs", system.f_type, 0x01021994);
    check("statfs: block size", system.f_bsize, 4096);
    check("statfs: longest name", system.f_namelen, 255);
    check("statfs of nothing", sys(SYS_statfs, FOLDER "/none", &system), -ENOENT);
    check("fstatfs of a bad descriptor", sys(SYS_fstatfs, 1000, &system), -EBADF);
    sys(SYS_mkdir, FOLDER "/closed", 0700);
    make(FOLDER "/closed/x", "x");
    sys(SYS_mkdir, "/tmp/sticky", 0777);
    sys(SYS_chmod, "/tmp/sticky", 01777);
    make("/tmp/sticky/x", "x");
    check("files without privilege", in_child(unprivileged, NULL), 0);
    sys(SYS_unlink, "/tmp/sticky/x");
    sys(SYS_rmdir, "/tmp/sticky");
    sys(SYS_unlink, FOLDER "/closed/x");
    sys(SYS_rmdir, FOLDER "/closed");
    sys(SYS_unlink, A);
    sys(SYS_unlink, B);
}

static void test_descriptors(void)
{
    make(A, "0123456789");
    long file = open_file(A, O_RDWR, 0);
    long copy = sys(SYS_dup, file);
    check_true("dup: another descriptor", copy > file);
    sys(SYS_lseek, file, 4, SEEK_SET);
    check("dup: one offset", sys(SYS_lseek, copy, 0, SEEK_CUR), 4);
    check("dup of a bad descriptor", sys(SYS_dup, 1000), -EBADF);
    check("dup2", sys(SYS_dup2, file, 50), 50);
    check("dup2 onto itself", sys(SYS_dup2, file, file), file);
    check("dup2 of a bad descriptor", sys(SYS_dup2, 1000, 50), -EBADF);
    check("dup2 of a bad descriptor leaves the target", sys(SYS_lseek, 50, 0, SEEK_CUR), 4);
    check("dup2 onto a huge number", sys(SYS_dup2, file, 1 << 30), -EBADF);
    check("dup3 cloexec", sys(SYS_dup3, file, 50, O_CLOEXEC), 50);
    check("dup3: the flag", sys(SYS_fcntl, 50, F_GETFD), FD_CLOEXEC);
    check("dup3 onto itself", sys(SYS_dup3, file, file, 0), -EINVAL);
    check("dup3 unknown flag", sys(SYS_dup3, file, 51, 1), -EINVAL);
    check("fcntl dupfd", sys(SYS_fcntl, file, F_DUPFD, 60), 60);
    check("fcntl dupfd cloexec", sys(SYS_fcntl, file, F_DUPFD_CLOEXEC, 60), 61);
    check("fcntl dupfd above the limit", sys(SYS_fcntl, file, F_DUPFD, 1 << 30), -EINVAL);
    check("fcntl set flag", sys(SYS_fcntl, file, F_SETFD, FD_CLOEXEC), 0);
    check("fcntl get flag", sys(SYS_fcntl, file, F_GETFD), FD_CLOEXEC);
    check("fcntl: the copy's flag is its own", sys(SYS_fcntl, copy, F_GETFD), 0);
    check("fcntl set status", sys(SYS_fcntl, file, F_SETFL, O_APPEND | O_NONBLOCK), 0);
    check("fcntl get status", sys(SYS_fcntl, copy, F_GETFL), O_RDWR | O_APPEND | O_NONBLOCK | 0x8000);
    check("fcntl unknown", sys(SYS_fcntl, file, 9999, 0), -EINVAL);
    check("fcntl of a bad descriptor", sys(SYS_fcntl, 1000, F_GETFD), -EBADF);
    check("flock", sys(SYS_flock, file, LOCK_EX), 0);
    long other = open_file(A, O_RDWR, 0);
    check("flock by another open file", sys(SYS_flock, other, LOCK_EX | LOCK_NB), -EAGAIN);
    check("flock by the copy", sys(SYS_flock, copy, LOCK_EX | LOCK_NB), 0);
    check("flock to shared", sys(SYS_flock, file, LOCK_SH), 0);
    check("flock shared by another", sys(SYS_flock, other, LOCK_SH | LOCK_NB), 0);
    check("flock unlock", sys(SYS_flock, file, LOCK_UN), 0);
    check("flock wrong operation", sys(SYS_flock, file, 0), -EINVAL);
    check("flock of a bad descriptor", sys(SYS_flock, 1000, LOCK_SH), -EBADF);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 2, .l_len = 3};
    check("fcntl lock", sys(SYS_fcntl, file, F_SETLK, &lock), 0);
    int status = -1;
    long child = sys(SYS_fork);
    if (child == 0) {
        struct flock mine = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 4, .l_len = 10};
        check("fcntl lock that overlaps another's", sys(SYS_fcntl, other, F_SETLK, &mine), -EAGAIN);
        sys(SYS_fcntl, other, F_GETLK, &mine);
        check_true("fcntl getlk tells whose", mine.l_type == F_WRLCK && mine.l_start == 2 && mine.l_len == 3 && mine.l_pid == sys(SYS_getppid));
        mine = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = 1};
        check("fcntl lock beside another's", sys(SYS_fcntl, other, F_SETLK, &mine), 0);
        leave(failures != 0);
    }
    sys(SYS_wait4, child, &status, 0, 0);
    check("fcntl locks: child", status, 0);
    for (long i = file; i < 70; i++)
        sys(SYS_close, i);
    check("ioctl of a file", (file = open_file(A, O_RDWR, 0), sys(SYS_ioctl, file, 0x5401, map_pages(1))), -ENOTTY);
    check("ioctl of a bad descriptor", sys(SYS_ioctl, 1000, 0x5401, 0), -EBADF);
    int available = 0;
    check("ioctl FIONREAD of a file", (sys(SYS_ioctl, file, 0x541B, &available), available), 10);
    sys(SYS_close, file);
    sys(SYS_unlink, A);
}

static void test_devices(void)
{
    char buffer[32];
    unsigned char random[32];
    long file = open_file("/dev/null", O_RDWR, 0);
    check("/dev/null: read", sys(SYS_read, file, buffer, 10), 0);
    check("/dev/null: write", sys(SYS_write, file, buffer, 10), 10);
    sys(SYS_close, file);
    file = open_file("/dev/zero", O_RDWR, 0);
    memset(buffer, 1, sizeof buffer);
    check("/dev/zero: read", sys(SYS_read, file, buffer, 10), 10);
    check("/dev/zero: zeros, no more", buffer[9] == 0 && buffer[10] == 1, 1);
    check("/dev/zero: write", sys(SYS_write, file, buffer, 10), 10);
    sys(SYS_close, file);
    file = open_file("/dev/full", O_RDWR, 0);
    check("/dev/full: write", sys(SYS_write, file, buffer, 10), -ENOSPC);
    check("/dev/full: read", sys(SYS_read, file, buffer, 10), 10);
    sys(SYS_close, file);
    file = open_file("/dev/urandom", O_RDONLY, 0);
    memset(random, 0, sizeof random);
    check("/dev/urandom: read", sys(SYS_read, file, random, 32), 32);
    int different = 0;
    for (int i = 1; i < 32; i++)
        different |= random[i] != random[0];
    check("/dev/urandom: not all alike", different, 1);
    sys(SYS_close, file);
    check("mknod", sys(SYS_mknod, FOLDER "/n", S_IFCHR | 0600, makedev(1, 3)), 0);
    file = open_file(FOLDER "/n", O_RDWR, 0);
    check("mknod: it is the device", sys(SYS_read, file, buffer, 1), 0);
    sys(SYS_close, file);
    check("mknod over what exists", sys(SYS_mknod, FOLDER "/n", S_IFCHR | 0600, makedev(1, 3)), -EEXIST);
    sys(SYS_unlink, FOLDER "/n");
    check("mknod of a device that isn't there", sys(SYS_mknod, FOLDER "/n", S_IFCHR | 0600, makedev(240, 99)), 0);
    check("open of it", open_file(FOLDER "/n", O_RDWR, 0), -ENXIO);
    sys(SYS_unlink, FOLDER "/n");
    check("mknod of a folder", sys(SYS_mknod, FOLDER "/n", S_IFDIR | 0600, 0), -EPERM);
    check("mknod of nothing known", sys(SYS_mknod, FOLDER "/n", 0170000, 0), -EINVAL);
}

static void in_new_root(void *argument)
{
    (void)argument;
    check("chroot", sys(SYS_chroot, FOLDER), 0);
    check("chroot: the new root", size_of("/a"), 1);
    check("chroot: the old is gone", size_of("/tests"), -ENOENT);
    sys(SYS_chdir, "/");
    check("chroot: .. stays inside", size_of("/../../a"), 1);
}

static void test_mounts(void)
{
    struct statfs system;
    sys(SYS_mkdir, FOLDER "/m", 0755);
    make(FOLDER "/m/below", "");
    check("mount tmpfs", sys(SYS_mount, "none", FOLDER "/m", "tmpfs", 0, "size=1m"), 0);
    check("mount hides what is below", size_of(FOLDER "/m/below"), -ENOENT);
    make(FOLDER "/m/x", "x");
    check("rename between file systems", sys(SYS_rename, FOLDER "/m/x", A), -EXDEV);
    check("link between file systems", sys(SYS_link, FOLDER "/m/x", A), -EXDEV);
    sys(SYS_statfs, FOLDER "/m", &system);
    check("mount: size in blocks", (long)system.f_blocks, 256);
    long file = open_file(FOLDER "/m/big", O_RDWR | O_CREAT, 0600);
    char *memory = map_pages(512);
    check("write into a full file system", sys(SYS_write, file, memory, 512 * PAGE), 255 * PAGE);
    check("write into a full file system again", sys(SYS_write, file, memory, PAGE), -ENOSPC);
    unmap(memory, 512 * PAGE);
    check("umount while it is used", sys(SYS_umount2, FOLDER "/m", 0), -EBUSY);
    sys(SYS_close, file);
    check("umount", sys(SYS_umount2, FOLDER "/m", 0), 0);
    check("umount: what was below is there again", size_of(FOLDER "/m/below"), 0);
    check("umount again", sys(SYS_umount2, FOLDER "/m", 0), -EINVAL);
    check("mount of an unknown file system", sys(SYS_mount, "none", FOLDER "/m", "nothing", 0, 0), -ENODEV);
    check("mount on nothing", sys(SYS_mount, "none", FOLDER "/none", "tmpfs", 0, 0), -ENOENT);
    check("mount on a file", sys(SYS_mount, "none", FOLDER "/m/below", "tmpfs", 0, 0), -ENOTDIR);
    check("mount read-only", sys(SYS_mount, "none", FOLDER "/m", "tmpfs", MS_RDONLY, 0), 0);
    check("create on a read-only file system", open_file(FOLDER "/m/x", O_RDWR | O_CREAT, 0600), -EROFS);
    check("mkdir on a read-only file system", sys(SYS_mkdir, FOLDER "/m/d", 0755), -EROFS);
    sys(SYS_umount2, FOLDER "/m", 0);
    sys(SYS_unlink, FOLDER "/m/below");
    sys(SYS_rmdir, FOLDER "/m");
    make(A, "x");
    check("chroot: child", in_child(in_new_root, NULL), 0);
    sys(SYS_unlink, A);
    check("chroot to a file", sys(SYS_chroot, "/tests/files"), -ENOTDIR);
}

int main(void)
{
    sys(SYS_umask, 022);
    sys(SYS_mkdir, FOLDER, 0755);
    test_open();
    test_read_write();
    test_links();
    test_rename();
    test_folders();
    test_attributes();
    test_descriptors();
    test_devices();
    test_mounts();
    check("all is removed", sys(SYS_rmdir, FOLDER), 0);
    return failures != 0;
}
