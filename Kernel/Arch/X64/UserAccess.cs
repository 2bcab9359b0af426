using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kernel.Mm;
using Kernel.Mm.Spaces;

namespace Kernel.Arch.X64;

/// <summary>The kernel's accesses to user memory of the loaded address space (UserAccess.S): they fault as user mode does.</summary>
/// <remarks>
/// Never under a spin lock: the fault may wait. Where SMAP is on, user memory is open to the kernel only inside of
/// these functions, and closed again while a fault of theirs is dealt with.
/// </remarks>
internal static unsafe class UserAccess
{
    private const ushort NoOperationLow = 0x1f0f;
    private const byte NoOperationHigh = 0;

    /// <summary>Whether <see cref="Execute"/> can be used: SMEP forbids it.</summary>
    public static bool CanExecute => !CpuFeatures.Current.HasSmep;

    /// <summary>Reads one byte.</summary>
    /// <param name="address">Any value.</param>
    /// <param name="value">Zero unless it succeeds.</param>
    /// <returns><see cref="FaultResult.Resolved"/> if the byte was read, else why it can't be.</returns>
    public static FaultResult Read(VirtualAddress address, out byte value)
    {
        byte read = 0;
        FaultResult result = IsUser(address) ? Read8(address, &read) : FaultResult.NotMapped;
        value = read;
        return result;
    }

    /// <summary>Writes one byte; otherwise as <see cref="Read"/>.</summary>
    public static FaultResult Write(VirtualAddress address, byte value) =>
        IsUser(address) ? Write8(address, value) : FaultResult.NotMapped;

    /// <summary>Calls a return instruction in user memory, to see whether the processor may fetch it. For tests.</summary>
    public static FaultResult Execute(VirtualAddress address) =>
        IsUser(address) ? Execute1(address) : FaultResult.NotMapped;

    /// <summary>Whether one of the kernel's own addresses is being tried: its fault is an answer, and no bug.</summary>
    public static bool IsProbing { get; private set; }

    /// <summary>Whether a byte of the kernel's half can be read. For tests.</summary>
    public static bool CanReadKernel(VirtualAddress address)
    {
        byte value;
        IsProbing = true;
        FaultResult result = Read8(address, &value);
        IsProbing = false;
        return result == FaultResult.Resolved;
    }

    /// <summary>Writes a byte of the kernel's half, if that can be done. For tests.</summary>
    public static bool TryWriteKernel(VirtualAddress address, byte value)
    {
        IsProbing = true;
        FaultResult result = Write8(address, value);
        IsProbing = false;
        return result == FaultResult.Resolved;
    }

    /// <summary>Makes stac and clac no-ops if the processor doesn't have them. While code is still writable, before the first trap.</summary>
    public static void RemoveSmapInstructions()
    {
        if (CpuFeatures.Current.HasSmap)
            return;
        UserAccessBounds* bounds = GetBounds();
        for (byte** site = bounds->SmapSitesStart; site < bounds->SmapSitesEnd; site++)
        {
            *(ushort*)*site = NoOperationLow;
            (*site)[sizeof(ushort)] = NoOperationHigh;
        }
    }

    /// <summary>Whether a fault in kernel mode was one of these accesses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Contains(TrapFrame* frame)
    {
        UserAccessBounds* bounds = GetBounds();
        ulong instruction = InstructionOf(frame);
        return instruction >= bounds->CodeStart && instruction < bounds->CodeEnd;
    }

    /// <summary>Lets the interrupted access fail: it goes on at its landing.</summary>
    /// <returns>False if the instruction has none.</returns>
    public static bool TryFail(TrapFrame* frame, FaultResult result)
    {
        UserAccessBounds* bounds = GetBounds();
        ulong instruction = InstructionOf(frame);
        for (Fixup* fixup = bounds->FixupsStart; fixup < bounds->FixupsEnd; fixup++)
        {
            if (fixup->Instruction != instruction)
                continue;
            if (IsFetch(frame))
                frame->Rsp += sizeof(ulong);
            frame->Rip = fixup->Landing;
            frame->Rax = (ulong)result;
            return true;
        }
        return false;
    }

    private static bool IsUser(VirtualAddress address) => address.IsCanonical && (long)address.Value >= 0;

    /// <summary>What faulted. A fetch faults at its target: the call before it is known by its return address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong InstructionOf(TrapFrame* frame) => IsFetch(frame) ? *(ulong*)frame->Rsp : frame->Rip;

    private static bool IsFetch(TrapFrame* frame) => (frame->ErrorCode & (ulong)PageFaultError.Fetch) != 0;

    [RuntimeImport("*", "user_read8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern FaultResult Read8(VirtualAddress address, byte* value);

    [RuntimeImport("*", "user_write8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern FaultResult Write8(VirtualAddress address, byte value);

    [RuntimeImport("*", "user_execute")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern FaultResult Execute1(VirtualAddress address);

    [RuntimeImport("*", "user_access_bounds")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern UserAccessBounds* GetBounds();

    /// <summary>Where the parts are, in the order of UserAccess.S.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct UserAccessBounds
    {
        public readonly ulong CodeStart, CodeEnd;
        public readonly Fixup* FixupsStart;
        public readonly Fixup* FixupsEnd;
        public readonly byte** SmapSitesStart;
        public readonly byte** SmapSitesEnd;
    }

    /// <summary>Where execution goes on when an instruction's access is refused.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Fixup
    {
        public readonly ulong Instruction, Landing;
    }
}
