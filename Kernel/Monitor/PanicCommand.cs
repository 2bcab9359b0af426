using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Kernel.Arch.X64;
using Kernel.Diagnostics;
using Kernel.Drivers.Console;
using Kernel.Memory;
using Kernel.Monitor.Editing;

namespace Kernel.Monitor;

/// <summary><c>panic</c>: makes the mistakes that a kernel must survive telling about. Tests compare the reports with this file.</summary>
/// <remarks>
/// Each kind has a method of its own that is not inlined, with a marker at the line that the backtrace must name, and
/// a statement behind it: a call at the end of a method would become a jump and leave no frame.
/// </remarks>
internal sealed class PanicCommand : MonitorCommand
{
    private static readonly Pool<Victim> s_pool = new("panic");
    private static int s_survived;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "panic"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Usage => "KIND"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "stops the kernel on purpose"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Details =>
        """
        KIND is one of
          vector N          exception N of the processor, 0 to 31
          null              a field of a null reference
          throw             an exception that nobody catches
          assert            an assertion that fails
          stack-overflow    calls without end
          use-after-return  a pool's object used after it was returned (boot with "poison")
          fail              the kernel gives up by itself

        """u8;

    private static ReadOnlySpan<byte> Vector => "vector"u8;

    private static ReadOnlySpan<byte> Null => "null"u8;

    private static ReadOnlySpan<byte> ThrowKind => "throw"u8;

    private static ReadOnlySpan<byte> AssertKind => "assert"u8;

    private static ReadOnlySpan<byte> StackOverflow => "stack-overflow"u8;

    private static ReadOnlySpan<byte> UseAfterReturnKind => "use-after-return"u8;

    private static ReadOnlySpan<byte> FailKind => "fail"u8;

    /// <summary>Panics as the command-line word <c>panic=KIND</c> says; <c>vector=N</c> stands for <c>vector N</c>.</summary>
    /// <returns>Only if the kind is unknown (false), or if the kernel survived it.</returns>
    public static bool TryProvoke(ReadOnlySpan<byte> kind)
    {
        int separator = kind.IndexOf((byte)'=');
        return separator < 0
            ? TryProvoke(kind, default)
            : TryProvoke(kind[..separator], kind[(separator + 1)..]);
    }

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count is 0 or > 2)
            return WrongKind(output);
        if (!TryProvoke(arguments[0], arguments[1]))
            return WrongKind(output);
        output.Write("the kernel survived it"u8);
        output.Write(arguments[0].SequenceEqual(UseAfterReturnKind) && !Poison.IsOn
            ? ": it is noticed only if the kernel is booted with \"poison\"\n"u8
            : "\n"u8);
        return CommandResult.Done;
    }

    /// <inheritdoc/>
    public override void Complete(CommandArguments preceding, CompletionSet candidates)
    {
        if (preceding.Count > 0)
            return;
        candidates.Offer(Vector);
        candidates.Offer(Null);
        candidates.Offer(ThrowKind);
        candidates.Offer(AssertKind);
        candidates.Offer(StackOverflow);
        candidates.Offer(UseAfterReturnKind);
        candidates.Offer(FailKind);
    }

    private static CommandResult WrongKind(TextSink output)
    {
        output.Write("the kinds are: vector N (0 to 31), null, throw, assert, stack-overflow,\n"u8);
        output.Write("use-after-return, fail\n"u8);
        return CommandResult.WrongArguments;
    }

    private static bool TryProvoke(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> argument)
    {
        if (kind.SequenceEqual(Vector))
            return TryRaiseVector(argument);
        if (!argument.IsEmpty)
            return false;
        if (kind.SequenceEqual(Null))
            s_survived += NullDereference(null);
        else if (kind.SequenceEqual(ThrowKind))
            Throw();
        else if (kind.SequenceEqual(AssertKind))
            Assert();
        else if (kind.SequenceEqual(StackOverflow))
            OverflowStack();
        else if (kind.SequenceEqual(UseAfterReturnKind))
            UseAfterReturn();
        else if (kind.SequenceEqual(FailKind))
            Fail();
        else
            return false;
        return true;
    }

    private static bool TryRaiseVector(ReadOnlySpan<byte> argument)
    {
        if (!NumberParser.TryCount(argument, out uint vector) || vector >= ExceptionVectors.Count)
            return false;
        RaiseVector((byte)vector);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RaiseVector(byte vector)
    {
        ExceptionTriggers.Raise(vector); // marker: panic vector
        s_survived++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int NullDereference(Victim? victim)
    {
        return victim!.Number; // marker: panic null
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw()
    {
        throw new InvalidOperationException("thrown on purpose"); // marker: panic throw
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Assert()
    {
        Debug.Assert(s_survived < 0, "asserted on purpose"); // marker: panic assert
        s_survived++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OverflowStack()
    {
        ExceptionTriggers.OverflowStack(0); // marker: panic stack-overflow
        s_survived++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UseAfterReturn()
    {
        // A second object keeps the frame: an empty one would go back to the frame allocator, poison and all.
        if (s_pool.Take() is not { } kept || s_pool.Take() is not { } victim)
            return;
        s_pool.Return(victim);
        victim.Number = 1;
        Victim? next = s_pool.Take(); // marker: panic use-after-return
        if (next is not null)
            s_pool.Return(next);
        s_pool.Return(kept);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fail()
    {
        Panic.Fail("provoked on purpose"); // marker: panic fail
    }

    private sealed class Victim
    {
        public int Number;
    }
}
