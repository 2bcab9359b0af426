using System;
using System.Threading;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Objects;

/// <summary>Zeros without end, as /dev/zero mapped private: reads show the zero page, writes make private pages.</summary>
public sealed unsafe class ZeroObject : MemoryObject
{
    private readonly MemoryManager _manager;

    internal ZeroObject(MemoryManager manager) => _manager = manager;

    /// <inheritdoc/>
    public override MemoryObjectKind Kind => MemoryObjectKind.Zero;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> NameFor(VArea area) => "zero"u8;

    /// <inheritdoc/>
    /// <returns><see cref="Status.AccessDenied"/> for a shared varea that may ever be written.</returns>
    public override Status OnOpen(VArea area) =>
        area.IsPrivate || (area.MaximumProtection & Protection.Write) == 0 ? Status.Success : Status.AccessDenied;

    /// <inheritdoc/>
    public override PageAnswer OnPageFault(ref PageRequest request)
    {
        if (request.ForWrite)
            return PageAnswer.NotAllowed;
        request.Frame = _manager.ZeroFrame;
        Interlocked.Increment(ref _manager.ZeroDescriptor->References);
        return PageAnswer.Frame;
    }

    /// <inheritdoc/>
    public override Status ReadPage(VArea area, ulong page, uint offset, Span<byte> destination)
    {
        destination.Clear();
        return Status.Success;
    }

    /// <inheritdoc/>
    /// <returns><see cref="Status.AccessDenied"/>.</returns>
    public override Status WritePage(VArea area, ulong page, uint offset, ReadOnlySpan<byte> source) => Status.AccessDenied;
}
