using System.Runtime.InteropServices;
using Kernel.Abi;
using Kernel.Arch.X64;
using Kernel.Memory;

namespace Kernel.Processes;

/// <summary>
/// Restartable sequences (rseq(2), as in Linux 6.1): a thread keeps an area of 32 bytes in user memory in which the kernel writes the
/// processor's number, and in which the thread names a piece of code that must begin anew when it was interrupted.
/// </summary>
internal static class RestartableSequences
{
    /// <summary>Bytes of the area, and what its address is a multiple of.</summary>
    public const ulong AreaSize = 32;

    private const ulong SequenceOffset = 8;
    private const uint NoProcessor = uint.MaxValue;

    /// <summary>Takes a thread's area into use.</summary>
    /// <returns>
    /// EINVAL for another area than the one there is, a wrong size or address; EPERM if only the signature differs; EBUSY if all is
    /// as it is; EFAULT.
    /// </returns>
    public static Errno Register(Thread thread, ulong area, ulong size, uint signature)
    {
        if (thread.Sequences.Area != 0)
        {
            if (thread.Sequences.Area != area || size != AreaSize)
                return Errno.EINVAL;
            return thread.Sequences.Signature == signature ? Errno.EBUSY : Errno.EPERM;
        }
        if (size != AreaSize || (area & (AreaSize - 1)) != 0)
            return Errno.EINVAL;
        if (!UserMemory.Write(area, Processors(0)))
            return Errno.EFAULT;
        thread.Sequences = new RestartableArea(area, signature);
        return Errno.None;
    }

    /// <summary>Gives up a thread's area.</summary>
    /// <returns>As <see cref="Register"/>.</returns>
    public static Errno Unregister(Thread thread, ulong area, ulong size, uint signature)
    {
        if (thread.Sequences.Area == 0 || thread.Sequences.Area != area || size != AreaSize)
            return Errno.EINVAL;
        if (thread.Sequences.Signature != signature)
            return Errno.EPERM;
        if (!UserMemory.Write(area, Processors(NoProcessor)))
            return Errno.EFAULT;
        thread.Sequences = default;
        return Errno.None;
    }

    /// <summary>Before a thread goes back to user mode after others ran, or to a handler: an interrupted sequence begins anew.</summary>
    /// <returns>False if the area or what it names is wrong: SIGSEGV.</returns>
    public static bool TryResume(Thread thread, ref TrapFrame registers)
    {
        // The number in the area stays right: the kernel starts one processor.
        ulong area = thread.Sequences.Area;
        if (!UserMemory.Read(area + SequenceOffset, out ulong address))
            return false;
        if (address == 0)
            return true;
        if (!UserMemory.Read(address, out Sequence sequence) || !IsValid(sequence, thread.Sequences.Signature)
            || !UserMemory.Write(area + SequenceOffset, 0ul))
            return false;
        if (registers.Rip - sequence.Start < sequence.Length)
            registers.Rip = sequence.Abort;
        return true;
    }

    // The word before the place where a sequence is given up shows that it was meant for that.
    private static bool IsValid(in Sequence sequence, uint signature) =>
        sequence.Version == 0 && sequence.Flags == 0
        && sequence.Abort >= sizeof(uint) && UserMemory.IsUser(sequence.Abort, 1)
        && sequence.Start + sequence.Length >= sequence.Start && sequence.Abort - sequence.Start >= sequence.Length
        && UserMemory.Read(sequence.Abort - sizeof(uint), out uint found) && found == signature;

    /// <summary>The first two words of the area: a processor that may be used at once, and the one that it is.</summary>
    private static ulong Processors(uint number) => number == NoProcessor ? (ulong)NoProcessor << 32 : number | ((ulong)number << 32);

    /// <summary>struct rseq_cs.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Sequence
    {
        public readonly uint Version;
        public readonly uint Flags;
        public readonly ulong Start;
        public readonly ulong Length;
        public readonly ulong Abort;
    }
}

/// <summary>What a thread said in rseq(2).</summary>
/// <param name="Area">Address of struct rseq; zero for none.</param>
/// <param name="Signature">What stands before each place where a sequence is given up.</param>
internal readonly record struct RestartableArea(ulong Area, uint Signature);
