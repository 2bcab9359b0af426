namespace Kernel.Mm;

/// <summary>The outcome of an operation that bad input or a lack of memory may refuse. Unless it says otherwise, a refusal changed nothing.</summary>
public enum Status
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>Misaligned, zero, overflowing, out of range, unknown flag or otherwise malformed. EINVAL.</summary>
    InvalidArgument,

    /// <summary>No memory left, or over a limit. ENOMEM.</summary>
    OutOfMemory,

    /// <summary>Something is there already. EEXIST.</summary>
    AlreadyExists,

    /// <summary>Nothing is there. ENOENT; ENOMEM where Linux says so for a range with holes.</summary>
    NotFound,

    /// <summary>Rights or protection don't allow it. EACCES.</summary>
    AccessDenied,

    /// <summary>Pinned, locked or in use. EBUSY.</summary>
    Busy,

    /// <summary>No range of addresses is free. ENOSPC.</summary>
    NoAddressRange,

    /// <summary>An address that nothing is mapped at, or not so. EFAULT.</summary>
    BadAddress,

    /// <summary>This object can't do that. EOPNOTSUPP.</summary>
    NotSupported,

    /// <summary>Behind the object's last page. EINVAL to who reads, bus error to who maps.</summary>
    BeyondEnd,

    /// <summary>The file's file system is full. ENOSPC to who writes, bus error to who maps.</summary>
    NoSpace,

    /// <summary>Storage failed. EIO to who reads, bus error to who maps.</summary>
    InputOutputError,
}
