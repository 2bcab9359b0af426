using System.Collections.Generic;
using Kernel.Drivers.Acpi;
using Kernel.Mm;

namespace Kernel.Drivers.Interrupts;

/// <summary>
/// All interrupt controllers of the machine as one: I/O and local APIC, or the two 8259 controllers where there are none.
/// </summary>
/// <remarks>One lock guards the routes. <see cref="EndOfInterrupt"/> takes none and allocates nothing.</remarks>
public static class InterruptController
{
    /// <summary>Number of interrupt requests of the ISA bus.</summary>
    public const int IsaInterrupts = 16;

    private const byte TimerRequest = 0;
    private const uint TimerInput = 2;

    private static InterruptLock s_lock;
    private static List<IoApic>? s_ioApics;
    private static Madt? s_madt;
    private static SourceOverride[] s_sources = [];
    private static bool s_usesIoApics;

    /// <summary>Whether requests come through I/O APICs; otherwise through the 8259 controllers.</summary>
    public static bool UsesIoApic => s_usesIoApics;

    /// <summary>Number of I/O APICs in use.</summary>
    public static int IoApicCount => s_ioApics?.Count ?? 0;

    /// <summary>Puts the controllers into operation with every request masked, and says in the log which they are.</summary>
    /// <remarks>Needs <see cref="AcpiTables"/> and <see cref="DeviceMemory.Current"/>. Interrupts must be off.</remarks>
    public static void Initialize()
    {
        LegacyController.Initialize();
        s_madt = AcpiTables.Madt;
        s_sources = new SourceOverride[IsaInterrupts];
        for (byte request = 0; request < IsaInterrupts; request++)
            s_sources[request] = FindSource(request);
        s_ioApics = [];
        if (ProcessorIdentity.HasLocalApic)
            OpenIoApics(s_ioApics);
        s_usesIoApics = LocalApic.Initialize(s_madt, passesLegacy: s_ioApics.Count == 0) && s_ioApics.Count != 0;
        if (s_usesIoApics)
            ConnectNmiSources();
        Describe();
    }

