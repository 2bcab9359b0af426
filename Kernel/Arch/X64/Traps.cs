using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Diagnostics;
using Kernel.Drivers;
using Kernel.Memory;
using Kernel.Mm;

namespace Kernel.Arch.X64;

/// <summary>Interrupt vectors above the processor's exceptions.</summary>
internal static class InterruptVector
{
    /// <summary>First of 16 vectors that the legacy controllers are moved to, where only spurious interrupts may arrive.</summary>
    public const byte LegacyBase = 0x20;

    /// <summary>Keyboard.</summary>
    public const byte Keyboard = 0x31;

    /// <summary>First serial port.</summary>
    public const byte Serial = 0x34;

    /// <summary>The timer.</summary>
    public const byte Timer = 0x40;

    /// <summary>Raised by software alone: <see cref="Panic.Fail"/>.</summary>
    public const byte PanicTrap = 0xfd;

    /// <summary>The local controller's spurious interrupt.</summary>
    public const byte Spurious = 0xff;
}

/// <summary>Where every exception and interrupt arrives from its stub (Traps.S), with interrupts off.</summary>
internal static unsafe class Traps
{
    private const int Vectors = 256;

    /// <summary>Addresses below this are taken for a null reference with a field's offset added.</summary>
    private const ulong NullReferenceEnd = 64 * 1024;

    private static HandlerTable s_handlers;
    private static CountTable s_counts;

    /// <summary>How often a vector was taken, on all processors.</summary>
    public static ulong CountOf(byte vector) => s_counts[vector];

    /// <summary>Counts a page fault that the common dispatch doesn't see.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CountPageFault() => s_counts[(int)ExceptionVector.PageFault]++;

    /// <summary>Where the count of a vector is, for code that watches it without calling anything.</summary>
    public static ulong* CountAddress(byte vector) => (ulong*)Unsafe.AsPointer(ref s_counts[vector]);

    /// <summary>Sets what runs for a vector, with interrupts off, on the interrupted stack.</summary>
    public static void SetHandler(byte vector, delegate*<TrapFrame*, void> handler) => s_handlers[vector] = (nint)handler;

    [RuntimeExport("trap_dispatch")]
    private static void Dispatch(TrapFrame* frame)
    {
        byte vector = (byte)frame->Vector;
        s_counts[vector]++;
        var handler = (delegate*<TrapFrame*, void>)s_handlers[vector];
        if (handler != null)
            handler(frame);
        else if (vector < ExceptionVectors.Count)
            HandleException((ExceptionVector)vector, frame);
        else if (vector == InterruptVector.PanicTrap)
            Panic.HandleTrap(frame);
        else
            Log.Warn($"interrupt {vector} has no handler");
    }

    private static void HandleException(ExceptionVector vector, TrapFrame* frame)
    {
        if (frame->FromUser && !IsAboutTheMachine(vector))
        {
            Processes.UserExceptions.Handle(vector, frame);
            return;
        }
        ulong address = vector == ExceptionVector.PageFault ? Instructions.ReadCr2() : 0;
        if (!frame->FromUser && ExceptionDispatch.IsCompiledCode(frame->Rip))
        {
            if (vector == ExceptionVector.PageFault && address < NullReferenceEnd)
                Throw(new NullReferenceException(), frame);
            if (vector == ExceptionVector.DivideError)
                Throw(new DivideByZeroException(), frame);
        }
        Panic.Raise(Explain(vector, frame, address), frame);
    }

    /// <summary>Whether an exception says nothing about the program that was interrupted.</summary>
    private static bool IsAboutTheMachine(ExceptionVector vector) =>
        vector is ExceptionVector.NonMaskableInterrupt or ExceptionVector.DoubleFault or ExceptionVector.MachineCheck;

    /// <summary>Throws at the interrupted instruction, with interrupts as they were there.</summary>
    [DoesNotReturn]
    private static void Throw(Exception exception, TrapFrame* frame)
    {
        Processor* processor = Processor.Current;
        processor->FaultAddress = frame->Rip;
        processor->FaultVector = frame->Vector;
        processor->FaultErrorCode = frame->ErrorCode;
        if ((frame->Rflags & (ulong)ProcessorFlags.InterruptEnable) != 0)
            Instructions.EnableInterrupts();
        ExceptionDispatch.ThrowFromFault(exception, frame->ToContext());
    }

    /// <summary>What a person wants to know first.</summary>
    private static string Explain(ExceptionVector vector, TrapFrame* frame, ulong address)
    {
        if (vector == ExceptionVector.DoubleFault && KernelStacks.IsGuard(new VirtualAddress(Instructions.ReadCr2())))
            return "kernel stack overflow";
        if (vector == ExceptionVector.PageFault)
        {
            var error = (PageFaultError)frame->ErrorCode;
            if ((error & PageFaultError.ReservedBit) != 0)
                return "reserved bit set in a page-table entry";
            if ((error & PageFaultError.Fetch) != 0)
                return "instruction fetch from memory that is not code";
            if (address < NullReferenceEnd)
                return "null pointer in native code";
            return (error & PageFaultError.Write) != 0 ? "write to memory that does not allow it" : "read of memory that is not mapped";
        }
        return "unexpected processor exception";
    }

    [InlineArray(Vectors)]
    private struct HandlerTable
    {
        private nint _first;
    }

    [InlineArray(Vectors)]
    private struct CountTable
    {
        private ulong _first;
    }
}
