using System;

namespace Kernel.Arch.X64;

/// <summary>The processor's exceptions (Intel SDM vol. 3, table 6-1; AMD64 vol. 2, table 8-1).</summary>
internal enum ExceptionVector : byte
{
    DivideError = 0,
    Debug = 1,
    NonMaskableInterrupt = 2,
    Breakpoint = 3,
    Overflow = 4,
    BoundRange = 5,
    InvalidOpcode = 6,
    DeviceNotAvailable = 7,
    DoubleFault = 8,
    InvalidTaskState = 10,
    SegmentNotPresent = 11,
    StackFault = 12,
    GeneralProtection = 13,
    PageFault = 14,
    FloatingPoint = 16,
    AlignmentCheck = 17,
    MachineCheck = 18,
    SimdFloatingPoint = 19,
    Virtualization = 20,
    ControlProtection = 21,
    HypervisorInjection = 28,
    VmmCommunication = 29,
    Security = 30,
}

internal static class ExceptionVectors
{
    /// <summary>Vectors below this are the processor's exceptions.</summary>
    public const int Count = 32;

    /// <summary>The exception's name in plain words.</summary>
    public static ReadOnlySpan<byte> Name(ExceptionVector vector) => vector switch
    {
        ExceptionVector.DivideError => "divide error"u8,
        ExceptionVector.Debug => "debug"u8,
        ExceptionVector.NonMaskableInterrupt => "non-maskable interrupt"u8,
        ExceptionVector.Breakpoint => "breakpoint"u8,
        ExceptionVector.Overflow => "overflow"u8,
        ExceptionVector.BoundRange => "bound range exceeded"u8,
        ExceptionVector.InvalidOpcode => "invalid opcode"u8,
        ExceptionVector.DeviceNotAvailable => "device not available"u8,
        ExceptionVector.DoubleFault => "double fault"u8,
        ExceptionVector.InvalidTaskState => "invalid task-state segment"u8,
        ExceptionVector.SegmentNotPresent => "segment not present"u8,
        ExceptionVector.StackFault => "stack fault"u8,
        ExceptionVector.GeneralProtection => "general protection"u8,
        ExceptionVector.PageFault => "page fault"u8,
        ExceptionVector.FloatingPoint => "x87 floating point"u8,
        ExceptionVector.AlignmentCheck => "alignment check"u8,
        ExceptionVector.MachineCheck => "machine check"u8,
        ExceptionVector.SimdFloatingPoint => "SIMD floating point"u8,
        ExceptionVector.Virtualization => "virtualization"u8,
        ExceptionVector.ControlProtection => "control protection"u8,
        ExceptionVector.HypervisorInjection => "hypervisor injection"u8,
        ExceptionVector.VmmCommunication => "VMM communication"u8,
        ExceptionVector.Security => "security"u8,
        _ => "reserved exception"u8,
    };

    /// <summary>Whether the processor pushes an error code.</summary>
    public static bool HasErrorCode(ExceptionVector vector) => vector is
        ExceptionVector.DoubleFault or ExceptionVector.InvalidTaskState or ExceptionVector.SegmentNotPresent
        or ExceptionVector.StackFault or ExceptionVector.GeneralProtection or ExceptionVector.PageFault
        or ExceptionVector.AlignmentCheck or ExceptionVector.ControlProtection or ExceptionVector.VmmCommunication
        or ExceptionVector.Security;
}
