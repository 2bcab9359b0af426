namespace Kernel.Arch.X64;

/// <summary>Model-specific registers (Intel SDM vol. 4).</summary>
internal enum Msr : uint
{
    ApicBase = 0x1b,
    PageAttributeTable = 0x277,
    Efer = 0xc000_0080,
    SystemCallSegments = 0xc000_0081,
    SystemCallEntry = 0xc000_0082,
    SystemCallFlagMask = 0xc000_0084,
    FsBase = 0xc000_0100,
    GsBase = 0xc000_0101,
    KernelGsBase = 0xc000_0102,
}
