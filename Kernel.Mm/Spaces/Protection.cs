using System;

namespace Kernel.Mm.Spaces;

/// <summary>What may be done with the pages of a varea.</summary>
/// <remarks>Writing and user mode have the bits that page-table entries and fault codes have for them.</remarks>
[Flags]
public enum Protection : byte
{
    /// <summary>Nothing: pages keep their content and can't be reached.</summary>
    None = 0,

    /// <summary>Reading. x86-64 pages that may be written or executed may be read too.</summary>
    Read = 1 << 0,

    /// <summary>Writing.</summary>
    Write = 1 << 1,

    /// <summary>User mode may do so too.</summary>
    User = 1 << 2,

    /// <summary>Instruction fetches.</summary>
    Execute = 1 << 3,
}
