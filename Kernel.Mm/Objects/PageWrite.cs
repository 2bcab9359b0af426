using System;
using Kernel.Mm.Physical;

namespace Kernel.Mm.Objects;

/// <summary>Bytes of one page of a file that are being written, from <see cref="FileObject.BeginWrite"/> to <see cref="FileObject.EndWrite"/>.</summary>
public unsafe ref struct PageWrite
{
    internal FrameNumber Frame;
    internal ulong Offset;

    // Whether the frame isn't in the file yet.
    internal bool IsNew;

    /// <summary>Where to put them. No lock is held: filling it may wait, and cause faults.</summary>
    public Span<byte> Bytes { get; internal set; }

    internal readonly ulong Page => Offset >> Mm.Page.Shift;

    internal readonly ulong End => Offset + (ulong)Bytes.Length;
}
