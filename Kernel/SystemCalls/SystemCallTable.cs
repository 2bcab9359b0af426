using System.Runtime;
using System.Runtime.CompilerServices;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Boot;
using Kernel.Drivers;
using Kernel.Memory;
using Kernel.Processes;

namespace Kernel.SystemCalls;

/// <summary>Numbers that the kernel itself uses.</summary>
internal static class SystemCallNumber
{
    public const ulong RestartSystemCall = 219;
}

/// <summary>Which function serves which system call. SystemCalls.S calls them; numbers are Linux's for x86-64.</summary>
/// <remarks>SystemCallTable.Numbers.cs has the list. Written at boot only.</remarks>
internal static unsafe partial class SystemCallTable
{
    /// <summary>How many there are at most (Frame.inc).</summary>
    public const int Size = 512;

    private const int ReportWords = Size / 64;

    private static ReportedCalls s_reported;
    private static ulong s_otherReported;

    /// <summary>Fills the table and lets the processor enter the kernel by SYSCALL.</summary>
    public static void Initialize()
    {
        for (int number = 0; number < Size; number++)
            Table[number] = (nint)(delegate*<SystemCallFrame*, SysResult>)&Unknown;
        Fill();
        if (CommandLine.Has("verify"u8))
        {
            for (int number = 0; number < Size; number++)
                s_unverified[number] = Table[number];
            for (int number = 0; number < Size; number++)
                Table[number] = (nint)(delegate*<SystemCallFrame*, SysResult>)&CallAndVerify;
        }
        EnableEntry();
    }

    private static nint* Table => (nint*)GetTable();

    /// <summary>Sets the processor's entry point. Once for each processor.</summary>
    private static void EnableEntry()
    {
        const ulong kernelSegments = (ulong)Selector.KernelCode << 32;
        // SYSRET takes the stack's selector eight above, the code's sixteen above (Intel SDM vol. 2, SYSRET).
        const ulong userSegments = (ulong)(Selector.UserData - 8) << 48;
        const ulong clearedFlags = 0x4_7700;
        Instructions.WriteMsr(Msr.SystemCallSegments, kernelSegments | userSegments);
        Instructions.WriteMsr(Msr.SystemCallEntry, GetEntry());
        Instructions.WriteMsr(Msr.SystemCallFlagMask, clearedFlags);
        Instructions.WriteMsr(Msr.Efer, Instructions.ReadMsr(Msr.Efer) | (ulong)Efer.SystemCallEnable);
    }

    [RuntimeExport("system_call_unknown")]
    private static SysResult Unknown(SystemCallFrame* frame)
    {
        ulong number = frame->Number;
        bool isReported;
        if (number < Size)
        {
            ref ulong word = ref s_reported[(int)(number / 64)];
            isReported = (word & 1UL << (int)(number % 64)) != 0;
            word |= 1UL << (int)(number % 64);
        }
        else
        {
            isReported = s_otherReported == number;
            s_otherReported = number;
        }
        if (!isReported)
        {
            Thread thread = Thread.Current;
            Log.Warn($"system call {(long)number} of {thread.Name} ({thread.Process.Id}) is not there");
        }
        return Errno.ENOSYS;
    }

    private static SysResult CallAndVerify(SystemCallFrame* frame)
    {
        SysResult result = ((delegate*<SystemCallFrame*, SysResult>)s_unverified[(int)frame->Number])(frame);
        VirtualMemory.VerifyOrFail();
        return result;
    }

    [RuntimeImport("*", "system_call_table_address")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern nuint GetTable();

    [RuntimeImport("*", "system_call_entry_address")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong GetEntry();

    private static OriginalTable s_unverified;

    [InlineArray(ReportWords)]
    private struct ReportedCalls
    {
        private ulong _first;
    }

    [InlineArray(Size)]
    private struct OriginalTable
    {
        private nint _first;
    }
}
