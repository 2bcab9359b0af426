using System;

namespace Kernel.Mm.Spaces;

/// <summary>What an access wanted, and what the processor said about it. The bits are those of the error code (Intel SDM vol. 3, 4.7).</summary>
[Flags]
public enum FaultAccess : uint
{
    /// <summary>A read by the kernel of a page that wasn't present.</summary>
    Read = 0,

    /// <summary>The page was present and didn't allow it.</summary>
    Present = 1 << 0,

    /// <summary>A write.</summary>
    Write = 1 << 1,

    /// <summary>By user mode.</summary>
    User = 1 << 2,

    /// <summary>A reserved bit is set in an entry: the page table is corrupt.</summary>
    Reserved = 1 << 3,

    /// <summary>An instruction fetch.</summary>
    Execute = 1 << 4,
}

/// <summary>What became of a fault.</summary>
public enum FaultResult : byte
{
    /// <summary>The access can be repeated.</summary>
    Resolved = 0,

    /// <summary>As before, and nothing had to be done: another processor was faster, or the translation was stale.</summary>
    Spurious,

    /// <summary>As <see cref="Resolved"/>, after I/O (a major fault).</summary>
    ResolvedAfterInputOutput,

    /// <summary>Nothing is mapped there. SIGSEGV, SEGV_MAPERR.</summary>
    NotMapped,

    /// <summary>The varea doesn't allow it. SIGSEGV, SEGV_ACCERR.</summary>
    NotAllowed,

    /// <summary>Behind the end of the object, or its storage failed. SIGBUS.</summary>
    BusError,

    /// <summary>No memory, even after reclaim.</summary>
    OutOfMemory,

    /// <summary>The processor found a reserved bit set: a kernel bug.</summary>
    Corrupt,
}
