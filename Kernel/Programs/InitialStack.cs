using System;
using System.Runtime.CompilerServices;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Mm;
using Kernel.Mm.Spaces;
using Kernel.Processes;
using Kernel.Randomness;

namespace Kernel.Programs;

/// <summary>Builds the stack that a program starts with: strings, auxiliary vector, environment, arguments (System V ABI for x86-64).</summary>
internal static unsafe class InitialStack
{
    private const ulong MaximumString = 32 * Page.Size;
    private const ulong PointerSize = sizeof(ulong);
    private const int ChunkSize = 512;
    private const int PointersAtOnce = 32;
    private const int RandomBytes = 16;
    private const ulong Alignment = 16;

    /// <summary>Numbers of the auxiliary vector (getauxval(3)).</summary>
    private enum Auxiliary : ulong
    {
        End = 0,
        Segments = 3,
        SegmentSize = 4,
        SegmentCount = 5,
        PageSize = 6,
        InterpreterBase = 7,
        Flags = 8,
        Entry = 9,
        User = 11,
        EffectiveUser = 12,
        Group = 13,
        EffectiveGroup = 14,
        Platform = 15,
        HardwareCapabilities = 16,
        ClockTicks = 17,
        Secure = 23,
        Random = 25,
        HardwareCapabilities2 = 26,
        FileName = 31,
    }

    /// <summary>Writes all of it to the top of a mapped stack.</summary>
    /// <param name="memory">Of the new program; its stack is mapped below <see cref="ProcessMemory.StackTop"/>.</param>
    /// <param name="path">The program's path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="program">Where the program was mapped.</param>
    /// <param name="interpreterBase">Where its interpreter was mapped; zero for none.</param>
    /// <param name="user">On whose behalf it runs.</param>
    /// <param name="limit">Most bytes that strings and pointers may take.</param>
    /// <returns>EFAULT, E2BIG, ENOMEM. <see cref="ProcessMemory.StackStart"/> is the stack pointer otherwise.</returns>
    public static Errno Build(
        ProcessMemory memory, ReadOnlySpan<byte> path, ref ArgumentStrings arguments, ref ArgumentStrings environment,
        in LoadedElf program, ulong interpreterBase, in Credentials user, ulong limit)
    {
        Errno error = Errno.None;
        if (!TryMeasure(ref arguments, limit, out ulong argumentCount, out ulong argumentBytes, ref error)
            || !TryMeasure(ref environment, limit, out ulong environmentCount, out ulong environmentBytes, ref error))
            return error;
        ulong pointers = (argumentCount + environmentCount + 2) * PointerSize;
        if (argumentBytes + environmentBytes + pointers > limit)
            return Errno.E2BIG;

        // From the top: a zero word, the path, environment strings, argument strings, platform, random bytes.
        AddressSpace space = memory.Space;
        ulong pathPlace = memory.StackTop - PointerSize - (ulong)path.Length - 1;
        ulong environmentPlace = pathPlace - environmentBytes;
        ulong argumentPlace = environmentPlace - argumentBytes;
        ReadOnlySpan<byte> platform = "x86_64\0"u8;
        ulong platformPlace = argumentPlace - (ulong)platform.Length;
        ulong randomPlace = (platformPlace & ~(Alignment - 1)) - RandomBytes;
        Span<byte> random = stackalloc byte[RandomBytes];
        KernelRandom.Fill(random);
        if (!TryWrite(space, pathPlace, path) || !TryWrite(space, platformPlace, platform) || !TryWrite(space, randomPlace, random))
            return Errno.ENOMEM;

        const int auxiliaryCount = 19;
        ulong* vector = stackalloc ulong[auxiliaryCount * 2];
        int used = 0;
        Add(Auxiliary.HardwareCapabilities, CpuFeatures.Current.FeatureBits);
        Add(Auxiliary.PageSize, Page.Size);
        Add(Auxiliary.ClockTicks, 1_000_000_000 / Scheduler.TimeSlice);
        Add(Auxiliary.Segments, program.Segments);
        Add(Auxiliary.SegmentSize, (ulong)sizeof(ElfSegment));
        Add(Auxiliary.SegmentCount, program.SegmentCount);
        Add(Auxiliary.InterpreterBase, interpreterBase);
        Add(Auxiliary.Flags, 0);
        Add(Auxiliary.Entry, program.Entry);
        Add(Auxiliary.User, user.User);
        Add(Auxiliary.EffectiveUser, user.EffectiveUser);
        Add(Auxiliary.Group, user.Group);
        Add(Auxiliary.EffectiveGroup, user.EffectiveGroup);
        Add(Auxiliary.Secure, user.User != user.EffectiveUser || user.Group != user.EffectiveGroup ? 1u : 0u);
        Add(Auxiliary.Random, randomPlace);
        Add(Auxiliary.HardwareCapabilities2, 0);
        Add(Auxiliary.FileName, pathPlace);
        Add(Auxiliary.Platform, platformPlace);
        Add(Auxiliary.End, 0);

        ulong tables = PointerSize + pointers + (ulong)used * PointerSize;
        ulong start = (randomPlace - tables) & ~(Alignment - 1);
        ulong at = start + PointerSize;
        if (!TryWrite(space, start, new ReadOnlySpan<byte>(&argumentCount, sizeof(ulong))))
            return Errno.ENOMEM;
        error = CopyStrings(space, ref arguments, argumentCount, argumentPlace, environmentPlace, ref at);
        if (error == Errno.None)
            error = CopyStrings(space, ref environment, environmentCount, environmentPlace, pathPlace, ref at);
        if (error == Errno.None && !TryWrite(space, at, new ReadOnlySpan<byte>(vector, used * sizeof(ulong))))
            error = Errno.ENOMEM;
        memory.StackStart = start;
        (memory.ArgumentsStart, memory.ArgumentsEnd) = (argumentPlace, environmentPlace);
        (memory.EnvironmentStart, memory.EnvironmentEnd) = (environmentPlace, pathPlace);
        return error;

        void Add(Auxiliary number, ulong value)
        {
            vector[used++] = (ulong)number;
            vector[used++] = value;
        }
    }

