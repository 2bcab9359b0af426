using System.Runtime.CompilerServices;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Memory;

namespace Kernel.Processes;

/// <content>Entering a handler, and what it returns to.</content>
internal static unsafe partial class Signals
{
    /// <summary>Bytes below a function's stack pointer that it may use (System V ABI for x86-64).</summary>
    private const ulong RedZone = 128;

    private const ulong StackAlignment = 16;
    private const ulong AreaAlignment = 64;

    /// <summary>RFLAGS that a handler starts without: direction, resume, trap.</summary>
    private const ulong ClearedFlags = 1 << 10 | 1 << 16 | 1 << 8;

    /// <summary>RFLAGS that a program may set by returning from a handler: the arithmetic ones, direction, trap, overflow, alignment check.</summary>
    private const ulong UserSettableFlags = 0x0005_0dd5;

    /// <summary>Changes a thread's frame so that it goes on in a handler, whose return restores everything.</summary>
    /// <returns>False if the user's stack can't be written.</returns>
    [SkipLocalsInit]
    private static bool TryEnterHandler(Thread thread, SystemCallFrame* frame, in SignalAction action, in SignalInfo info)
    {
        ref TrapFrame registers = ref frame->Registers;
        bool usesOther = (action.Flags & SignalActionFlags.OnStack) != 0 && thread.SignalStack.Size != 0
            && !thread.SignalStack.Contains(registers.Rsp);
        ulong top = usesOther ? thread.SignalStack.Start + thread.SignalStack.Size : registers.Rsp - RedZone;
        if (!TryStoreFloatingPoint(frame, ref top, out ulong area))
            return false;
        ulong place = ((top - (ulong)sizeof(SignalFrame)) & ~(StackAlignment - 1)) - sizeof(ulong);
        if (usesOther && place < thread.SignalStack.Start)
            return false;

        // Every field is set: what is stored must not show what the kernel had there.
        SignalFrame storage;
        SignalFrame* stored = &storage;
        stored->ReturnAddress = action.Restorer;
        stored->Info = info;
        stored->Context.Flags = UserContext.HasStackSegment | UserContext.RestoresStackSegment
            | (FloatingPoint.Components != 0 ? UserContext.HasExtendedState : 0);
        stored->Context.Link = 0;
        stored->Context.Stack = thread.SignalStack;
        if (thread.SignalStack.Size == 0)
            stored->Context.Stack.Flags = SignalStack.Disabled;
        else if (thread.SignalStack.Contains(registers.Rsp))
            stored->Context.Stack.Flags |= SignalStack.OnStack;
        stored->Context.Mask = thread.HasSavedMask ? thread.SavedMask : thread.BlockedSignals;
        stored->Context.Machine.Set(registers);
        stored->Context.Machine.FloatingPoint = area;
        stored->Context.Machine.OldMask = stored->Context.Mask;
        stored->Context.Machine.Trap = thread.LastTrap;
        stored->Context.Machine.Error = thread.LastError;
        stored->Context.Machine.FaultAddress = thread.LastFaultAddress;
        if (UserMemory.CopyOut(place, (byte*)stored, (ulong)sizeof(SignalFrame)) != 0)
            return false;

        if (usesOther && (thread.SignalStack.Flags & SignalStack.AutoDisarm) != 0)
            thread.SignalStack = default;
        thread.HasSavedMask = false;
        ulong blocked = stored->Context.Mask == thread.BlockedSignals ? thread.BlockedSignals : thread.BlockedSignals | stored->Context.Mask;
        blocked |= action.Mask;
        if ((action.Flags & SignalActionFlags.NoDefer) == 0)
            blocked |= SignalSet.Of((Signal)info.Signal);
        thread.SetBlocked(blocked);

        registers.Rdi = (ulong)info.Signal;
        registers.Rsi = place + (ulong)((byte*)&stored->Info - (byte*)stored);
        registers.Rdx = place + (ulong)((byte*)&stored->Context - (byte*)stored);
        registers.Rax = 0;
        registers.Rip = action.Handler;
        registers.Rsp = place;
        registers.Rflags &= ~ClearedFlags;
        if (registers.Rip >= UserMemory.End)
            return false;
        Processor.Current->ReturnWork |= (byte)ReturnWorkBits.FrameChanged;
        return true;
    }

