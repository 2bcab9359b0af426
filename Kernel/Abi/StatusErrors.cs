using Kernel.Mm;

namespace Kernel.Abi;

/// <summary>The memory manager's outcomes as error numbers.</summary>
internal static class StatusErrors
{
    /// <summary>The error number that services.md and Linux have for a status.</summary>
    /// <param name="status">An outcome.</param>
    public static Errno ToErrno(this Status status) => status switch
    {
        Status.Success => Errno.None,
        Status.InvalidArgument or Status.BeyondEnd => Errno.EINVAL,
        Status.OutOfMemory or Status.NotFound or Status.NoAddressRange => Errno.ENOMEM,
        Status.AlreadyExists => Errno.EEXIST,
        Status.AccessDenied => Errno.EACCES,
        Status.Busy => Errno.EBUSY,
        Status.BadAddress => Errno.EFAULT,
        Status.NoSpace => Errno.ENOSPC,
        Status.NotSupported => Errno.EOPNOTSUPP,
        _ => Errno.EIO,
    };
}
