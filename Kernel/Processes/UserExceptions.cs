using Kernel.Arch.X64;
using Kernel.Memory;
using Kernel.Mm.Spaces;

namespace Kernel.Processes;

/// <summary>Processor exceptions of user mode become signals.</summary>
internal static unsafe class UserExceptions
{
    /// <summary>In the error code of a page fault.</summary>
    private const ulong PresentBit = 1;

    /// <summary>Deals with an exception that user mode raised; interrupts are off. The signal is taken on the way back.</summary>
    public static void Handle(ExceptionVector vector, TrapFrame* frame)
    {
        Thread thread = Thread.Current;
        thread.LastTrap = (ulong)vector;
        thread.LastError = frame->ErrorCode;
        if (vector == ExceptionVector.PageFault)
        {
            HandlePageFault(thread, frame);
            return;
        }
        SignalInfo info = vector switch
        {
            ExceptionVector.DivideError => SignalInfo.Of(Signal.SIGFPE, SignalCode.IntegerDivision),
            ExceptionVector.FloatingPoint or ExceptionVector.SimdFloatingPoint => SignalInfo.Of(Signal.SIGFPE, SignalCode.FloatingInvalid),
            ExceptionVector.Debug => SignalInfo.Of(Signal.SIGTRAP, SignalCode.TraceTrap),
            ExceptionVector.Breakpoint => SignalInfo.Of(Signal.SIGTRAP, SignalCode.Kernel),
            ExceptionVector.InvalidOpcode => SignalInfo.Of(Signal.SIGILL, SignalCode.IllegalOperation),
            ExceptionVector.StackFault or ExceptionVector.AlignmentCheck => SignalInfo.Of(Signal.SIGBUS, SignalCode.Kernel),
            _ => SignalInfo.Of(Signal.SIGSEGV, SignalCode.Kernel),
        };
        if (vector is ExceptionVector.DivideError or ExceptionVector.InvalidOpcode or ExceptionVector.FloatingPoint
            or ExceptionVector.SimdFloatingPoint or ExceptionVector.Debug)
            info.Address = frame->Rip;
        Signals.Force(info);
    }

    private static void HandlePageFault(Thread thread, TrapFrame* frame)
    {
        thread.LastFaultAddress = thread.FaultAddress;
        // Nobody learns what is mapped in the kernel's half.
        if (thread.FaultAddress >= UserMemory.End)
            thread.LastError |= PresentBit;
        switch (thread.FaultResult)
        {
            case FaultResult.OutOfMemory:
                OutOfMemory.Relieve(thread);
                break;
            case FaultResult.Corrupt:
                Diagnostics.Panic.Raise("reserved bit set in a page-table entry", frame);
                break;
            case FaultResult.BusError:
                Signals.Force(SignalInfo.Of(Signal.SIGBUS, SignalCode.BusAddress) with { Address = thread.FaultAddress });
                break;
            case FaultResult.NotAllowed:
                Signals.Force(SignalInfo.Of(Signal.SIGSEGV, SignalCode.NotAllowed) with { Address = thread.FaultAddress });
                break;
            default:
                Signals.Force(SignalInfo.Of(Signal.SIGSEGV, SignalCode.NotMapped) with { Address = thread.FaultAddress });
                break;
        }
    }
}
