using System;

namespace Kernel.Arch.X64;

/// <summary>CR0 (Intel SDM vol. 3, 2.5).</summary>
[Flags]
internal enum Cr0 : ulong
{
    MonitorCoprocessor = 1 << 1,
    TaskSwitched = 1 << 3,
    NumericError = 1 << 5,
    WriteProtect = 1 << 16,
    AlignmentMask = 1 << 18,
}

/// <summary>CR3 with CR4.PCIDE set (Intel SDM vol. 3, 4.5 and 4.10.4.1).</summary>
[Flags]
internal enum Cr3 : ulong
{
    /// <summary>The address-space id.</summary>
    SpaceId = 0xfff,

    /// <summary>When written: translations of the id stay in force. Reads as zero.</summary>
    KeepTranslations = 1UL << 63,
}

/// <summary>CR4 (Intel SDM vol. 3, 2.5).</summary>
[Flags]
internal enum Cr4 : ulong
{
    PageGlobalEnable = 1 << 7,
    OsFxsr = 1 << 9,
    OsXmmExceptions = 1 << 10,
    UserModeInstructionPrevention = 1 << 11,
    SpaceIdEnable = 1 << 17,
    MachineCheckEnable = 1 << 6,
    OsXsave = 1 << 18,
    SupervisorExecutePrevention = 1 << 20,
    SupervisorAccessPrevention = 1 << 21,
}

/// <summary>EFER (Intel SDM vol. 3, 2.2.1).</summary>
[Flags]
internal enum Efer : ulong
{
    SystemCallEnable = 1 << 0,
    NoExecuteEnable = 1 << 11,
}

/// <summary>RFLAGS (Intel SDM vol. 1, 3.4.3).</summary>
[Flags]
internal enum ProcessorFlags : ulong
{
    Reserved = 1 << 1,
    Trap = 1 << 8,
    InterruptEnable = 1 << 9,
    AlignmentCheck = 1 << 18,
}
