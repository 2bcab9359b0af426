using System.Runtime.InteropServices;

namespace Kernel.Terminals;

/// <summary>Linux's <c>struct winsize</c>. The kernel keeps it for programs and looks at nothing in it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WindowSize
{
    /// <summary>Characters.</summary>
    public ushort Rows, Columns;

    /// <summary>Pixels; zero if unknown.</summary>
    public ushort Width, Height;

    /// <summary>Whether all numbers are the same.</summary>
    public readonly bool IsSameAs(in WindowSize other) =>
        Rows == other.Rows && Columns == other.Columns && Width == other.Width && Height == other.Height;
}
