using Kernel.Diagnostics;

namespace Kernel.Memory;

/// <summary>
/// What a returned object is overwritten with. As an address it is not canonical: following a reference or calling a
/// method of such an object faults at once.
/// </summary>
internal static unsafe class Poison
{
    /// <summary>
    /// Whether pools overwrite objects when they are returned and check them when they are taken again (<c>poison</c> on
    /// the command line). Set before the first pool is used, not changed afterwards.
    /// </summary>
    public static bool IsOn { get; set; }

    /// <summary>Eight bytes of poison.</summary>
    public const ulong Word = 0xd1ed_d1ed_d1ed_d1ed;

    /// <summary>Overwrites memory.</summary>
    /// <param name="start">Aligned to 8 bytes.</param>
    /// <param name="bytes">A multiple of 8.</param>
    public static void Fill(byte* start, int bytes)
    {
        for (int i = 0; i < bytes; i += sizeof(ulong))
            *(ulong*)(start + i) = Word;
    }

    /// <summary>Panics if something wrote to overwritten memory.</summary>
    public static void Check(byte* start, int bytes)
    {
        for (int i = 0; i < bytes; i += sizeof(ulong))
            if (*(ulong*)(start + i) != Word)
                Panic.Fail("a pool object was written after return");
    }
}
