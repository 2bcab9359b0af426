using System.Runtime.CompilerServices;
using Kernel.Arch.X64;
using Kernel.Memory;

namespace Kernel.Processes;

/// <summary>What a thread is doing.</summary>
internal enum ThreadState : byte
{
    /// <summary>Running, or in a run queue.</summary>
    Runnable = 0,

    /// <summary>Waiting, or about to.</summary>
    Sleeping,

    /// <summary>As <see cref="Sleeping"/>, and no signal ends it.</summary>
    SleepingDeeply,

    /// <summary>Stopped by a signal (job control).</summary>
    Stopped,

    /// <summary>It will never run again.</summary>
    Dead,
}

/// <summary>
/// A flow of execution: a kernel stack, and for a thread of a process the registers of user mode at the stack's top.
/// </summary>
/// <remarks>
/// <para>Lives in a pool and never moves. Split by subject: Thread.Signals.cs has what signals need.</para>
/// <para>The scheduler's lock guards <see cref="State"/> and the links; the rest belongs to the thread itself unless said otherwise.</para>
/// </remarks>
internal sealed unsafe partial class Thread
{
    /// <summary>Longest name with its final zero, in bytes.</summary>
    public const int NameSize = 16;

    /// <summary>RFLAGS of a new program.</summary>
    public const ulong UserFlags = (ulong)(ProcessorFlags.Reserved | ProcessorFlags.InterruptEnable);

    /// <summary>Where it stood when it was switched away from; Arch/X64/SystemCalls.S.</summary>
    internal nuint SavedStack;

    internal Thread? NextInQueue, PreviousInQueue;
    internal TimerNode SleepTimer;
    internal WaitResult SleepResult;
    internal bool IsOnProcessor;

    /// <summary>Ticks of the timestamp counter that it ran, without the time since <see cref="SwitchedInAt"/>.</summary>
    internal ulong RunTicks, SwitchedInAt;

    /// <summary>All that it ran, in ticks of the timestamp counter.</summary>
    public ulong TotalRunTicks => RunTicks + (IsOnProcessor ? Instructions.ReadTimestamp() - SwitchedInAt : 0);

    private ulong _stackTop;
    private ThreadName _name;

    /// <summary>The thread that runs on this processor.</summary>
    public static Thread Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => FromHandle(Processor.Current->Thread);
    }

    /// <summary>Its number, unique among threads and processes; a process has its first thread's. Zero for kernel threads.</summary>
    public int Id { get; internal set; }

    /// <summary>The process whose memory it uses. Only threads of the kernel itself have none; ask <see cref="IsKernel"/>.</summary>
    public Process Process { get; internal set; } = null!;

    /// <summary>Whether it never runs in user mode.</summary>
    public bool IsKernel => Process is null;

    /// <summary>What it does.</summary>
    public ThreadState State { get; internal set; }

    /// <summary>The next of its process's threads.</summary>
    internal Thread? NextOfProcess { get; set; }

    /// <summary>The user's FS and GS bases, as the thread last set them.</summary>
    public ulong FsBase, GsBase;

    /// <summary>Where a zero is stored and a waiter woken when the thread ends (set_tid_address); zero for nowhere.</summary>
    public ulong ClearOnExit;

    /// <summary>Head of the list of robust futexes in user memory; zero for none.</summary>
    public ulong RobustList;

    /// <summary>Its area for restartable sequences.</summary>
    public RestartableArea Sequences;

    /// <summary>Where a page fault that could not be resolved happened, and why; until the trap is dealt with.</summary>
    public ulong FaultAddress;

    /// <summary>See <see cref="FaultAddress"/>.</summary>
    public Mm.Spaces.FaultResult FaultResult;

    /// <summary>The object's address, for unmanaged structures: pooled objects never move.</summary>
    public nint Handle
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ObjectHandle.Of(this);
    }

    /// <summary>The thread at an address that <see cref="Handle"/> gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Thread FromHandle(nint handle) => ObjectHandle.To<Thread>(handle);

    /// <summary>The x87, SSE and AVX registers while it doesn't run: above the frame.</summary>
    public byte* FloatingPoint => (byte*)(_stackTop - (ulong)Arch.X64.FloatingPoint.AreaSize);

    /// <summary>Where a system call or a trap from user mode starts the kernel stack.</summary>
    public ulong FrameEnd => _stackTop - (ulong)Arch.X64.FloatingPoint.AreaSize;

    /// <summary>The registers of user mode, while it is in the kernel.</summary>
    public SystemCallFrame* Frame => (SystemCallFrame*)(FrameEnd - (ulong)sizeof(SystemCallFrame));

    /// <summary>Its name.</summary>
    public System.ReadOnlySpan<byte> Name => _name.Text;

    /// <summary>Sets the name; what doesn't fit is cut.</summary>
    public void SetName(System.ReadOnlySpan<byte> name) => _name.Text = name;

    /// <summary>Gives it a kernel stack whose first switch goes to user mode with <see cref="Frame"/>.</summary>
    /// <returns>False when memory has run out.</returns>
    public bool TryCreateStack()
    {
        _stackTop = KernelStacks.TryTake().Value;
        if (_stackTop == 0)
            return false;
        PrepareStart(0);
        Arch.X64.FloatingPoint.Reset(FloatingPoint);
        *Frame = default;
        Frame->Registers.Vector = SystemCallFrame.Vector;
        Frame->Registers.Cs = Selector.UserCode;
        Frame->Registers.Ss = Selector.UserData;
        Frame->Registers.Rflags = UserFlags;
        return true;
    }

    /// <summary>Lets a thread that has not run yet call a function before it goes to user mode with <see cref="Frame"/>.</summary>
    public void PrepareKernelStart(delegate*<void> function) => PrepareStart((ulong)function);

    /// <summary>Gives the kernel stack back. The thread is dead and doesn't run on it.</summary>
    public void ReleaseStack()
    {
        if (_stackTop != 0)
            KernelStacks.Return(new Mm.VirtualAddress(_stackTop));
        _stackTop = 0;
    }

    /// <summary>Makes the thread that runs already, on a stack that is never given back, a thread like others.</summary>
    internal void AdoptBootStack()
    {
        _stackTop = 0;
        IsOnProcessor = true;
        Processor.Current->Thread = Handle;
    }

    /// <summary>What thread_switch takes from a stack: six registers and a return address; rbx is the function.</summary>
    private void PrepareStart(ulong function)
    {
        ulong* stack = (ulong*)Frame;
        *--stack = (ulong)ThreadSwitch.StartAddress;
        *--stack = function;
        for (int register = 0; register < ThreadSwitch.KeptRegisters - 1; register++)
            *--stack = 0;
        SavedStack = (nuint)stack;
    }
}

/// <summary>The name of a thread.</summary>
[InlineArray(Thread.NameSize)]
internal struct ThreadName
{
    private byte _first;

    /// <summary>The bytes up to the first zero. What is set is cut if it doesn't fit.</summary>
    public System.ReadOnlySpan<byte> Text
    {
        [System.Diagnostics.CodeAnalysis.UnscopedRef]
        get
        {
            System.ReadOnlySpan<byte> all = this;
            int end = System.MemoryExtensions.IndexOf(all, (byte)0);
            return end < 0 ? all : all[..end];
        }

        set
        {
            ThreadName name = default;
            System.Span<byte> all = name;
            value[..System.Math.Min(value.Length, Thread.NameSize - 1)].CopyTo(all);
            this = name;
        }
    }
}
