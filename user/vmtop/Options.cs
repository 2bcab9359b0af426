using System;

namespace User.VmTop;

/// <summary>What processes are sorted by.</summary>
internal enum Order
{
    /// <summary>Resident memory.</summary>
    Resident,

    /// <summary>Resident memory that others have too.</summary>
    Shared,

    /// <summary>Resident memory that nobody else has.</summary>
    Private,

    /// <summary>Page faults since the last look.</summary>
    Faults,

    /// <summary>Process number.</summary>
    Process,
}

/// <summary>The command line.</summary>
internal struct Options()
{
    /// <summary>How often to print; 0: live, until a key ends it.</summary>
    public int Count;

    /// <summary>Between two looks.</summary>
    public int Seconds = 2;

    /// <summary>What to sort by.</summary>
    public Order Order;

    /// <summary>Reads the program's arguments.</summary>
    public bool TryParse()
    {
        for (int index = 1; index < Arguments.Count; index += 2)
        {
            ReadOnlySpan<byte> value = Arguments.Get(index + 1);
            bool isKnown = Arguments.Get(index) switch
            {
                [(byte)'-', (byte)'n'] => TryNumber(value, out Count),
                [(byte)'-', (byte)'d'] => TryNumber(value, out Seconds),
                [(byte)'-', (byte)'s'] => TryOrder(value, out Order),
                _ => false,
            };
            if (!isKnown)
                return false;
        }
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out int number)
    {
        const ulong Largest = 1_000_000;
        ulong value = TextScanner.ParseNumber(text);
        number = (int)ulong.Min(value, Largest);
        return value is > 0 and <= Largest;
    }

    private static bool TryOrder(ReadOnlySpan<byte> text, out Order order)
    {
        if (text.SequenceEqual("rss"u8))
            order = Order.Resident;
        else if (text.SequenceEqual("shared"u8))
            order = Order.Shared;
        else if (text.SequenceEqual("private"u8))
            order = Order.Private;
        else if (text.SequenceEqual("faults"u8))
            order = Order.Faults;
        else
            order = Order.Process;
        return order != Order.Process || text.SequenceEqual("pid"u8);
    }
}
