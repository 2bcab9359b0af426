using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Arch.X64;
using Kernel.Drivers.Interrupts;

namespace Kernel.Diagnostics;

/// <summary>Takes processor exceptions on purpose: each ends in a panic that tests compare with what was provoked.</summary>
internal static unsafe class ExceptionTriggers
{
    /// <summary>What the error code of a replayed exception is, so that a report can be told from a zero.</summary>
    public const ulong ReplayedErrorCode = 0x5a;

    private const ushort TaskStateTooShort = 0x10;

    /// <summary>Raises an exception by making the processor do what causes it, or by replaying its frame where QEMU's processor can't.</summary>
    /// <returns>Only for a vector that isn't an exception of the processor.</returns>
    public static void Raise(byte vector)
    {
        switch ((ExceptionVector)vector)
        {
            case ExceptionVector.DivideError:
                DivideError();
                break;
            case ExceptionVector.Debug:
                Debug();
                break;
            case ExceptionVector.NonMaskableInterrupt:
                RaiseNonMaskable();
                break;
            case ExceptionVector.Breakpoint:
                Breakpoint();
                break;
            case ExceptionVector.Overflow:
                Overflow();
                break;
            case ExceptionVector.BoundRange:
                BoundRange();
                break;
            case ExceptionVector.InvalidOpcode:
                InvalidOpcode();
                break;
            case ExceptionVector.DeviceNotAvailable:
                DeviceNotAvailable();
                break;
            case ExceptionVector.DoubleFault:
                DoubleFault();
                break;
            case ExceptionVector.InvalidTaskState:
                RaiseInvalidTaskState();
                break;
            case ExceptionVector.SegmentNotPresent:
                LoadNotPresentSegment(Selector.NotPresent);
                break;
            case ExceptionVector.StackFault:
                LoadNotPresentStackSegment(Selector.NotPresent);
                break;
            case ExceptionVector.GeneralProtection:
                GeneralProtection();
                break;
            case ExceptionVector.PageFault:
                PageFault();
                break;
            case ExceptionVector.FloatingPoint:
                X87();
                break;
            case ExceptionVector.AlignmentCheck:
            case ExceptionVector.MachineCheck:
            case ExceptionVector.SimdFloatingPoint:
            case ExceptionVector.Virtualization:
            case ExceptionVector.ControlProtection:
            case ExceptionVector.HypervisorInjection:
            case ExceptionVector.VmmCommunication:
            case ExceptionVector.Security:
                Replay(
                    Instructions.TrapStubs() + vector * InterruptDescriptorTable.StubSize,
                    ReplayedErrorCode,
                    ExceptionVectors.HasErrorCode((ExceptionVector)vector) ? 1u : 0u);
                break;
        }
    }

    /// <summary>Calls itself until the stack's guard page stops it.</summary>
    [RuntimeImport("*", "recurse_without_end")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void OverflowStack(ulong depth);

    /// <summary>Sends itself a non-maskable interrupt; without a local controller its frame is replayed.</summary>
    private static void RaiseNonMaskable()
    {
        if (!LocalApic.IsPresent || !LocalApic.TrySendNonMaskableToSelf())
            Replay(Instructions.TrapStubs() + (byte)ExceptionVector.NonMaskableInterrupt * InterruptDescriptorTable.StubSize, 0, 0);
        // It arrives within a few instructions.
        for (int i = 0; i < 1000; i++)
            Instructions.Pause();
    }

    /// <summary>A task register too short for the interrupt-stack table, then a vector that uses the table.</summary>
    private static void RaiseInvalidTaskState()
    {
        Processor* processor = Processor.Current;
        processor->Gdt.SetTaskState(&processor->Tss, TaskStateTooShort);
        Instructions.LoadTaskRegister(Selector.TaskState);
        SoftwareInterruptThroughStackTable();
    }

    [RuntimeImport("*", "trigger_divide_error")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void DivideError();

    [RuntimeImport("*", "trigger_debug")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Debug();

    [RuntimeImport("*", "trigger_breakpoint")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Breakpoint();

    [RuntimeImport("*", "trigger_overflow")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Overflow();

    [RuntimeImport("*", "trigger_bound_range")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void BoundRange();

    [RuntimeImport("*", "trigger_invalid_opcode")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void InvalidOpcode();

    [RuntimeImport("*", "trigger_device_not_available")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void DeviceNotAvailable();

    [RuntimeImport("*", "trigger_double_fault")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void DoubleFault();

    [RuntimeImport("*", "trigger_invalid_task_state")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void SoftwareInterruptThroughStackTable();

    [RuntimeImport("*", "trigger_segment_not_present")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void LoadNotPresentSegment(ushort selector);

    [RuntimeImport("*", "trigger_stack_fault")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void LoadNotPresentStackSegment(ushort selector);

    [RuntimeImport("*", "trigger_general_protection")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void GeneralProtection();

    [RuntimeImport("*", "trigger_page_fault")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void PageFault();

    [RuntimeImport("*", "trigger_x87")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void X87();

    [RuntimeImport("*", "trigger_replay")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Replay(byte* stub, ulong errorCode, uint hasErrorCode);
}
