namespace Kernel.Abi;

/// <summary>Error numbers of the system-call interface: Linux's for x86-64 (errno(3)).</summary>
internal enum Errno
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>Operation not permitted.</summary>
    EPERM = 1,

    /// <summary>No such file or directory.</summary>
    ENOENT = 2,

    /// <summary>No such process.</summary>
    ESRCH = 3,

    /// <summary>Interrupted by a signal.</summary>
    EINTR = 4,

    /// <summary>Input or output error.</summary>
    EIO = 5,

    /// <summary>No such device or address.</summary>
    ENXIO = 6,

    /// <summary>Argument list too long.</summary>
    E2BIG = 7,

    /// <summary>Not an executable format.</summary>
    ENOEXEC = 8,

    /// <summary>Bad file descriptor.</summary>
    EBADF = 9,

    /// <summary>No child processes.</summary>
    ECHILD = 10,

    /// <summary>Try again.</summary>
    EAGAIN = 11,

    /// <summary>Out of memory.</summary>
    ENOMEM = 12,

    /// <summary>Permission denied.</summary>
    EACCES = 13,

    /// <summary>Bad address.</summary>
    EFAULT = 14,

    /// <summary>Block device required.</summary>
    ENOTBLK = 15,

    /// <summary>Busy.</summary>
    EBUSY = 16,

    /// <summary>Exists already.</summary>
    EEXIST = 17,

    /// <summary>Link across file systems.</summary>
    EXDEV = 18,

    /// <summary>No such device.</summary>
    ENODEV = 19,

    /// <summary>Not a directory.</summary>
    ENOTDIR = 20,

    /// <summary>Is a directory.</summary>
    EISDIR = 21,

    /// <summary>Invalid argument.</summary>
    EINVAL = 22,

    /// <summary>Too many open files in the system.</summary>
    ENFILE = 23,

    /// <summary>Too many open files.</summary>
    EMFILE = 24,

    /// <summary>Not a terminal, or no such request.</summary>
    ENOTTY = 25,

    /// <summary>Program file is in use.</summary>
    ETXTBSY = 26,

    /// <summary>File too large.</summary>
    EFBIG = 27,

    /// <summary>No space left.</summary>
    ENOSPC = 28,

    /// <summary>Not seekable.</summary>
    ESPIPE = 29,

    /// <summary>Read-only file system.</summary>
    EROFS = 30,

    /// <summary>Too many links.</summary>
    EMLINK = 31,

    /// <summary>Broken pipe.</summary>
    EPIPE = 32,

    /// <summary>Argument out of domain.</summary>
    EDOM = 33,

    /// <summary>Result out of range.</summary>
    ERANGE = 34,

    /// <summary>Would deadlock.</summary>
    EDEADLK = 35,

    /// <summary>Name too long.</summary>
    ENAMETOOLONG = 36,

    /// <summary>No locks available.</summary>
    ENOLCK = 37,

    /// <summary>No such system call.</summary>
    ENOSYS = 38,

    /// <summary>Directory is not empty.</summary>
    ENOTEMPTY = 39,

    /// <summary>Too many symbolic links.</summary>
    ELOOP = 40,

    /// <summary>No message of that type.</summary>
    ENOMSG = 42,

    /// <summary>No data.</summary>
    ENODATA = 61,

    /// <summary>Timer expired.</summary>
    ETIME = 62,

    /// <summary>Protocol error.</summary>
    EPROTO = 71,

    /// <summary>Value too large.</summary>
    EOVERFLOW = 75,

    /// <summary>The interpreter is not an executable format.</summary>
    ELIBBAD = 80,

    /// <summary>Illegal byte sequence.</summary>
    EILSEQ = 84,

    /// <summary>Not a socket.</summary>
    ENOTSOCK = 88,

    /// <summary>Not supported.</summary>
    EOPNOTSUPP = 95,

    /// <summary>Address family not supported.</summary>
    EAFNOSUPPORT = 97,

    /// <summary>Timed out.</summary>
    ETIMEDOUT = 110,

    /// <summary>Stale handle.</summary>
    ESTALE = 116,

    /// <summary>Owner died.</summary>
    EOWNERDEAD = 130,

    /// <summary>Inside the kernel only: interrupted; call again if the signal's action says so, else EINTR.</summary>
    ERESTARTSYS = 512,

    /// <summary>Inside the kernel only: interrupted; call again if no handler ran, else EINTR.</summary>
    ERESTARTNOHAND = 514,

    /// <summary>Inside the kernel only: interrupted; go on with the rest of the time if no handler ran, else EINTR.</summary>
    ERESTART_RESTARTBLOCK = 516,
}
