using Kernel.Mm;

namespace Kernel.Drivers.Acpi;

/// <summary>Why a table is ignored.</summary>
public enum TableDefect
{
    /// <summary>Its address is zero, beyond what the processor can address, or there was no room to map it.</summary>
    Unreachable,

    /// <summary>It says that it is shorter than its own header, or implausibly long.</summary>
    Length,

    /// <summary>The sum of its bytes is not zero.</summary>
    Checksum,

    /// <summary>Another table was expected at its place.</summary>
    Signature,

    /// <summary>There are more tables than are listed.</summary>
    TooMany,
}

/// <summary>A table that is ignored.</summary>
public sealed class TableProblem(TableDefect defect, TableSignature signature, PhysicalAddress address)
{
    /// <summary>Why.</summary>
    public TableDefect Defect => defect;

    /// <summary>What it claims to be; zero if it can't be read.</summary>
    public TableSignature Signature => signature;

    /// <summary>Where it is.</summary>
    public PhysicalAddress Address => address;
}
