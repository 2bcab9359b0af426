using Kernel.Drivers.Time;

namespace Kernel.Drivers.Acpi;

/// <summary>Switches the machine off or resets it.</summary>
/// <remarks>To be called with interrupts off. Takes no locks, so it can be used by a panic.</remarks>
public static class Power
{
    // Power-management control register (ACPI 6.5, 4.8.3.2.1).
    private const ushort SystemControlEnable = 1;
    private const int SleepTypeShift = 10;
    private const ushort SleepTypeMask = 7 << SleepTypeShift;
    private const ushort SleepEnable = 1 << 13;

    // The reset control register of PC chipsets: a full reset is asked for first, then done.
    private const ushort ResetControlPort = 0xcf9;
    private const byte FullReset = 0x02;
    private const byte DoReset = 0x04;

    private const ushort KeyboardCommandPort = 0x64;
    private const byte KeyboardInputFull = 2;
    private const byte PulseResetLine = 0xfe;

    private const ulong PatienceNanoseconds = 50_000_000;
    private const int MaxPolls = 100_000;

    /// <summary>Switches the machine off through ACPI.</summary>
    /// <remarks>Returns only if that doesn't work, which then is in the log.</remarks>
    public static void Off()
    {
        ref readonly Fadt fadt = ref AcpiTables.Fadt;
        if (!fadt.ControlA.IsPresent || !AcpiTables.TryFindSleepPackage(out SleepPackage sleep))
        {
            Log.Warn($"power: the firmware describes no way to switch off");
            return;
        }

        EnterAcpiMode(fadt);
        Sleep(fadt.ControlA, sleep.TypeA);
        if (fadt.ControlB.IsPresent)
            Sleep(fadt.ControlB, sleep.TypeB);
        Wait();
        Log.Warn($"power: the machine did not switch off");
    }

    /// <summary>Resets the machine, by the first way that works.</summary>
    /// <remarks>Returns only if none does.</remarks>
    public static void Reset()
    {
        ref readonly Fadt fadt = ref AcpiTables.Fadt;
        if (fadt.ResetRegister.IsPresent && fadt.ResetRegister.TryWrite(fadt.ResetValue))
            Wait();
        Port.Out8(ResetControlPort, FullReset);
        Port.Out8(ResetControlPort, FullReset | DoReset);
        Wait();
        for (int i = 0; i < MaxPolls && (Port.In8(KeyboardCommandPort) & KeyboardInputFull) != 0; i++)
        {
            // A controller that never empties its input must not keep us from trying.
        }

        Port.Out8(KeyboardCommandPort, PulseResetLine);
        Wait();
    }

    /// <summary>Takes power management over from the firmware, if that still has it.</summary>
    private static void EnterAcpiMode(in Fadt fadt)
    {
        if (fadt.CommandPort == 0 || fadt.EnableValue == 0 || (fadt.ControlA.ReadPort() & SystemControlEnable) != 0)
            return;
        Port.Out8(fadt.CommandPort, fadt.EnableValue);
        for (int i = 0; i < MaxPolls && (fadt.ControlA.ReadPort() & SystemControlEnable) == 0; i++)
        {
            // The firmware does it in its own time.
        }
    }

    private static void Sleep(in GenericAddress control, byte type)
    {
        uint value = (control.ReadPort() & ~(uint)(SleepTypeMask | SleepEnable)) | ((uint)type << SleepTypeShift);
        control.TryWrite(value);
        control.TryWrite(value | SleepEnable);
    }

    /// <summary>Gives the hardware time to act.</summary>
    private static void Wait()
    {
        ulong end = Clock.Nanoseconds + PatienceNanoseconds;
        for (int i = 0; i < MaxPolls && Clock.Nanoseconds < end; i++)
            Port.In8(KeyboardCommandPort);
    }
}
