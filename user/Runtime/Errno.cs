using System;

namespace User;

/// <summary>Error numbers that these programs look at (Linux, asm-generic/errno.h). A call answers with the negative number.</summary>
public enum Errno
{
    /// <summary>Not permitted.</summary>
    EPERM = 1,

    /// <summary>No such file.</summary>
    ENOENT = 2,

    /// <summary>A signal came.</summary>
    EINTR = 4,

    /// <summary>The device failed or is not there.</summary>
    EIO = 5,

    /// <summary>No such device.</summary>
    ENXIO = 6,

    /// <summary>No program in a format that the kernel knows.</summary>
    ENOEXEC = 8,

    /// <summary>No child.</summary>
    ECHILD = 10,

    /// <summary>Nothing there yet, or the time is over.</summary>
    EAGAIN = 11,

    /// <summary>No memory.</summary>
    ENOMEM = 12,

    /// <summary>Access denied.</summary>
    EACCES = 13,

    /// <summary>In use, or mounted already.</summary>
    EBUSY = 16,

    /// <summary>Exists already.</summary>
    EEXIST = 17,

    /// <summary>No such device or file system.</summary>
    ENODEV = 19,

    /// <summary>A part of the path is no folder.</summary>
    ENOTDIR = 20,

    /// <summary>It is a folder.</summary>
    EISDIR = 21,

    /// <summary>Invalid argument.</summary>
    EINVAL = 22,

    /// <summary>Too long a name.</summary>
    ENAMETOOLONG = 36,

    /// <summary>The kernel doesn't have this call.</summary>
    ENOSYS = 38,

    /// <summary>The folder holds something.</summary>
    ENOTEMPTY = 39,
}

/// <summary>Answers of system calls.</summary>
public static class ErrnoText
{
    /// <summary>What an error means, in words; for an answer of a call, which is negative.</summary>
    public static string Describe(nint answer) => (Errno)(-answer) switch
    {
        Errno.EPERM => "Operation not permitted",
        Errno.ENOENT => "No such file or directory",
        Errno.EIO => "Input/output error",
        Errno.ENXIO or Errno.ENODEV => "No such device",
        Errno.ENOEXEC => "Exec format error",
        Errno.ENOMEM => "Cannot allocate memory",
        Errno.EACCES => "Permission denied",
        Errno.EBUSY => "Device or resource busy",
        Errno.EEXIST => "File exists",
        Errno.ENOTDIR => "Not a directory",
        Errno.EISDIR => "Is a directory",
        Errno.EINVAL => "Invalid argument",
        Errno.ENAMETOOLONG => "File name too long",
        Errno.ENOSYS => "Function not implemented",
        Errno.ENOTEMPTY => "Directory not empty",
        _ => "Error",
    };

    /// <summary>Whether an answer is a certain error.</summary>
    public static bool Is(nint answer, Errno error) => answer == -(nint)error;
}
