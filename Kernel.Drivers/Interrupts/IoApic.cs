using Kernel.Drivers.Acpi;
using Kernel.Mm;

namespace Kernel.Drivers.Interrupts;

/// <summary>An input's entry in an I/O controller (Intel 82093AA data sheet, 3.2.4).</summary>
/// <param name="Value">Its 64 bits.</param>
public readonly record struct RedirectionEntry(ulong Value)
{
    private const ulong VectorMask = 0xff;
    private const ulong NmiDelivery = 4UL << 8;
    private const ulong ActiveLow = 1UL << 13;
    private const ulong LevelTriggered = 1UL << 15;
    private const ulong Mask = 1UL << 16;
    private const int DestinationShift = 56;

    /// <summary>An entry that lets nothing through.</summary>
    public static RedirectionEntry Disabled => new(Mask);

    /// <summary>The vector.</summary>
    public byte Vector => (byte)(Value & VectorMask);

    /// <summary>Whether interrupts are held back.</summary>
    public bool IsMasked => (Value & Mask) != 0;

    /// <summary>What level is active.</summary>
    public SignalPolarity Polarity => (Value & ActiveLow) != 0 ? SignalPolarity.ActiveLow : SignalPolarity.ActiveHigh;

    /// <summary>Edge or level.</summary>
    public SignalTrigger Trigger => (Value & LevelTriggered) != 0 ? SignalTrigger.Level : SignalTrigger.Edge;

    /// <summary>Number of the local controller that gets them.</summary>
    public byte Destination => (byte)(Value >> DestinationShift);

    /// <summary>A masked entry for an ordinary interrupt.</summary>
    public static RedirectionEntry Create(byte vector, SignalPolarity polarity, SignalTrigger trigger, byte destination) => new(
        vector | Mask | Signal(polarity, trigger) | ((ulong)destination << DestinationShift));

    /// <summary>An entry that turns the input into non-maskable interrupts.</summary>
    public static RedirectionEntry CreateNmi(SignalPolarity polarity, SignalTrigger trigger, byte destination) => new(
        NmiDelivery | Signal(polarity, trigger) | ((ulong)destination << DestinationShift));

    /// <summary>The same, masked or not.</summary>
    public RedirectionEntry WithMask(bool isMasked) => new(isMasked ? Value | Mask : Value & ~Mask);

    private static ulong Signal(SignalPolarity polarity, SignalTrigger trigger) =>
        (polarity == SignalPolarity.ActiveLow ? ActiveLow : 0) | (trigger == SignalTrigger.Level ? LevelTriggered : 0);
}

/// <summary>An I/O interrupt controller: takes the signals of devices and sends them to local controllers.</summary>
/// <remarks>Its callers see to it that two processors don't use it at once.</remarks>
internal sealed class IoApic
{
    /// <summary>Where the only one of a simple machine is.</summary>
    public const ulong DefaultAddress = 0xfec0_0000;

    private const int SelectOffset = 0x00;
    private const int WindowOffset = 0x10;
    private const int RegisterBytes = 0x20;

    private const uint VersionRegister = 0x01;
    private const uint FirstEntryRegister = 0x10;
    private const int LastEntryShift = 16;

    // Version 0x1x is the discrete chip, 0x2x is in the chipset; the hardest limit on inputs is the entry index's 8 bits.
    private const byte FirstVersion = 0x10;
    private const byte LastVersion = 0x2f;
    private const byte MaxLastEntry = 239;

    private readonly nint _registers;

    private IoApic(nint registers, PhysicalAddress address, uint firstInterrupt)
    {
        _registers = registers;
        Address = address;
        FirstInterrupt = firstInterrupt;
        uint version = Read(VersionRegister);
        Version = (byte)version;
        InputCount = (byte)(version >> LastEntryShift) + 1;
    }

    /// <summary>Where its registers are.</summary>
    public PhysicalAddress Address { get; }

    /// <summary>Its version.</summary>
    public byte Version { get; }

    /// <summary>Number of inputs.</summary>
    public int InputCount { get; }

    /// <summary>Global number of its first input.</summary>
    public uint FirstInterrupt { get; }

    /// <summary>Maps one and disables all its inputs.</summary>
    /// <returns>Null if what is there is no such controller.</returns>
    public static IoApic? TryOpen(PhysicalAddress address, uint firstInterrupt)
    {
        nint registers = DeviceMemory.Current.Map(address, RegisterBytes, CachePolicy.Uncached);
        if (registers == 0)
            return null;
        var apic = new IoApic(registers, address, firstInterrupt);
        if (apic.Version is < FirstVersion or > LastVersion || apic.InputCount > MaxLastEntry + 1)
            return null;
        for (int input = 0; input < apic.InputCount; input++)
            apic.Set(input, RedirectionEntry.Disabled);
        return apic;
    }

    /// <summary>Whether a global interrupt arrives here.</summary>
    public bool Owns(uint globalInterrupt) => globalInterrupt >= FirstInterrupt && globalInterrupt - FirstInterrupt < (uint)InputCount;

    /// <summary>An input's entry.</summary>
    public RedirectionEntry Get(int input)
    {
        uint register = FirstEntryRegister + 2 * (uint)input;
        return new RedirectionEntry(Read(register) | ((ulong)Read(register + 1) << 32));
    }

    /// <summary>Sets an input's entry; it is masked until all of it is there.</summary>
    public void Set(int input, RedirectionEntry entry)
    {
        uint register = FirstEntryRegister + 2 * (uint)input;
        Write(register, (uint)RedirectionEntry.Disabled.Value);
        Write(register + 1, (uint)(entry.Value >> 32));
        Write(register, (uint)entry.Value);
    }

    private uint Read(uint register)
    {
        Mmio.Write32(_registers + SelectOffset, register);
        return Mmio.Read32(_registers + WindowOffset);
    }

    private void Write(uint register, uint value)
    {
        Mmio.Write32(_registers + SelectOffset, register);
        Mmio.Write32(_registers + WindowOffset, value);
    }
}
