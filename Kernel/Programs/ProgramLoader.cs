using System;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Boot;
using Kernel.Drivers;
using Kernel.Files;
using Kernel.Files.Proc;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Spaces;
using Kernel.Processes;
using Kernel.Randomness;

namespace Kernel.Programs;

/// <summary>Replaces the program of a process: execve.</summary>
/// <remarks>
/// Everything that can fail is done with a new address space beside the old one; only then are other threads ended and the
/// memory exchanged. Whatever fails before leaves the process as it was.
/// </remarks>
internal static unsafe class ProgramLoader
{
    private const int MaximumInterpreter = 256;
    private const uint KeepAddresses = 0x004_0000;
    private const ulong PositionIndependentBase = 0x5555_5555_4000;
    private const ulong InitialStackPages = 33;

    private const int ImageRandomBits = 28;
    private const int MapRandomBits = 28;
    private const int StackRandomBits = 22;
    private const int BreakRandomBits = 13;

    private const ulong MinimumStackGap = 128UL << 20;
    private const ulong LargestStackGap = VirtualMemory.UserEndAddress / 6 * 5;

    // A sixth of the stack's address space as in Linux: a quarter of the limit, at most three quarters of 8 MiB.
    private const ulong LargestArguments = 6UL << 20;
    private const ulong SmallestArguments = 128UL << 10;

    /// <summary>Lets the running thread's process run another program.</summary>
    /// <param name="file">The program.</param>
    /// <param name="programPath">Its path.</param>
    /// <param name="path">The path that was asked for: a script's, or the program's. The process is named after it.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="frame">The thread's registers: the program's on success.</param>
    /// <returns>What execve(2) says.</returns>
    public static Errno Execute(
        Inode file, ReadOnlySpan<byte> programPath, ReadOnlySpan<byte> path, ref ArgumentStrings arguments, ref ArgumentStrings environment, SystemCallFrame* frame)
    {
        Process process = Thread.Current.Process;
        ProcessMemory? memory = ProcessMemory.TryCreate();
        if (memory is null)
            return Errno.ENOMEM;
        Errno error = Prepare(process, memory, file, programPath, ref arguments, ref environment, out ulong entry);
        if (error == Errno.None)
            error = process.EndOtherThreads();
        if (error != Errno.None)
        {
            memory.Release();
            return error;
        }
        Commit(process, memory, path, entry, frame);
        return Errno.None;
    }

    private static Errno Prepare(
        Process process, ProcessMemory memory, Inode file, ReadOnlySpan<byte> path, ref ArgumentStrings arguments, ref ArgumentStrings environment,
        out ulong entry)
    {
        entry = 0;
        bool isRandom = !CommandLine.Has("norandmaps"u8) && SystemSettings.RandomizeAddresses != 0 && (process.Personality & KeepAddresses) == 0;
        ulong stackLimit = process.Limits[(int)Resource.Stack].Current;
        LayOut(memory, stackLimit, isRandom);
        Span<byte> interpreter = stackalloc byte[MaximumInterpreter];
        ulong bias = PositionIndependentBase + Random(isRandom, ImageRandomBits);
        Errno error = ElfFile.Load(memory.Space, file, bias, memory.MapTop, interpreter, out int interpreterLength, out LoadedElf program);
        if (error != Errno.None)
            return error;
        LoadedElf loader = default;
        if (interpreterLength > 0)
        {
            error = LoadInterpreter(process, memory, interpreter[..interpreterLength], out loader);
            if (error != Errno.None)
                return error;
        }
        memory.SetProgram(file);
        (memory.CodeStart, memory.CodeEnd, memory.DataStart, memory.DataEnd) = (program.CodeStart, program.CodeEnd, program.DataStart, program.DataEnd);
        memory.BreakStart = ((program.End + Page.OffsetMask) & ~Page.OffsetMask) + Random(isRandom, BreakRandomBits);
        memory.Break = memory.BreakStart;
        error = MapStack(memory, program.WantsExecutableStack);
        if (error != Errno.None)
            return error;
        ulong limit = Math.Clamp(stackLimit / 4, SmallestArguments, LargestArguments);
        memory.Space.Limits = memory.Space.Limits with { Stack = stackLimit == ResourceLimit.Unlimited ? ulong.MaxValue : stackLimit >> Page.Shift };
        entry = interpreterLength > 0 ? loader.Entry : program.Entry;
        return InitialStack.Build(memory, path, ref arguments, ref environment, program, interpreterLength > 0 ? loader.Bias : 0, process.User, limit);
    }

