using System;
using System.Runtime.CompilerServices;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Spaces;

public sealed class LayoutTests
{
    [Fact]
    public void A_record_of_a_varea_has_96_bytes_with_its_header()
    {
        const int Records = 64;
        var kept = new VArea[Records];
        kept[0] = new VArea();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Records; i++)
            kept[i] = new VArea();
        long bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Records;
        Assert.InRange(bytes, 1, 96);
        GC.KeepAlive(kept);
    }

    [Fact]
    public void A_frame_descriptor_has_at_most_32_bytes() => Assert.InRange(Unsafe.SizeOf<FrameDescriptor>(), 1, 32);
}
