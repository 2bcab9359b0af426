using System;

namespace Kernel.Drivers.Serial;

/// <summary>Line status register (TI PC16550D, 8.6.3).</summary>
[Flags]
internal enum LineStatus : byte
{
    /// <summary>A received byte can be read.</summary>
    DataReady = 1 << 0,

    /// <summary>Bytes were lost because nobody read in time.</summary>
    OverrunError = 1 << 1,

    /// <summary>The byte to be read next had a wrong parity bit.</summary>
    ParityError = 1 << 2,

    /// <summary>The byte to be read next had no stop bit.</summary>
    FramingError = 1 << 3,

    /// <summary>The line was held low; a zero byte stands for that.</summary>
    Break = 1 << 4,

    /// <summary>The transmitter's FIFO is empty.</summary>
    TransmitterEmpty = 1 << 5,

    /// <summary>The byte to be read next is not what was sent.</summary>
    Damaged = ParityError | FramingError | Break,
}
