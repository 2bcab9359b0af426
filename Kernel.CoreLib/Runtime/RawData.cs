using System.Runtime.InteropServices;

namespace System.Runtime.CompilerServices;

/// <summary>Any object, seen as bytes. ilc knows the class by name.</summary>
[StructLayout(LayoutKind.Sequential)]
internal class RawData
{
    public byte Data;
}

/// <summary>An array of one dimension, seen as length and bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal class RawArrayData
{
    public uint Length;
    public uint Padding;
    public byte Data;
}
