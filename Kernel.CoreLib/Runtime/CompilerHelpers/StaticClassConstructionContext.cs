using System.Runtime.InteropServices;

namespace System.Runtime.CompilerServices;

/// <summary>Lies before a type's static fields: the static constructor to run, zero once it has run.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StaticClassConstructionContext
{
    public nint cctorMethodAddress;
}
