using System;
using System.Runtime;
using System.Text;
using Kernel.Arch.X64;
using Kernel.Drivers;

namespace Kernel.Diagnostics;

/// <summary>The parts of a panic's text. docs/serial-log.md promises their form to scripts.</summary>
internal static unsafe class PanicReport
{
    /// <summary>Writes one line, or a part of one, past every lock.</summary>
    public static void Write(ref Utf8Line line) => Log.WriteRaw(line.Text);

    /// <summary>Which exception, with its error code and, for memory faults, the address.</summary>
    public static void WriteException(ulong number, ulong errorCode)
    {
        var vector = (ExceptionVector)number;
        Write($"vector {number} ({ExceptionVectors.Name(vector)})");
        if (ExceptionVectors.HasErrorCode(vector))
            Write($", error code 0x{errorCode:x16}");
        if (vector is ExceptionVector.PageFault or ExceptionVector.DoubleFault)
            Write($", cr2 0x{Instructions.ReadCr2():x16}");
        Write($"\n");
    }

    /// <summary>The processor exception behind a C# exception, if it was thrown for one.</summary>
    public static void WriteFault(in ExceptionContext context)
    {
        Processor* processor = Processor.Current;
        if (processor->FaultAddress == context.Rip)
            WriteException(processor->FaultVector, processor->FaultErrorCode);
    }

    /// <summary>All registers of the code that failed, and the control registers as they are.</summary>
    public static void WriteRegisters(in ExceptionContext context, ulong cs, ulong ss)
    {
        Write($"rip 0x{context.Rip:x16} cs 0x{cs:x4} rflags 0x{context.Rflags:x16}\n");
        Write($"rsp 0x{context.Rsp:x16} ss 0x{ss:x4}\n");
        Write($"rax 0x{context.Rax:x16} rbx 0x{context.Rbx:x16} rcx 0x{context.Rcx:x16}\n");
        Write($"rdx 0x{context.Rdx:x16} rsi 0x{context.Rsi:x16} rdi 0x{context.Rdi:x16}\n");
        Write($"rbp 0x{context.Rbp:x16} r8  0x{context.R8:x16} r9  0x{context.R9:x16}\n");
        Write($"r10 0x{context.R10:x16} r11 0x{context.R11:x16} r12 0x{context.R12:x16}\n");
        Write($"r13 0x{context.R13:x16} r14 0x{context.R14:x16} r15 0x{context.R15:x16}\n");
        Write($"cr0 0x{Instructions.ReadCr0():x16} cr2 0x{Instructions.ReadCr2():x16}\n");
        Write($"cr3 0x{Instructions.ReadCr3():x16} cr4 0x{Instructions.ReadCr4():x16}\n");
    }
}
