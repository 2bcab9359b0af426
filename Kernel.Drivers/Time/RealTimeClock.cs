namespace Kernel.Drivers.Time;

/// <summary>The clock that runs on a battery. It is taken to keep UTC.</summary>
public static class RealTimeClock
{
    private const ushort IndexPort = 0x70;
    private const ushort DataPort = 0x71;

    private const byte SecondRegister = 0x0;
    private const byte MinuteRegister = 0x2;
    private const byte HourRegister = 0x4;
    private const byte DayRegister = 0x7;
    private const byte MonthRegister = 0x8;
    private const byte YearRegister = 0x9;
    private const byte StatusARegister = 0xa;
    private const byte StatusBRegister = 0xb;

    private const byte UpdateInProgress = 0x80;

    // An update takes up to 2.3 ms, an access to a port about a microsecond.
    private const int MaxPolls = 20_000;
    private const int MaxTries = 8;

    private static InterruptLock s_lock;

    /// <summary>Reads date and time.</summary>
    /// <param name="centuryIndex">Where the clock keeps the century, from the ACPI tables; 0 for nowhere.</param>
    /// <param name="time">In UTC, to the second.</param>
    /// <returns>False if there is no clock or it has no valid date.</returns>
    public static bool TryRead(byte centuryIndex, out CivilTime time)
    {
        using InterruptLock.Scope _ = s_lock.Enter();
        time = default;
        // An update between two registers shows in a second reading that differs.
        ClockRegisters last = default;
        for (int i = 0; i < MaxTries; i++)
        {
            if (!TryWaitForUpdate())
                return false;
            ClockRegisters registers = ReadRegisters(centuryIndex);
            if (i != 0 && registers == last)
                return registers.TryDecode(out time);
            last = registers;
        }

        return false;
    }

    private static bool TryWaitForUpdate()
    {
        for (int i = 0; i < MaxPolls; i++)
            if ((Read(StatusARegister) & UpdateInProgress) == 0)
                return true;
        return false;
    }

    private static ClockRegisters ReadRegisters(byte centuryIndex) => new(
        Read(SecondRegister),
        Read(MinuteRegister),
        Read(HourRegister),
        Read(DayRegister),
        Read(MonthRegister),
        Read(YearRegister),
        centuryIndex == 0 ? (byte)0 : Read(centuryIndex),
        Read(StatusBRegister));

    private static byte Read(byte register)
    {
        // The index's highest bit would block non-maskable interrupts.
        Port.Out8(IndexPort, register);
        return Port.In8(DataPort);
    }
}
