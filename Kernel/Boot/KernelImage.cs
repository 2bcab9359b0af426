using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Diagnostics;
using Kernel.Mm;

namespace Kernel.Boot;

/// <summary>Where the parts of the kernel image are, from the linker script (iso/kernel.ld).</summary>
internal static unsafe class KernelImage
{
    /// <summary>Virtual address minus physical address of everything in the image.</summary>
    public const ulong VirtualBase = 0xffff_ffff_8000_0000;

    /// <summary>First byte of the image, where the code starts.</summary>
    public static VirtualAddress Start => new(Symbol(ImageSymbol.Start));

    /// <summary>End of the code.</summary>
    public static VirtualAddress CodeEnd => new(Symbol(ImageSymbol.CodeEnd));

    /// <summary>Start of the constants; page-aligned.</summary>
    public static VirtualAddress ConstantsStart => new(Symbol(ImageSymbol.ConstantsStart));

    /// <summary>Start of the data; page-aligned.</summary>
    public static VirtualAddress DataStart => new(Symbol(ImageSymbol.DataStart));

    /// <summary>End of the data, zero-initialised data included; page-aligned.</summary>
    public static VirtualAddress DataEnd => new(Symbol(ImageSymbol.DataEnd));

    /// <summary>End of the image, symbol tables included; page-aligned.</summary>
    public static VirtualAddress End => new(Symbol(ImageSymbol.End));

    /// <summary>First page tables of Entry.S; page-aligned.</summary>
    public static VirtualAddress BootTablesStart => new(Symbol(ImageSymbol.BootTablesStart));

    /// <summary>End of the first page tables; page-aligned.</summary>
    public static VirtualAddress BootTablesEnd => new(Symbol(ImageSymbol.BootTablesEnd));

    /// <summary>The page below the boot stack, which stays unmapped.</summary>
    public static VirtualAddress BootStackGuard => new(Symbol(ImageSymbol.BootStackGuard));

    /// <summary>The boot stack's lowest address.</summary>
    public static VirtualAddress BootStackBottom => new(Symbol(ImageSymbol.BootStackBottom));

    /// <summary>The boot stack's end.</summary>
    public static VirtualAddress BootStackTop => new(Symbol(ImageSymbol.BootStackTop));

    /// <summary>The symbol and line tables; empty if the build didn't embed any.</summary>
    public static SymbolTable Symbols =>
        new(new ReadOnlySpan<byte>((void*)Symbol(ImageSymbol.SymbolsStart), (int)(Symbol(ImageSymbol.SymbolsEnd) - Symbol(ImageSymbol.SymbolsStart))));

    /// <summary>Whether an address lies in the code.</summary>
    public static bool ContainsCode(ulong address) => address >= Start.Value && address < CodeEnd.Value;

    /// <summary>Physical address of something in the image.</summary>
    public static PhysicalAddress ToPhysical(VirtualAddress address) => new(address.Value - VirtualBase);

    private static ulong Symbol(ImageSymbol symbol) => ImageSymbols()[(int)symbol];

    // The order of kernel_image_symbols in ImageSymbols.S.
    private enum ImageSymbol
    {
        Start,
        CodeEnd,
        ConstantsStart,
        DataStart,
        DataEnd,
        End,
        BootTablesStart,
        BootTablesEnd,
        BootStackGuard,
        BootStackBottom,
        BootStackTop,
        SymbolsStart,
        SymbolsEnd,
    }

    [RuntimeImport("*", "kernel_image_symbols")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong* ImageSymbols();
}
