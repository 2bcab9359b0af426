namespace Kernel.Drivers.Pci;

/// <summary>Access to the configuration space of all functions.</summary>
/// <remarks>Offsets are in bytes and multiples of the width. A function that isn't there reads as all ones.</remarks>
public abstract class PciConfiguration
{
    private const int BitsPerByte = 8;
    private const int WordOffsetMask = 3;

    /// <summary>Bytes of configuration space that it reaches per function.</summary>
    public abstract int Length { get; }

    /// <summary>Reads 32 bits.</summary>
    public abstract uint Read32(PciAddress address, int offset);

    /// <summary>Writes 32 bits.</summary>
    public abstract void Write32(PciAddress address, int offset, uint value);

    /// <summary>Writes 16 bits, and only these: neighbours may have bits that a write clears.</summary>
    public abstract void Write16(PciAddress address, int offset, ushort value);

    /// <summary>Reads 16 bits.</summary>
    public ushort Read16(PciAddress address, int offset) =>
        (ushort)(Read32(address, offset & ~WordOffsetMask) >> (BitsPerByte * (offset & WordOffsetMask)));

    /// <summary>Reads 8 bits.</summary>
    public byte Read8(PciAddress address, int offset) =>
        (byte)(Read32(address, offset & ~WordOffsetMask) >> (BitsPerByte * (offset & WordOffsetMask)));
}
