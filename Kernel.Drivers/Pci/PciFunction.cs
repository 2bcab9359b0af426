using System;
using System.Runtime.CompilerServices;

namespace Kernel.Drivers.Pci;

/// <summary>A PCI function as it was found at boot.</summary>
public sealed class PciFunction
{
    /// <summary>The most windows that a function has.</summary>
    public const int MaxWindows = 6;

    private const int IdOffset = 0x00;
    private const int CommandOffset = 0x04;
    private const int ClassOffset = 0x08;
    private const int HeaderTypeOffset = 0x0e;
    private const int FirstWindowOffset = 0x10;
    private const int SecondaryBusOffset = 0x19;
    private const int SubsystemOffset = 0x2c;
    private const int InterruptLineOffset = 0x3c;
    private const int InterruptPinOffset = 0x3d;

    private const ushort DecodeMask = 0b11;
    private const byte HeaderTypeMask = 0x7f;
    private const byte MultiFunctionFlag = 0x80;
    private const byte DeviceHeader = 0;
    private const byte BridgeHeader = 1;
    private const int BridgeWindows = 2;
    private const byte HostBridgeClass = 0x06;
    private const byte HostBridgeSubclass = 0x00;
    private const ushort Absent = 0xffff;
    private const int RegisterBytes = sizeof(uint);

    private WindowTable _windows;

    private PciFunction(PciAddress address) => Address = address;

    /// <summary>Where it is.</summary>
    public PciAddress Address { get; }

    /// <summary>Who made it.</summary>
    public ushort Vendor { get; private set; }

    /// <summary>Its maker's number for it.</summary>
    public ushort Device { get; private set; }

    /// <summary>Who made the board, in the lower half, and its number in the upper; 0 for bridges.</summary>
    public uint Subsystem { get; private set; }

    /// <summary>What kind of device it is.</summary>
    public byte Class { get; private set; }

    /// <summary>What kind within its class.</summary>
    public byte Subclass { get; private set; }

    /// <summary>How it is programmed.</summary>
    public byte Interface { get; private set; }

    /// <summary>Its version.</summary>
    public byte Revision { get; private set; }

    /// <summary>The ISA interrupt request that the firmware gave it; of no meaning if <see cref="InterruptPin"/> is 0.</summary>
    public byte InterruptLine { get; private set; }

    /// <summary>1 to 4 for pins A to D; 0 if it doesn't use any.</summary>
    public byte InterruptPin { get; private set; }

    /// <summary>Whether there is another bus behind it.</summary>
    public bool IsBridge { get; private set; }

    /// <summary>Whether it is where a root bus begins.</summary>
    public bool IsHostBridge => Class == HostBridgeClass && Subclass == HostBridgeSubclass;

    /// <summary>The bus behind a bridge; 0 if the firmware gave it none.</summary>
    public byte SecondaryBus { get; private set; }

    /// <summary>Its windows by register: those of kind <see cref="BaseAddressKind.None"/> aren't there.</summary>
    public ReadOnlySpan<BaseAddress> Windows => _windows;

    /// <summary>Whether there may be functions besides 0 in this device.</summary>
    internal bool IsMultiFunction { get; private set; }

    /// <summary>Reads a function and finds the sizes of its windows.</summary>
    /// <returns>Null if there is none.</returns>
    internal static PciFunction? TryRead(PciConfiguration space, PciAddress address)
    {
        ushort vendor = space.Read16(address, IdOffset);
        if (vendor is Absent or 0)
            return null;
        var function = new PciFunction(address) { Vendor = vendor, Device = space.Read16(address, IdOffset + 2) };
        function.ReadHeader(space);
        return function;
    }

    private void ReadHeader(PciConfiguration space)
    {
        uint classes = space.Read32(Address, ClassOffset);
        Revision = (byte)classes;
        Interface = (byte)(classes >> 8);
        Subclass = (byte)(classes >> 16);
        Class = (byte)(classes >> 24);
        InterruptLine = space.Read8(Address, InterruptLineOffset);
        InterruptPin = space.Read8(Address, InterruptPinOffset);
        byte header = space.Read8(Address, HeaderTypeOffset);
        IsMultiFunction = (header & MultiFunctionFlag) != 0;
        header &= HeaderTypeMask;
        IsBridge = header == BridgeHeader;
        if (IsBridge)
            SecondaryBus = space.Read8(Address, SecondaryBusOffset);
        else if (header == DeviceHeader)
            Subsystem = space.Read32(Address, SubsystemOffset);
        // A host bridge must not stop decoding, not even for a moment: memory may be behind it.
        if (header == DeviceHeader && !IsHostBridge)
            ReadWindows(space, MaxWindows);
        else if (IsBridge)
            ReadWindows(space, BridgeWindows);
    }

    private void ReadWindows(PciConfiguration space, int count)
    {
        ushort command = space.Read16(Address, CommandOffset);
        // The function must not answer at the addresses that the probing puts into its registers.
        space.Write16(Address, CommandOffset, (ushort)(command & ~DecodeMask));
        for (int i = 0; i < count; i++)
        {
            int offset = FirstWindowOffset + i * RegisterBytes;
            uint value = space.Read32(Address, offset);
            bool isWide = BaseAddress.IsWide(value) && i + 1 < count;
            uint upper = isWide ? space.Read32(Address, offset + RegisterBytes) : 0;
            uint probe = Probe(space, offset, value);
            uint upperProbe = isWide ? Probe(space, offset + RegisterBytes, upper) : 0;
            _windows[i] = BaseAddress.Decode(value, upper, probe, upperProbe);
            if (isWide)
                i++;
        }

        space.Write16(Address, CommandOffset, command);
    }

    private uint Probe(PciConfiguration space, int offset, uint value)
    {
        space.Write32(Address, offset, uint.MaxValue);
        uint probe = space.Read32(Address, offset);
        space.Write32(Address, offset, value);
        return probe;
    }

    [InlineArray(MaxWindows)]
    private struct WindowTable
    {
        private BaseAddress _first;
    }
}
