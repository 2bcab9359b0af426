using Kernel.Drivers.Acpi;
using Kernel.Mm;

namespace Kernel.Drivers.Interrupts;

/// <summary>This processor's local interrupt controller (Intel SDM vol. 3, chapter 12), in the mode that the firmware left.</summary>
/// <remarks>Allocates nothing and takes no locks; all but <see cref="Initialize"/> may be called from interrupt handlers.</remarks>
public static class LocalApic
{
    /// <summary>The vector of interrupts that turned out not to be; they need no end.</summary>
    public const byte SpuriousVector = 0xff;

    /// <summary>Where a processor's controller is unless the firmware moved it.</summary>
    public const ulong DefaultAddress = 0xfee0_0000;

    private const uint BaseMsr = 0x1b;
    private const ulong BaseEnable = 1UL << 11;
    private const ulong BaseExtended = 1UL << 10;
    private const ulong BaseAddressMask = 0x000f_ffff_ffff_f000;

    private const uint ExtendedFirstMsr = 0x800;
    private const uint ExtendedSelfIpiMsr = 0x83f;
    private const int ExtendedShift = 4;
    private const int RegisterBytes = 0x1000;

    private const uint SoftwareEnable = 1 << 8;
    private const uint Masked = 1 << 16;
    private const uint Periodic = 1 << 17;
    private const uint DeliverNmi = 4 << 8;
    private const uint DeliverExternal = 7 << 8;
    private const uint DivideByOne = 0b1011;
    private const uint LevelAssert = 1 << 14;
    private const uint SelfShorthand = 1 << 18;
    private const uint SendPending = 1 << 12;
    private const int DestinationShift = 24;
    private const int ExtendedDestinationShift = 32;
    private const int MaxSendPolls = 100_000;

    // External controllers (82489DX) have versions below; no 64-bit processor has one (12.4.8).
    private const byte FirstIntegratedVersion = 0x10;
    private const byte LastVersion = 0x1f;

    private static nint s_registers;
    private static bool s_isExtended;

    private enum Register : uint
    {
        Id = 0x20,
        Version = 0x30,
        TaskPriority = 0x80,
        EndOfInterrupt = 0xb0,
        SpuriousVector = 0xf0,
        ErrorStatus = 0x280,
        CommandLow = 0x300,
        CommandHigh = 0x310,
        Timer = 0x320,
        LocalInterrupt0 = 0x350,
        LocalInterrupt1 = 0x360,
        Error = 0x370,
        InitialCount = 0x380,
        CurrentCount = 0x390,
        DivideConfiguration = 0x3e0,
    }

    /// <summary>Whether there is one and it is in use.</summary>
    public static bool IsPresent { get; private set; }

    /// <summary>Whether it is used through processor registers (x2APIC), not through memory.</summary>
    public static bool IsExtended => s_isExtended;

    /// <summary>Its number, to which interrupts are directed.</summary>
    public static uint Id => s_isExtended ? Read(Register.Id) : Read(Register.Id) >> DestinationShift;

    /// <summary>Its version.</summary>
    public static byte Version => (byte)Read(Register.Version);

    /// <summary>What went wrong since the last call: the error status register (12.5.3).</summary>
    public static uint TakeErrors()
    {
        // A write latches what came up since the last write.
        Write(Register.ErrorStatus, 0);
        return Read(Register.ErrorStatus);
    }

    /// <summary>Puts the controller of this processor into operation, with the timer stopped and all local lines but NMI masked.</summary>
    /// <param name="madt">Says where it is and which line brings NMIs; null if the firmware doesn't.</param>
    /// <param name="passesLegacy">Whether the 8259 controllers' interrupts come through it.</param>
    /// <returns>False if there is none that works.</returns>
    internal static bool Initialize(Madt? madt, bool passesLegacy)
    {
        if (!ProcessorIdentity.HasLocalApic)
            return false;
        ulong state = ProcessorInstructions.ReadMsr(BaseMsr);
        if ((state & BaseEnable) == 0)
            return false;
        s_isExtended = (state & BaseExtended) != 0;
        // The processor's own register decides where it is: the table may be wrong, this can't.
        if (!s_isExtended)
            s_registers = DeviceMemory.Current.Map(new PhysicalAddress(state & BaseAddressMask), RegisterBytes, CachePolicy.Uncached);
        if ((!s_isExtended && s_registers == 0) || Version is < FirstIntegratedVersion or > LastVersion)
            return false;
        Write(Register.TaskPriority, 0);
        Write(Register.Timer, Masked);
        Write(Register.Error, Masked);
        Write(Register.LocalInterrupt0, passesLegacy ? DeliverExternal : Masked);
        Write(Register.LocalInterrupt1, Masked);
        ConnectNmi(madt);
        Write(Register.DivideConfiguration, DivideByOne);
        Write(Register.SpuriousVector, SoftwareEnable | SpuriousVector);
        Write(Register.EndOfInterrupt, 0);
        IsPresent = true;
        return true;
    }