    /// <summary>Directs a request of the ISA bus to this processor. It stays masked.</summary>
    /// <param name="isaInterrupt">The request, below <see cref="IsaInterrupts"/>.</param>
    /// <param name="vector">The vector that it shall raise, above those of exceptions and the 8259 controllers.</param>
    /// <returns>
    /// The vector that it does raise: the 8259 controllers can't choose. 0 if the request arrives at no controller.
    /// </returns>
    public static byte Route(byte isaInterrupt, byte vector)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        if (!s_usesIoApics)
            return (byte)(LegacyController.FirstVector + isaInterrupt);
        SourceOverride source = s_sources[isaInterrupt];
        if (!TryFindInput(source.GlobalInterrupt, out IoApic? apic, out int input))
            return 0;
        apic!.Set(input, RedirectionEntry.Create(vector, source.Polarity, source.Trigger, (byte)LocalApic.Id));
        return vector;
    }

    /// <summary>Holds a request back. An edge that comes meanwhile is lost.</summary>
    /// <param name="isaInterrupt">The request, below <see cref="IsaInterrupts"/>.</param>
    public static void Mask(byte isaInterrupt) => SetMask(isaInterrupt, true);

    /// <summary>Lets a routed request through.</summary>
    /// <param name="isaInterrupt">The request, below <see cref="IsaInterrupts"/>.</param>
    public static void Unmask(byte isaInterrupt) => SetMask(isaInterrupt, false);

    /// <summary>Ends an interrupt. To be called once for each, by its handler, with interrupts off.</summary>
    /// <param name="vector">The vector taken. Spurious ones need no end and may be given nevertheless.</param>
    public static void EndOfInterrupt(byte vector)
    {
        if (vector is >= LegacyController.FirstVector and < LegacyController.FirstVector + LegacyController.Requests)
            LegacyController.EndOfInterrupt((byte)(vector - LegacyController.FirstVector));
        else if (vector != LocalApic.SpuriousVector && LocalApic.IsPresent)
            LocalApic.EndOfInterrupt();
    }

    /// <summary>How a request is connected now.</summary>
    /// <param name="isaInterrupt">The request, below <see cref="IsaInterrupts"/>.</param>
    public static InterruptLine GetLine(byte isaInterrupt)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        SourceOverride source = s_sources[isaInterrupt];
        if (!s_usesIoApics)
            return new InterruptLine(
                isaInterrupt,
                isaInterrupt,
                (byte)(LegacyController.FirstVector + isaInterrupt),
                LegacyController.IsMasked(isaInterrupt),
                SignalPolarity.ActiveHigh,
                SignalTrigger.Edge);
        RedirectionEntry entry = TryFindInput(source.GlobalInterrupt, out IoApic? apic, out int input)
            ? apic!.Get(input)
            : RedirectionEntry.Disabled;
        return new InterruptLine(isaInterrupt, source.GlobalInterrupt, entry.Vector, entry.IsMasked, source.Polarity, source.Trigger);
    }

    private static void SetMask(byte isaInterrupt, bool isMasked)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        if (!s_usesIoApics)
        {
            LegacyController.SetMask(isaInterrupt, isMasked);
            return;
        }

        if (!TryFindInput(s_sources[isaInterrupt].GlobalInterrupt, out IoApic? apic, out int input))
            return;
        RedirectionEntry entry = apic!.Get(input);
        // Without a vector it would raise an exception's.
        if (entry.Vector != 0)
            apic.Set(input, entry.WithMask(isMasked));
    }

    /// <summary>How a request is wired: as the firmware says, else as on every PC with an I/O APIC.</summary>
    private static SourceOverride FindSource(byte isaInterrupt)
    {
        if (s_madt is not null)
            return s_madt.Find(isaInterrupt);
        uint input = isaInterrupt == TimerRequest ? TimerInput : isaInterrupt;
        return new SourceOverride(isaInterrupt, input, SignalPolarity.ActiveHigh, SignalTrigger.Edge);
    }

    private static bool TryFindInput(uint globalInterrupt, out IoApic? owner, out int input)
    {
        foreach (IoApic apic in s_ioApics!)
            if (apic.Owns(globalInterrupt))
            {
                owner = apic;
                input = (int)(globalInterrupt - apic.FirstInterrupt);
                return true;
            }

        owner = null;
        input = 0;
        return false;
    }

    private static void OpenIoApics(List<IoApic> apics)
    {
        if (s_madt is null)
        {
            if (IoApic.TryOpen(new PhysicalAddress(IoApic.DefaultAddress), 0) is { } only)
                apics.Add(only);
            return;
        }

        foreach (IoApicEntry entry in s_madt.IoApics)
        {
            if (IoApic.TryOpen(entry.Address, entry.FirstInterrupt) is { } apic)
                apics.Add(apic);
            else
                Log.Warn($"irq: no I/O APIC at 0x{entry.Address.Value:x} where the firmware says one is");
        }
    }

    private static void ConnectNmiSources()
    {
        if (s_madt is null)
            return;
        foreach (NmiSourceEntry source in s_madt.NmiSources)
            if (TryFindInput(source.GlobalInterrupt, out IoApic? apic, out int input))
                apic!.Set(input, RedirectionEntry.CreateNmi(source.Polarity, source.Trigger, (byte)LocalApic.Id));
    }

    private static void Describe()
    {
        if (LocalApic.IsPresent)
            Log.Info($"irq: local APIC {LocalApic.Id} version 0x{LocalApic.Version:x}, {(LocalApic.IsExtended ? "x2APIC" : "xAPIC")}");
        if (!s_usesIoApics)
            Log.Info($"irq: 8259 controllers at vector 0x{LegacyController.FirstVector:x}");
        else
            foreach (IoApic apic in s_ioApics!)
                Log.Info($"irq: I/O APIC at 0x{apic.Address.Value:x}, {apic.InputCount} inputs from {apic.FirstInterrupt}");
    }
}
