namespace Kernel.Mm;

/// <summary>The outcome of an operation that bad input or a lack of memory may refuse.</summary>
public enum Status
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>Misaligned, zero, overflowing, out of range or otherwise malformed; nothing changed. EINVAL.</summary>
    InvalidArgument,

    /// <summary>No memory left; nothing changed. ENOMEM.</summary>
    OutOfMemory,

    /// <summary>Something is there already; nothing changed. EEXIST.</summary>
    AlreadyExists,

    /// <summary>Nothing is there. ENOENT.</summary>
    NotFound,
}
