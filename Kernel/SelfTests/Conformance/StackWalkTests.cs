using System.Runtime;
using System.Runtime.CompilerServices;

namespace Kernel.SelfTests.Conformance;

/// <summary>Backtraces: also of stacks that make no sense.</summary>
internal static unsafe class StackWalkTests
{
    private const int StackWords = 64;

    private static ulong s_readableStart;
    private static ulong s_readableEnd;
    private static int s_one = 1;

    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.stack-walk");
        suite.Add("a walk begins at the context's instruction"u8, BeginsAtTheInstruction);
        suite.Add("a walk finds the return address"u8, FindsTheReturnAddress);
        suite.Add("a walk does not read what may not be read"u8, static () => EndsAfter(1, static stack => s_readableEnd = s_readableStart));
        suite.Add("a walk ends at a null return address"u8, static () => EndsAfter(1, static stack => ((ulong*)stack)[0] = 0));
        suite.Add("a walk ends at an address that is no code"u8, static () => EndsAfter(2, static stack => ((ulong*)stack)[0] = 1));
        suite.Add("a call of a null pointer is shown with its caller"u8, ShowsTheCallerOfNull);
        suite.Add("a jump to an address that is no code ends on a stack without callers"u8, EndsWithoutCaller);
        suite.Add("a walk over nonsense ends"u8, EndsInNonsense);
        suite.Add("compiled code is told from assembly and data"u8, TellsCompiledCode);
        return suite;
    }

    private static void BeginsAtTheInstruction()
    {
        ulong* stack = stackalloc ulong[StackWords];
        StackFrameIterator frames = Walk(stack, Entry);
        Check.True(frames.MoveNext());
        Check.Equal(Entry, frames.InstructionPointer);
        Check.Equal((ulong)stack, frames.StackPointer);
        Check.False(frames.IsReturnAddress);
    }

    private static void FindsTheReturnAddress()
    {
        ulong* stack = stackalloc ulong[StackWords];
        stack[0] = Entry + 1;
        StackFrameIterator frames = Walk(stack, Entry);
        Check.True(frames.MoveNext());
        Check.True(frames.MoveNext());
        Check.Equal(Entry + 1, frames.InstructionPointer);
        Check.Equal(Entry, frames.InstructionAddress);
        Check.Equal((ulong)(stack + 1), frames.StackPointer);
        Check.True(frames.IsReturnAddress);
    }

    private static void EndsAfter(int expected, System.Action<nint> damage)
    {
        ulong* stack = stackalloc ulong[StackWords];
        stack[0] = Entry + 1;
        StackFrameIterator frames = Walk(stack, Entry);
        damage((nint)stack);
        Check.Equal(expected, Count(ref frames));
    }

    private static void ShowsTheCallerOfNull()
    {
        ulong* stack = stackalloc ulong[StackWords];
        stack[0] = Entry + 1;
        StackFrameIterator frames = Walk(stack, 0);
        Check.True(frames.MoveNext());
        Check.Equal(0UL, frames.InstructionPointer);
        Check.True(frames.MoveNext());
        Check.Equal(Entry + 1, frames.InstructionPointer);
        Check.True(frames.IsReturnAddress);
    }

    private static void EndsWithoutCaller()
    {
        ulong* stack = stackalloc ulong[StackWords];
        StackFrameIterator frames = Walk(stack, 1);
        Check.Equal(1, Count(ref frames));
    }

    private static void EndsInNonsense()
    {
        ulong* stack = stackalloc ulong[StackWords];
        for (ulong seed = 1; seed < 200; seed++)
        {
            for (ulong i = 0; i < StackWords; i++)
                stack[i] = Entry + (i * seed * 37 & 0xfff);
            StackFrameIterator frames = Walk(stack, Entry + seed);
            Check.True(Count(ref frames) <= StackWords);
        }
    }

    private static void TellsCompiledCode()
    {
        Check.True(ExceptionDispatch.IsCompiledCode(Entry));
        fixed (ulong* data = &s_readableStart)
            Check.False(ExceptionDispatch.IsCompiledCode((ulong)data));
        Check.False(ExceptionDispatch.IsCompiledCode(0));
        Check.False(ExceptionDispatch.IsCompiledCode(ulong.MaxValue));
    }

    /// <summary>The first instruction of a method, where the return address is on top of the stack.</summary>
    private static ulong Entry => (ulong)(delegate*<int>)&SomeMethod;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SomeMethod() => s_one;

    private static StackFrameIterator Walk(ulong* stack, ulong instruction)
    {
        s_readableStart = (ulong)stack;
        s_readableEnd = (ulong)(stack + StackWords);
        ExceptionContext context = new() { Rip = instruction, Rsp = (ulong)stack, Rbp = (ulong)(stack + StackWords / 2) };
        return new StackFrameIterator(in context, &CanRead);
    }

    private static int Count(ref StackFrameIterator frames)
    {
        int count = 0;
        while (frames.MoveNext())
            count++;
        return count;
    }

    private static bool CanRead(ulong address, ulong length) =>
        address >= s_readableStart && address <= s_readableEnd && length <= s_readableEnd - address;
}