    private static Errno LoadInterpreter(Process process, ProcessMemory memory, ReadOnlySpan<byte> path, out LoadedElf loader)
    {
        loader = default;
        Errno error = FileLookup.OpenProgram(process, path, out Inode? file);
        if (error != Errno.None)
            return error;
        Span<byte> none = stackalloc byte[MaximumInterpreter];
        error = ElfFile.Load(memory.Space, file!, 0, memory.MapTop, none, out int _, out loader);
        file!.ReleaseProgram();
        return error == Errno.ENOEXEC ? Errno.ELIBBAD : error;
    }

    /// <summary>Chooses the zones of stack and mappings.</summary>
    private static void LayOut(ProcessMemory memory, ulong stackLimit, bool isRandom)
    {
        memory.StackTop = VirtualMemory.UserEndAddress - Random(isRandom, StackRandomBits);
        ulong gap = Math.Clamp(stackLimit, MinimumStackGap, LargestStackGap);
        gap += AddressSpace.StackGuardPages << Page.Shift;
        memory.MapTop = (memory.StackTop - gap - Random(isRandom, MapRandomBits)) & ~Page.OffsetMask;
    }

    private static Errno MapStack(ProcessMemory memory, bool isExecutable)
    {
        Protection protection = Protection.Read | Protection.Write | Protection.User | (isExecutable ? Protection.Execute : 0);
        var request = new MapRequest(InitialStackPages, protection)
        {
            Placement = Placement.Fixed,
            Address = new VirtualAddress(memory.StackTop - (InitialStackPages << Page.Shift)),
            Flags = VAreaFlags.Private | VAreaFlags.GrowsDown,
        };
        return memory.Space.Map(request, out VirtualAddress _).ToErrno();
    }

    /// <summary>A random number of pages, in bytes.</summary>
    private static ulong Random(bool isRandom, int bits) => isRandom ? (KernelRandom.Next() & ((1UL << bits) - 1)) << Page.Shift : 0;

    /// <summary>Nothing fails from here on.</summary>
    private static void Commit(Process process, ProcessMemory memory, ReadOnlySpan<byte> path, ulong entry, SystemCallFrame* frame)
    {
        Thread thread = Thread.Current;
        ProcessMemory? old = process.Memory;
        RobustFutexes.Release(thread);
        thread.ClearOnExit = 0;
        thread.Sequences = default;
        process.Memory = memory;
        memory.Space.Load();
        old?.Release();
        process.ReleaseParent();
        process.HasExecuted = true;
        process.ExitSignal = Signal.SIGCHLD;
        process.TakeOwnActions();
        process.Files.CloseOnExecute();
        SystemCalls.IdentityCalls.ApplyLimits(process);
        thread.SetName(path[(path.LastIndexOf((byte)'/') + 1)..]);
        thread.SignalStack = default;
        (thread.FsBase, thread.GsBase) = (0, 0);
        ThreadSwitch.SetUserBases(0, 0);
        FloatingPoint.Reset(thread.FloatingPoint);
        FloatingPoint.Restore(thread.FloatingPoint);
        *frame = default;
        frame->Registers.Vector = SystemCallFrame.Vector;
        frame->Registers.ErrorCode = SystemCallFrame.NoCall;
        frame->Registers.Cs = Selector.UserCode;
        frame->Registers.Ss = Selector.UserData;
        frame->Registers.Rflags = Thread.UserFlags;
        frame->Registers.Rip = entry;
        frame->Registers.Rsp = memory.StackStart;
        Processor.Current->ReturnWork |= (byte)ReturnWorkBits.FrameChanged;
    }
}
