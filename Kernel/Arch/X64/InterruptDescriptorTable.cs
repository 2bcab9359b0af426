using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernel.Arch.X64;

/// <summary>The gates of all 256 vectors, one table for all processors (Intel SDM vol. 3, 6.14.1).</summary>
internal static unsafe class InterruptDescriptorTable
{
    private const int Vectors = 256;
    /// <summary>Distance between the stubs of two vectors, in bytes (Traps.S).</summary>
    public const int StubSize = 16;

    private const byte PresentInterruptGate = 0x8e;
    private const byte UserMayCall = 3 << 5;

    private static GateStorage s_gates;

    /// <summary>Points every vector to its stub and loads the table. Interrupts stay as they are.</summary>
    public static void Initialize()
    {
        byte* stubs = Instructions.TrapStubs();
        for (int vector = 0; vector < Vectors; vector++)
            s_gates[vector] = new Gate((ulong)(stubs + vector * StubSize), StackFor((ExceptionVector)vector), AccessFor((ExceptionVector)vector));
        Load();
    }

    /// <summary>Loads the table on the running processor.</summary>
    public static void Load()
    {
        fixed (GateStorage* gates = &s_gates)
        {
            var pointer = new DescriptorTablePointer((ushort)(sizeof(GateStorage) - 1), (ulong)gates);
            Instructions.LoadIdt(&pointer);
        }
    }

    private static InterruptStack StackFor(ExceptionVector vector) => vector switch
    {
        ExceptionVector.DoubleFault => InterruptStack.DoubleFault,
        ExceptionVector.NonMaskableInterrupt => InterruptStack.NonMaskable,
        ExceptionVector.MachineCheck => InterruptStack.MachineCheck,
        _ => InterruptStack.None,
    };

    private static byte AccessFor(ExceptionVector vector) =>
        vector is ExceptionVector.Breakpoint or ExceptionVector.Overflow
            ? (byte)(PresentInterruptGate | UserMayCall)
            : PresentInterruptGate;

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Gate(ulong target, InterruptStack stack, byte access)
    {
        private readonly ushort _targetLow = (ushort)target;
        private readonly ushort _selector = Selector.KernelCode;
        private readonly byte _stack = (byte)stack;
        private readonly byte _access = access;
        private readonly ushort _targetMiddle = (ushort)(target >> 16);
        private readonly uint _targetHigh = (uint)(target >> 32);
        private readonly uint _reserved = 0;
    }

    [InlineArray(Vectors)]
    private struct GateStorage
    {
        private Gate _first;
    }
}
