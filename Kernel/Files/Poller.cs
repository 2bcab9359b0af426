using System;

namespace Kernel.Files;

/// <summary>Events of poll(2) and epoll(7).</summary>
[Flags]
internal enum PollEvents : uint
{
    None = 0,
    Input = 0x001,
    Priority = 0x002,
    Output = 0x004,
    Error = 0x008,
    HangUp = 0x010,
    Invalid = 0x020,
    NormalInput = 0x040,
    BandInput = 0x080,
    NormalOutput = 0x100,
    BandOutput = 0x200,
    ReadHangUp = 0x2000,

    Readable = Input | NormalInput,
    Writable = Output | NormalOutput,

    /// <summary>Of files that never make anybody wait.</summary>
    Always = Readable | Writable,
}
