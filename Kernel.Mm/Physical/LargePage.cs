using System.Threading;

namespace Kernel.Mm.Physical;

/// <summary>
/// A 2 MiB page: 512 aligned frames that 2 MiB entries name. Spaces that have split their entry name its frames one by one.
/// </summary>
/// <remarks>
/// The first frame's <see cref="FrameDescriptor.OwnerWord"/> counts the 2 MiB entries. As long as there is one, each of
/// the frames has a reference for it; so no single frame is freed or taken over meanwhile.
/// </remarks>
internal static unsafe class LargePage
{
    /// <summary>log2 of its frames.</summary>
    public const int Order = 9;

    /// <summary>Its frames.</summary>
    public const ulong Frames = 1UL << Order;

    /// <summary>Takes one, filled with zeros, that one entry names.</summary>
    /// <returns>The first frame; null if there is none.</returns>
    public static FrameNumber? AllocateZeroed(FrameAllocator frames)
    {
        if (frames.AllocateBlock(FrameOwner.User, Order) is not { } first)
            return null;
        FrameDescriptor* descriptor = frames.Table.Descriptor(first);
        descriptor->OwnerWord = 1;
        for (ulong i = 0; i < Frames; i++)
        {
            descriptor[i].References = 1;
            Hardware.Current.ClearPage(DirectMap.Pointer((first + i).Address));
        }
        return first;
    }

    /// <summary>Counts one more entry that names it.</summary>
    public static void AddMapping(FrameAllocator frames, FrameNumber first) => Interlocked.Increment(ref frames.Table.Descriptor(first)->OwnerWord);

    /// <summary>Counts one entry less; frames that nobody else has are freed with the last.</summary>
    public static void DropMapping(FrameAllocator frames, FrameNumber first)
    {
        FrameDescriptor* descriptor = frames.Table.Descriptor(first);
        if (Interlocked.Decrement(ref descriptor->OwnerWord) != 0 || TryFreeWhole(frames, first, descriptor))
            return;
        for (ulong i = 0; i < Frames; i++)
            if (descriptor[i].Release(FrameDescriptor.OneReference))
                frames.Free(first + i);
    }

    /// <summary>Frees all frames at once if nobody has any of them but for the reference that ends now: then nobody can take one meanwhile.</summary>
    private static bool TryFreeWhole(FrameAllocator frames, FrameNumber first, FrameDescriptor* descriptor)
    {
        if (!AreOnlyReferenced(descriptor))
            return false;
        const int Step = 4;
        for (FrameDescriptor* at = descriptor, end = descriptor + Frames; at < end; at += Step)
            (at[0].References, at[1].References, at[2].References, at[3].References) = (0, 0, 0, 0);
        frames.FreeBlock(first, Order);
        return true;
    }

    /// <summary>Counts one entry more or less that names each single frame.</summary>
    public static void AddSmallMappings(FrameAllocator frames, FrameNumber first, int change)
    {
        FrameDescriptor* descriptor = frames.Table.Descriptor(first);
        for (ulong i = 0; i < Frames; i++)
            Interlocked.Add(ref descriptor[i].Mappings, change);
    }

    /// <summary>Whether one entry names it and nobody has any of its frames otherwise.</summary>
    public static bool IsExclusive(FrameAllocator frames, FrameNumber first)
    {
        FrameDescriptor* descriptor = frames.Table.Descriptor(first);
        return Volatile.Read(ref descriptor->OwnerWord) == 1 && AreOnlyReferenced(descriptor);
    }

    /// <summary>Whether nobody has any of the frames but for the reference of its 2 MiB entries.</summary>
    private static bool AreOnlyReferenced(FrameDescriptor* descriptor)
    {
        for (FrameDescriptor* end = descriptor + Frames; descriptor < end; descriptor++)
            if (!descriptor->IsOnlyReferenced)
                return false;
        return true;
    }
}
