using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernel.Arch.X64;

/// <summary>The operand of LGDT and LIDT (Intel SDM vol. 3, 2.4).</summary>
/// <param name="limit">Size of the table in bytes, less one.</param>
/// <param name="address">Its first byte.</param>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal readonly struct DescriptorTablePointer(ushort limit, ulong address)
{
    private readonly ushort _limit = limit;
    private readonly ulong _address = address;
}

/// <summary>Segment selectors; their order is what SYSRET wants (Intel SDM vol. 2, SYSRET).</summary>
internal static class Selector
{
    public const ushort KernelCode = 0x08;
    public const ushort KernelData = 0x10;
    public const ushort UserData = 0x20 | UserRing;
    public const ushort UserCode = 0x28 | UserRing;
    public const ushort TaskState = 0x30;

    /// <summary>A descriptor whose present bit is clear, for tests of vector 11.</summary>
    public const ushort NotPresent = 0x40;

    private const ushort UserRing = 3;
}

/// <summary>The segment descriptors of one processor (Intel SDM vol. 3, 3.4.5 and 7.2.3).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GlobalDescriptorTable
{
    private const int Entries = 9;
    private const ulong Code64 = 0x00af_9b00_0000_ffff;
    private const ulong Data = 0x00cf_9300_0000_ffff;
    private const ulong RingThree = 3UL << 45;
    private const ulong Present = 1UL << 47;
    private const ulong AvailableTaskState = 0x89UL << 40;

    private fixed ulong _entries[Entries];

    /// <summary>Fills the table.</summary>
    /// <param name="tss">The processor's task-state segment; stays where it is.</param>
    public void Initialize(TaskStateSegment* tss)
    {
        _entries[Selector.KernelCode >> 3] = Code64;
        _entries[Selector.KernelData >> 3] = Data;
        _entries[Selector.UserData >> 3] = Data | RingThree;
        _entries[Selector.UserCode >> 3] = Code64 | RingThree;
        _entries[Selector.NotPresent >> 3] = Data & ~Present;
        SetTaskState(tss, (ushort)(sizeof(TaskStateSegment) - 1));
    }

    /// <summary>Points the task-state descriptor to a segment of a given limit and marks it available.</summary>
    public void SetTaskState(TaskStateSegment* tss, ushort limit)
    {
        ulong address = (ulong)tss;
        _entries[Selector.TaskState >> 3] = limit | (address & 0xff_ffff) << 16 | AvailableTaskState | (address >> 24 & 0xff) << 56;
        _entries[(Selector.TaskState >> 3) + 1] = address >> 32;
    }

    /// <summary>Loads the table, all segment registers and the task register.</summary>
    public void Load()
    {
        fixed (ulong* first = _entries)
        {
            var pointer = new DescriptorTablePointer(Entries * sizeof(ulong) - 1, (ulong)first);
            Instructions.LoadGdt(&pointer, Selector.KernelCode, Selector.KernelData);
        }
        Instructions.LoadTaskRegister(Selector.TaskState);
    }
}

/// <summary>Stacks that the processor switches to in an interrupt-stack-table slot, counted from one.</summary>
internal enum InterruptStack : byte
{
    /// <summary>Stay on the stack that is in use (from user mode: the ring-0 stack).</summary>
    None = 0,

    DoubleFault = 1,
    NonMaskable = 2,
    MachineCheck = 3,
}

/// <summary>The 64-bit task-state segment (Intel SDM vol. 3, 7.7).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal unsafe struct TaskStateSegment
{
    /// <summary>Size of each stack of the interrupt-stack table, in bytes.</summary>
    public const int StackSize = 4 * 4096;

    private uint _reserved0;
    private fixed ulong _ringStacks[3];
    private ulong _reserved1;
    private fixed ulong _interruptStacks[7];
    private ulong _reserved2;
    private ushort _reserved3;
    private ushort _ioMapBase;

    /// <summary>No I/O permissions; no stacks yet.</summary>
    public void Initialize() => _ioMapBase = (ushort)sizeof(TaskStateSegment);

    /// <summary>Sets the stack for ring 0.</summary>
    public void SetKernelStack(ulong top) => _ringStacks[0] = top;

    /// <summary>The top of an interrupt stack.</summary>
    public readonly ulong InterruptStackTop(InterruptStack stack) => _interruptStacks[(int)stack - 1];

    /// <summary>Sets the top of an interrupt stack; 16-byte aligned.</summary>
    public void SetInterruptStack(InterruptStack stack, ulong top) => _interruptStacks[(int)stack - 1] = top;
}