    /// <summary>Ends the interrupt that is being served.</summary>
    public static void EndOfInterrupt() => Write(Register.EndOfInterrupt, 0);

    /// <summary>Sends this processor an interrupt.</summary>
    /// <param name="vector">From 16 on.</param>
    public static void SendToSelf(byte vector)
    {
        if (s_isExtended)
            ProcessorInstructions.WriteMsr(ExtendedSelfIpiMsr, vector);
        else
            Write(Register.CommandLow, SelfShorthand | LevelAssert | vector);
    }

    /// <summary>Sends this processor a non-maskable interrupt.</summary>
    /// <returns>False if there is no local controller or it doesn't send.</returns>
    public static bool TrySendNonMaskableToSelf()
    {
        if (!IsPresent)
            return false;
        // The shorthand "self" is for ordinary interrupts only (12.6.1).
        uint id = Id;
        if (s_isExtended)
        {
            ProcessorInstructions.WriteMsr(
                ExtendedFirstMsr + ((uint)Register.CommandLow >> ExtendedShift),
                ((ulong)id << ExtendedDestinationShift) | LevelAssert | DeliverNmi);
            return true;
        }

        Write(Register.CommandHigh, id << DestinationShift);
        Write(Register.CommandLow, LevelAssert | DeliverNmi);
        for (int i = 0; i < MaxSendPolls; i++)
            if ((Read(Register.CommandLow) & SendPending) == 0)
                return true;
        return false;
    }

    /// <summary>The timer interrupts once.</summary>
    /// <param name="vector">The interrupt's vector.</param>
    /// <param name="count">After so many ticks; not zero.</param>
    internal static void StartOneShot(byte vector, uint count)
    {
        Write(Register.Timer, vector);
        Write(Register.InitialCount, count);
    }

    /// <summary>The timer interrupts again and again.</summary>
    /// <param name="vector">The interrupt's vector.</param>
    /// <param name="count">Ticks between two interrupts; not zero.</param>
    internal static void StartPeriodic(byte vector, uint count)
    {
        Write(Register.Timer, Periodic | vector);
        Write(Register.InitialCount, count);
    }

    /// <summary>The timer counts down from its highest value, without interrupting.</summary>
    internal static void StartFreeRun()
    {
        Write(Register.Timer, Masked);
        Write(Register.InitialCount, uint.MaxValue);
    }

    /// <summary>Stops the timer.</summary>
    internal static void StopTimer()
    {
        Write(Register.Timer, Masked);
        Write(Register.InitialCount, 0);
    }

    /// <summary>What the timer still has to count, in ticks; 0 when it is stopped.</summary>
    internal static uint TimerCount => Read(Register.CurrentCount);

    private static void ConnectNmi(Madt? madt)
    {
        if (madt is null)
        {
            // As every PC is wired.
            Write(Register.LocalInterrupt1, DeliverNmi);
            return;
        }

        uint id = Id;
        foreach (LocalNmiEntry line in madt.LocalNmis)
            if (line.IsForAll || IsProcessor(madt, line.ProcessorId, id))
                Write(line.Pin == 0 ? Register.LocalInterrupt0 : Register.LocalInterrupt1, DeliverNmi);
    }

    private static bool IsProcessor(Madt madt, uint processorId, uint apicId)
    {
        foreach (LocalApicEntry processor in madt.LocalApics)
            if (processor.ProcessorId == processorId && processor.ApicId == apicId)
                return true;
        return false;
    }

    private static uint Read(Register register) => s_isExtended
        ? (uint)ProcessorInstructions.ReadMsr(ExtendedFirstMsr + ((uint)register >> ExtendedShift))
        : Mmio.Read32(s_registers + (nint)register);

    private static void Write(Register register, uint value)
    {
        if (s_isExtended)
            ProcessorInstructions.WriteMsr(ExtendedFirstMsr + ((uint)register >> ExtendedShift), value);
        else
            Mmio.Write32(s_registers + (nint)register, value);
    }
}
