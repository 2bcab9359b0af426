using System.Runtime.InteropServices;

namespace System.Runtime;

/// <summary>Names the image to helpers that could serve several. There is one.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TypeManagerSlot
{
    internal nint TypeManager;
    internal int ModuleIndex;
}
