using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Kernel.Arch.X64;

/// <summary>The x87, SSE and AVX registers of user mode (Intel SDM vol. 1, 10.5 and 13).</summary>
/// <remarks>
/// They stay in the processor while the kernel runs, but for the vector registers that C# may use and that every entry puts
/// into the frame; switching threads stores and loads them. XSAVE is used where the processor has it, and AVX with it.
/// </remarks>
internal static unsafe class FloatingPoint
{
    /// <summary>Size of the legacy part, which FXSAVE stores, in bytes.</summary>
    public const int LegacySize = 512;

    private const ulong X87 = 1 << 0;
    private const ulong Sse = 1 << 1;
    private const ulong Avx = 1 << 2;
    private const uint ExtendedStateLeaf = 0xd;
    private const int Alignment = 64;
    private const int XmmOffset = 160;
    private const int XmmSize = 16;
    private const int LegacyEnd = XmmOffset + 16 * XmmSize;
    private const int MxcsrOffset = 24;
    private const int MxcsrMaskOffset = 28;
    private const ushort InitialControlWord = 0x37f;
    private const uint InitialMxcsr = 0x1f80;
    private const uint DefaultMxcsrMask = 0xffbf;
    private const int HeaderOffset = 512;
    private const int HeaderSize = 64;

    private static uint s_mxcsrMask = DefaultMxcsrMask;

    /// <summary>Size of an area that <see cref="Save"/> fills, in bytes; a multiple of 64, its alignment.</summary>
    public static int AreaSize { get; private set; } = LegacySize;

    /// <summary>The components that XSAVE stores; zero if there is no XSAVE.</summary>
    public static ulong Components { get; private set; }

    /// <summary>Switches XSAVE and AVX on where they are. Once for each processor.</summary>
    public static void Initialize()
    {
        ref readonly CpuFeatures cpu = ref CpuFeatures.Current;
        if (cpu.HasXsave)
        {
            Instructions.WriteCr4(Instructions.ReadCr4() | (ulong)Cr4.OsXsave);
            Components = X87 | Sse | (cpu.HasAvx ? Avx : 0);
            EnableComponents(Components);
            uint* registers = stackalloc uint[4];
            Instructions.Cpuid(ExtendedStateLeaf, 0, registers);
            AreaSize = ((int)registers[1] + Alignment - 1) & -Alignment;
        }
        byte* area = stackalloc byte[LegacySize + Alignment];
        area = (byte*)(((nuint)area + Alignment - 1) & ~(nuint)(Alignment - 1));
        SaveLegacy(area);
        uint mask = *(uint*)(area + MxcsrMaskOffset);
        s_mxcsrMask = mask == 0 ? DefaultMxcsrMask : mask;
    }

    /// <summary>Makes an area what a program starts with.</summary>
    public static void Reset(byte* area)
    {
        new Span<byte>(area, AreaSize).Clear();
        *(ushort*)area = InitialControlWord;
        *(uint*)(area + MxcsrOffset) = InitialMxcsr;
        if (Components != 0)
            *(ulong*)(area + HeaderOffset) = X87 | Sse;
    }

    /// <summary>Zeroes what <see cref="Save"/> leaves as it is, in an area of which nothing is known.</summary>
    public static void Prepare(byte* area)
    {
        int end = Components != 0 ? HeaderOffset + HeaderSize : LegacySize;
        new Span<byte>(area + LegacyEnd, end - LegacyEnd).Clear();
    }

    /// <summary>Stores the processor's registers.</summary>
    public static void Save(byte* area)
    {
        if (Components != 0)
            SaveExtended(area, Components);
        else
            SaveLegacy(area);
    }

    /// <summary>Loads the processor's registers.</summary>
    /// <param name="area">Valid: stored by <see cref="Save"/>, or checked by <see cref="Sanitize"/>.</param>
    public static void Restore(byte* area)
    {
        if (Components != 0)
            RestoreExtended(area, Components);
        else
            RestoreLegacy(area);
    }

    /// <summary>Puts the vector registers that a frame holds into an area that <see cref="Save"/> filled.</summary>
    public static void TakeFromFrame(byte* area, TrapFrame* frame)
    {
        bool isCall = frame->Vector == SystemCallFrame.Vector;
        // A call's frame holds some of them (Frame.inc, KEEP_COMPILER_XMM).
        Copy(area, frame, 0, isCall ? 4 : 16);
        if (isCall)
            Copy(area, frame, 8, 1);
        else
            *(uint*)(area + MxcsrOffset) = (uint)frame->Mxcsr;
        if (Components != 0)
            *(ulong*)(area + HeaderOffset) |= Sse;
    }

    /// <summary>Puts an area's vector registers into a system call's frame, which holds some of them.</summary>
    public static void GiveToFrame(byte* area, TrapFrame* frame)
    {
        bool isSseInitial = Components != 0 && (*(ulong*)(area + HeaderOffset) & Sse) == 0;
        var registers = new Span<byte>(frame->Xmm, 16 * XmmSize);
        if (isSseInitial)
            registers.Clear();
        else
            new Span<byte>(area + XmmOffset, 16 * XmmSize).CopyTo(registers);
        frame->Mxcsr = *(uint*)(area + MxcsrOffset);
    }

    /// <summary>Removes from an area, which a program may have written, what the processor would refuse.</summary>
    /// <param name="area">The area.</param>
    /// <param name="isExtended">Whether more than the legacy part is there.</param>
    public static void Sanitize(byte* area, bool isExtended)
    {
        *(uint*)(area + MxcsrOffset) &= s_mxcsrMask;
        if (Components == 0)
            return;
        ulong components = isExtended ? *(ulong*)(area + HeaderOffset) & Components : X87 | Sse;
        new Span<byte>(area + HeaderOffset, HeaderSize).Clear();
        *(ulong*)(area + HeaderOffset) = components;
    }

    /// <summary>Copies vector registers from a frame into an area.</summary>
    private static void Copy(byte* area, TrapFrame* frame, int first, int count) =>
        new Span<byte>((byte*)frame->Xmm + first * XmmSize, count * XmmSize).CopyTo(new Span<byte>(area + XmmOffset + first * XmmSize, count * XmmSize));

    [RuntimeImport("*", "fpu_save")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void SaveLegacy(byte* area);

    [RuntimeImport("*", "fpu_restore")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void RestoreLegacy(byte* area);

    [RuntimeImport("*", "fpu_save_extended")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void SaveExtended(byte* area, ulong components);

    [RuntimeImport("*", "fpu_restore_extended")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void RestoreExtended(byte* area, ulong components);

    [RuntimeImport("*", "fpu_enable_components")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void EnableComponents(ulong components);
}