    /// <summary>rt_sigreturn: restores what <see cref="TryEnterHandler"/> stored, as far as a program may choose it.</summary>
    /// <returns>What rax gets.</returns>
    [SkipLocalsInit]
    public static SysResult ReturnFromHandler(SystemCallFrame* frame)
    {
        Thread thread = Thread.Current;
        ref TrapFrame registers = ref frame->Registers;
        // The handler's return has taken the return address from the stack; the context follows it.
        UserContext stored;
        if (UserMemory.CopyIn((byte*)&stored, registers.Rsp, (ulong)sizeof(UserContext)) != 0 || stored.Machine.Rip >= UserMemory.End
            || !TryLoadFloatingPoint(frame, stored.Machine.FloatingPoint))
        {
            Force(SignalInfo.Of(Signal.SIGSEGV, SignalCode.Kernel));
            return registers.Rax;
        }
        stored.Machine.CopyTo(ref registers);
        registers.Rflags = (registers.Rflags & ~UserSettableFlags) | (stored.Machine.Rflags & UserSettableFlags);
        registers.ErrorCode = SystemCallFrame.NoCall;
        thread.HasSavedMask = false;
        thread.SetBlocked(stored.Mask);
        stored.Stack.Flags &= ~(uint)SignalStack.OnStack;
        thread.SignalStack = (stored.Stack.Flags & SignalStack.Disabled) != 0 ? default : stored.Stack;
        Processor.Current->ReturnWork |= (byte)ReturnWorkBits.FrameChanged;
        return registers.Rax;
    }

    [SkipLocalsInit]
    private static bool TryStoreFloatingPoint(SystemCallFrame* frame, ref ulong top, out ulong place)
    {
        int size = FloatingPoint.AreaSize;
        byte* area = stackalloc byte[size + (int)AreaAlignment];
        area = (byte*)(((ulong)area + AreaAlignment - 1) & ~(AreaAlignment - 1));
        FloatingPoint.Prepare(area);
        FloatingPoint.Save(area);
        FloatingPoint.TakeFromFrame(area, &frame->Registers);
        bool isExtended = FloatingPoint.Components != 0;
        ulong total = (ulong)size + (isExtended ? sizeof(uint) : 0u);
        top = (top - total) & ~(AreaAlignment - 1);
        place = top;
        if (!isExtended)
            return UserMemory.CopyOut(place, area, total) == 0;
        *(ExtendedStateNote*)(area + ExtendedStateNote.Offset) = new ExtendedStateNote
        {
            Magic = ExtendedStateNote.FirstMagic,
            TotalSize = (uint)total,
            Components = FloatingPoint.Components,
            AreaSize = (uint)size,
        };
        return UserMemory.CopyOut(place, area, (ulong)size) == 0 && UserMemory.Write(place + (ulong)size, ExtendedStateNote.LastMagic);
    }

    /// <param name="frame">Gets the vector registers that it holds.</param>
    /// <param name="place">User address of an area that <see cref="TryStoreFloatingPoint"/> stored; zero for the initial registers.</param>
    [SkipLocalsInit]
    private static bool TryLoadFloatingPoint(SystemCallFrame* frame, ulong place)
    {
        int size = FloatingPoint.AreaSize;
        byte* area = stackalloc byte[size + (int)AreaAlignment];
        area = (byte*)(((ulong)area + AreaAlignment - 1) & ~(AreaAlignment - 1));
        if (place == 0)
        {
            FloatingPoint.Reset(area);
        }
        else
        {
            if (UserMemory.CopyIn(area, place, FloatingPoint.LegacySize) != 0)
                return false;
            ref ExtendedStateNote note = ref *(ExtendedStateNote*)(area + ExtendedStateNote.Offset);
            bool isExtended = FloatingPoint.Components != 0 && note.Magic == ExtendedStateNote.FirstMagic && note.AreaSize == (uint)size
                && UserMemory.Read(place + (ulong)size, out uint last) && last == ExtendedStateNote.LastMagic;
            if (isExtended && UserMemory.CopyIn(area, place, (ulong)size) != 0)
                return false;
            FloatingPoint.Sanitize(area, isExtended);
        }
        FloatingPoint.Restore(area);
        FloatingPoint.GiveToFrame(area, &frame->Registers);
        return true;
    }
}