    [SkipLocalsInit]
    private static bool TryMeasure(ref ArgumentStrings strings, ulong limit, out ulong count, out ulong bytes, ref Errno error)
    {
        Span<byte> chunk = stackalloc byte[ChunkSize];
        count = 0;
        bytes = 0;
        strings.Reset();
        while (strings.TryNext(out ulong source, out bool isUser, ref error))
        {
            ulong length = 0;
            for (bool isLast = false; !isLast;)
            {
                int copied = strings.Copy(source + length, isUser, chunk, out isLast);
                if (copied < 0)
                {
                    error = Errno.EFAULT;
                    return false;
                }
                length += (ulong)copied;
                if (length > MaximumString || bytes + length > limit)
                {
                    error = Errno.E2BIG;
                    return false;
                }
            }
            bytes += length;
            count++;
        }
        return error == Errno.None;
    }

    /// <summary>Copies strings one after the other and writes the pointers to them, with a zero at the end.</summary>
    [SkipLocalsInit]
    private static Errno CopyStrings(AddressSpace space, ref ArgumentStrings strings, ulong count, ulong place, ulong end, ref ulong at)
    {
        Span<byte> chunk = stackalloc byte[ChunkSize];
        ulong* pointers = stackalloc ulong[PointersAtOnce];
        int used = 0;
        Errno error = Errno.None;
        strings.Reset();
        for (ulong index = 0; index < count; index++)
        {
            // Another thread may have changed the array since it was measured.
            if (!strings.TryNext(out ulong source, out bool isUser, ref error))
                return error == Errno.None ? Errno.EFAULT : error;
            pointers[used++] = place;
            for (bool isLast = false; !isLast;)
            {
                int copied = strings.Copy(source, isUser, chunk, out isLast);
                if (copied < 0 || place + (ulong)copied > end)
                    return Errno.EFAULT;
                if (!TryWrite(space, place, chunk[..copied]))
                    return Errno.ENOMEM;
                source += (ulong)copied;
                place += (ulong)copied;
            }
            if (used == PointersAtOnce && !TryWritePointers(space, pointers, ref used, ref at))
                return Errno.ENOMEM;
        }
        pointers[used++] = 0;
        return TryWritePointers(space, pointers, ref used, ref at) ? Errno.None : Errno.ENOMEM;
    }

    private static bool TryWritePointers(AddressSpace space, ulong* pointers, ref int count, ref ulong at)
    {
        int bytes = count * sizeof(ulong);
        if (!TryWrite(space, at, new ReadOnlySpan<byte>(pointers, bytes)))
            return false;
        at += (ulong)bytes;
        count = 0;
        return true;
    }

    private static bool TryWrite(AddressSpace space, ulong place, ReadOnlySpan<byte> bytes) =>
        space.Write(new VirtualAddress(place), bytes) == Status.Success;
}
