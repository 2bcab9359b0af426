using System;
using System.Collections;
using System.Collections.Generic;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Kernel.SelfTests.Conformance;

/// <summary>Exceptions and the code that they pass through or come from.</summary>
internal static unsafe partial class ExceptionsTests
{
    private const int DeepRecursion = 500;
    private const int ManyTimes = 10_000;

    private interface IThrower
    {
        void ThrowIt();
    }

    private sealed class ClassThrower : IThrower
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void ThrowIt() => ThrowFirst();
    }

    private struct StructThrower : IThrower
    {
        public int Calls;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void ThrowIt()
        {
            Calls++;
            ThrowFirst();
        }
    }

    private sealed class ThrowingConstructor
    {
        public ThrowingConstructor() => ThrowFirst();
    }

    private static class ThrowingStaticConstructor
    {
        public static readonly int Value = Compute();

        private static int Compute()
        {
            ThrowFirst();
            return 1;
        }
    }

    private sealed class Resource(int digit) : IDisposable
    {
        public void Dispose() => Step(digit);
    }

    private sealed class Numbers : IEnumerable<int>, IEnumerator<int>
    {
        public int Current { get; private set; }

        object IEnumerator.Current => Current;

        public IEnumerator<int> GetEnumerator() => this;

        IEnumerator IEnumerable.GetEnumerator() => this;

        public bool MoveNext() => ++Current < 5;

        public void Reset() => Current = 0;

        public void Dispose() => Step(8);
    }

    private struct Block
    {
        public long A, B, C, D;
    }

    private static void AddFrames(SelfTestSuite suite)
    {
        suite.Add("exceptions pass through lambdas"u8, static () =>
        {
            int captured = 3;
            Action inner = () => Throw(captured == 3 ? new FirstException() : new SecondException());
            Action outer = () => inner();
            Check.Throws<FirstException>(outer);
        });
        suite.Add("exceptions pass through interface calls"u8, static () =>
        {
            IThrower thrower = s_one == 1 ? new ClassThrower() : new StructThrower();
            Check.Throws<FirstException>(() => thrower.ThrowIt());
        });
        suite.Add("exceptions pass through struct methods and their boxes"u8, static () =>
        {
            Begin();
            var thrower = new StructThrower();
            IThrower boxed = thrower;
            try
            {
                thrower.ThrowIt();
            }
            catch (FirstException)
            {
                Step(thrower.Calls);
            }
            try
            {
                boxed.ThrowIt();
            }
            catch (FirstException)
            {
                Step(((StructThrower)boxed).Calls + 1);
            }
            ExpectSteps(12);
        });
        suite.Add("exceptions pass through generic methods"u8, static () =>
        {
            Check.Throws<FirstException>(static () => CallThrower(new ClassThrower()));
            Check.Throws<FirstException>(static () => CallThrower(new StructThrower()));
        });
        suite.Add("exceptions pass through function pointers"u8, static () =>
        {
            delegate*<void> pointer = &ThrowFirst;
            Begin();
            try
            {
                pointer();
            }
            catch (FirstException)
            {
                Step(1);
            }
            ExpectSteps(1);
        });
        suite.Add("exceptions pass through iterators and run their finally blocks"u8, static () =>
        {
            Begin();
            try
            {
                foreach (int number in Iterate())
                    Step(number);
            }
            catch (FirstException)
            {
                Step(5);
            }
            ExpectSteps(1245);
        });
        suite.Add("exceptions pass through constructors"u8, static () =>
            Check.Throws<FirstException>(static () => _ = new ThrowingConstructor()));
        suite.Add("an exception in a static constructor spoils the type"u8, static () =>
        {
            var exception = Check.Throws<TypeInitializationException>(static () => Step(ThrowingStaticConstructor.Value));
            Check.True(exception.InnerException is FirstException);
            Check.Throws<TypeInitializationException>(static () => Step(ThrowingStaticConstructor.Value));
        });
        suite.Add("exceptions pass through many frames"u8, static () =>
        {
            Begin();
            try
            {
                Recurse(DeepRecursion);
            }
            catch (FirstException)
            {
            }
            Check.Equal(DeepRecursion, s_steps);
        });
        suite.Add("the trace names the frames from the throw to the catch"u8, static () =>
        {
            var thrown = new FirstException();
            CatchFromMiddle(thrown);
            ReadOnlySpan<ulong> trace = thrown.StackTraceAddresses;
            Check.Equal(3, trace.Length);
            Check.True(IsInside(trace[0], (delegate*<Exception, void>)&Throw));
            Check.True(IsInside(trace[1], (delegate*<Exception, void>)&ThrowInMiddle));
            Check.True(IsInside(trace[2], (delegate*<Exception, void>)&CatchFromMiddle));
        });
        suite.Add("the trace of a deep throw is cut, not overrun"u8, static () =>
        {
            try
            {
                Recurse(DeepRecursion);
            }
            catch (FirstException exception)
            {
                Check.Equal(Exception.MaximumStackTrace, exception.StackTraceAddresses.Length);
            }
        });
        suite.Add("throwing an object again starts its trace over"u8, static () =>
        {
            var thrown = new FirstException();
            CatchFromMiddle(thrown);
            CatchFromMiddle(thrown);
            Check.Equal(3, thrown.StackTraceAddresses.Length);
        });
        suite.Add("an exception keeps its cause"u8, static () =>
        {
            Exception? outer = null;
            try
            {
                try
                {
                    ThrowFirst();
                }
                catch (FirstException exception)
                {
                    throw new InvalidOperationException("outer", exception);
                }
            }
            catch (InvalidOperationException exception)
            {
                outer = exception;
            }
            Check.Equal("outer", outer?.Message);
            Check.True(outer?.InnerException is FirstException);
            Check.True(outer?.GetBaseException() is FirstException);
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CallThrower<T>(T thrower)
        where T : IThrower => thrower.ThrowIt();

    private static IEnumerable<int> Iterate()
    {
        try
        {
            yield return 1;
            yield return 2;
            ThrowFirst();
            yield return 3;
        }
        finally
        {
            Step(4);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Recurse(int depth)
    {
        if (depth == 0)
        {
            ThrowFirst();
            return 0;
        }
        try
        {
            return Recurse(depth - 1) + 1;
        }
        finally
        {
            s_steps++;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CatchFromMiddle(Exception exception)
    {
        try
        {
            ThrowInMiddle(exception);
        }
        catch (FirstException)
        {
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowInMiddle(Exception exception)
    {
        Throw(exception);
        Step(9);
    }

    private static void AddState(SelfTestSuite suite)
    {
        suite.Add("locals keep their values across a catch"u8, static () =>
        {
            Check.Equal(1 + 2 + 3 + 4 + 5 + 6 + 7 + 8, SumAcrossCatch(1, 2, 3, 4, 5, 6, 7, 8));
        });
        suite.Add("the caller's locals survive a catch in its callee"u8, static () =>
        {
            int a = s_one, b = a + 1, c = b + 1, d = c + 1, e = d + 1, f = e + 1, g = f + 1, h = g + 1;
            for (int i = 0; i < 3; i++)
                CatchInside();
            Check.Equal(36, a + b + c + d + e + f + g + h);
        });
        suite.Add("floating-point locals survive"u8, static () =>
        {
            double x = s_one * 1.5, y = s_one * 2.25;
            float z = s_one * 0.5f;
            CatchInside();
            Check.True(x + y + z == 4.25);
        });
        suite.Add("large structs survive"u8, static () =>
        {
            Block block = new() { A = 1, B = 2, C = 3, D = 4 };
            Block copy = default;
            try
            {
                copy = block;
                block.D = 5;
                ThrowFirst();
            }
            catch (FirstException)
            {
                copy.A += block.D;
            }
            Check.Equal(6 + 2 + 3 + 4, copy.A + copy.B + copy.C + copy.D);
        });
        suite.Add("stack memory survives"u8, static () =>
        {
            Span<int> numbers = stackalloc int[s_one * 8];
            for (int i = 0; i < numbers.Length; i++)
                numbers[i] = i;
            CatchInside();
            try
            {
                ThrowFirst();
            }
            catch (FirstException)
            {
                numbers[0] = 8;
            }
            int sum = 0;
            foreach (int number in numbers)
                sum += number;
            Check.Equal(36, sum);
        });
        suite.Add("changes through references are seen after a catch"u8, static () =>
        {
            int value = 1;
            try
            {
                AddAndThrow(ref value, 5);
            }
            catch (FirstException)
            {
                value *= 2;
            }
            Check.Equal(12, value);
        });
        suite.Add("catching ten thousand times takes no heap"u8, static () =>
        {
            var exception = new FirstException();
            ulong before = ManagedHeap.Statistics.TotalCalls;
            int caught = 0;
            for (int i = 0; i < ManyTimes; i++)
            {
                try
                {
                    Throw(exception);
                }
                catch (FirstException)
                {
                    caught++;
                }
            }
            Check.Equal(before, ManagedHeap.Statistics.TotalCalls);
            Check.Equal(ManyTimes, caught);
        });
        suite.Add("catching and throwing in handlers again and again takes no stack"u8, static () =>
        {
            nuint lowest = nuint.MaxValue;
            nuint highest = 0;
            for (int i = 0; i < 100; i++)
            {
                try
                {
                    ThrowFromHandlers();
                }
                catch (SecondException)
                {
                    nuint here = StackAddress();
                    lowest = here < lowest ? here : lowest;
                    highest = here > highest ? here : highest;
                }
            }
            Check.True(lowest == highest);
        });
        suite.Add("a handler runs on the stack of its method"u8, static () =>
        {
            nuint before = StackAddress();
            nuint inside = 0;
            try
            {
                Recurse(DeepRecursion);
            }
            catch (FirstException)
            {
                inside = StackAddress();
            }
            Check.True(before - inside < LargestMethod);
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long SumAcrossCatch(long a, long b, long c, long d, long e, long f, long g, long h)
    {
        try
        {
            a += h;
            ThrowFirst();
            b += 100;
        }
        catch (FirstException)
        {
            a -= h;
        }
        return a + b + c + d + e + f + g + h;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CatchInside()
    {
        try
        {
            ThrowFirstThroughFinally(1);
        }
        catch (FirstException)
        {
            s_steps = 0;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddAndThrow(ref int value, int addend)
    {
        value += addend;
        ThrowFirst();
        value += addend;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint StackAddress()
    {
        int local = s_one;
        return (nuint)(&local);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowFromHandlers()
    {
        try
        {
            try
            {
                ThrowFirst();
            }
            catch (FirstException)
            {
                ThrowFirst();
            }
        }
        finally
        {
            ThrowSecond();
        }
    }

    private static void AddChecks(SelfTestSuite suite)
    {
        suite.Add("an array index out of range is found"u8, static () =>
        {
            int[] array = [1, 2, 3];
            Check.Throws<IndexOutOfRangeException>(() => array[s_one + 2] = 1);
            Check.Throws<IndexOutOfRangeException>(() => Step(array[-s_one]));
        });
        suite.Add("a span index out of range is found"u8, static () =>
            Check.Throws<IndexOutOfRangeException>(static () =>
            {
                Span<int> span = stackalloc int[2];
                span[s_one + 1] = 1;
            }));
        suite.Add("a string index out of range is found"u8, static () =>
            Check.Throws<IndexOutOfRangeException>(static () => Step("abc"[s_one + 2])));
        suite.Add("a wrong cast is found"u8, static () =>
        {
            object text = s_one == 1 ? "text" : new Node();
            Check.Throws<InvalidCastException>(() => Step(((Node)text).Value));
            Check.Throws<InvalidCastException>(() => ((IThrower)text).ThrowIt());
            Check.Throws<InvalidCastException>(() => Step((int)text));
        });
        suite.Add("storing the wrong type in an array is found"u8, static () =>
        {
            object[] array = s_one == 1 ? new string[1] : new object[1];
            Check.Throws<ArrayTypeMismatchException>(() => array[0] = new Node());
        });
        suite.Add("checked arithmetic overflows"u8, static () =>
        {
            int large = int.MaxValue - 1 + s_one;
            Check.Throws<OverflowException>(() => Step(checked(large + s_one)));
            Check.Throws<OverflowException>(() => Step(checked(large * 2)));
            Check.Throws<OverflowException>(() => Step(checked((byte)large)));
            Check.Throws<OverflowException>(() => Step((int)checked((uint)-s_one)));
        });
        suite.Add("an array of negative length is refused"u8, static () =>
            Check.Throws<OverflowException>(static () => Step(new int[-s_one].Length)));
        suite.Add("throwing null throws a null reference exception"u8, static () =>
            Check.Throws<NullReferenceException>(static () => Throw(null!)));
    }

    private static void AddFaults(SelfTestSuite suite)
    {
        suite.Add("reading a field of null"u8, static () => Check.Throws<NullReferenceException>(static () => Step(s_nullNode!.Value)));
        suite.Add("writing a field of null"u8, static () => Check.Throws<NullReferenceException>(static () => s_nullNode!.Value = s_one));
        suite.Add("calling a method of null that reads a field"u8, static () => Check.Throws<NullReferenceException>(static () => Step(s_nullNode!.ReadValue())));
        suite.Add("calling a virtual method of null"u8, static () => Check.Throws<NullReferenceException>(static () => Step(s_nullNode!.VirtualValue())));
        suite.Add("an element of a null array"u8, static () =>
        {
            int[]? array = s_one == 1 ? null : [1];
            Check.Throws<NullReferenceException>(() => Step(array![s_zero]));
            Check.Throws<NullReferenceException>(() => Step(array!.Length));
        });
        suite.Add("unboxing null"u8, static () =>
        {
            object? box = s_one == 1 ? null : 1;
            Check.Throws<NullReferenceException>(() => Step((int)box!));
        });
        suite.Add("invoking a null delegate"u8, static () =>
        {
            Action? action = s_one == 1 ? null : static () => Step(1);
            Check.Throws<NullReferenceException>(() => action!());
        });
        suite.Add("dividing by zero"u8, static () =>
        {
            Check.Throws<DivideByZeroException>(static () => Step(1 / s_zero));
            Check.Throws<DivideByZeroException>(static () => Step((int)(1L % s_zero)));
        });
        suite.Add("a fault runs finally blocks and filters like a throw"u8, static () =>
        {
            Begin();
            try
            {
                FaultThroughFinally(2);
            }
            catch (NullReferenceException) when (StepAnd(1, true))
            {
                Step(3);
            }
            ExpectSteps(123);
        });
        suite.Add("a fault in a try block goes to that block's handler"u8, static () =>
        {
            Begin();
            Node? node = s_nullNode;
            try
            {
                node!.Value = 1;
                Step(9);
            }
            catch (NullReferenceException)
            {
                Step(1);
            }
            ExpectSteps(1);
        });
        suite.Add("a fault in a catch block leaves it"u8, static () =>
        {
            Begin();
            try
            {
                try
                {
                    ThrowFirst();
                }
                catch (FirstException)
                {
                    Step(s_nullNode!.Value);
                }
            }
            catch (NullReferenceException)
            {
                Step(1);
            }
            ExpectSteps(1);
        });
        suite.Add("a fault in a finally block replaces the exception in flight"u8, static () =>
        {
            Begin();
            try
            {
                try
                {
                    ThrowFirst();
                }
                finally
                {
                    Step(1 / s_zero);
                }
            }
            catch (DivideByZeroException)
            {
                Step(1);
            }
            ExpectSteps(1);
        });
        suite.Add("a fault in a filter means no"u8, static () =>
        {
            Begin();
            try
            {
                ThrowFirst();
            }
            catch (FirstException) when (s_nullNode!.Value == 0)
            {
                Step(9);
            }
            catch (FirstException)
            {
                Step(1);
            }
            ExpectSteps(1);
        });
        suite.Add("the trace of a fault begins at the faulting method"u8, static () =>
        {
            try
            {
                FaultThroughFinally(1);
            }
            catch (NullReferenceException exception)
            {
                Check.True(IsInside(exception.StackTraceAddresses[0], (delegate*<int, void>)&FaultThroughFinally));
            }
        });
        suite.Add("the same fault is caught many times"u8, static () =>
        {
            int caught = 0;
            for (int i = 0; i < 100; i++)
            {
                try
                {
                    s_nullNode!.Next = null;
                }
                catch (NullReferenceException)
                {
                    caught++;
                }
            }
            Check.Equal(100, caught);
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FaultThroughFinally(int digit)
    {
        try
        {
            s_nullNode!.Value = digit;
        }
        finally
        {
            Step(digit);
        }
    }

    private static void AddStatements(SelfTestSuite suite)
    {
        suite.Add("using disposes, last first, when an exception passes"u8, static () =>
        {
            Begin();
            try
            {
                using var first = new Resource(2);
                using var second = new Resource(1);
                ThrowFirst();
            }
            catch (FirstException)
            {
                Step(3);
            }
            ExpectSteps(123);
        });
        suite.Add("foreach disposes its enumerator when the body throws"u8, static () =>
        {
            Begin();
            try
            {
                foreach (int number in new Numbers())
                {
                    Step(number);
                    if (number == 2)
                        ThrowFirst();
                }
            }
            catch (FirstException)
            {
                Step(3);
            }
            ExpectSteps(1283);
        });
        suite.Add("lock is released when an exception passes"u8, static () =>
        {
            Begin();
            object gate = new Node();
            for (int i = 1; i <= 2; i++)
            {
                try
                {
                    lock (gate)
                    {
                        Step(i);
                        ThrowFirst();
                    }
                }
                catch (FirstException)
                {
                }
            }
            lock (gate)
                Step(3);
            ExpectSteps(123);
        });
        suite.Add("break and continue leave catch and finally regions"u8, static () =>
        {
            Begin();
            for (int i = 1; i < 9; i++)
            {
                try
                {
                    if (i == 4)
                        break;
                    if (i % 2 == 0)
                        ThrowFirst();
                    Step(i);
                }
                catch (FirstException)
                {
                    Step(8);
                    continue;
                }
                finally
                {
                    Step(7);
                }
            }
            ExpectSteps(1787377);
        });
        suite.Add("goto leaves a catch block"u8, static () =>
        {
            Begin();
            int attempts = 0;
        again:
            try
            {
                Step(++attempts);
                ThrowFirst();
            }
            catch (FirstException)
            {
                if (attempts < 3)
                    goto again;
            }
            ExpectSteps(123);
        });
    }
}
