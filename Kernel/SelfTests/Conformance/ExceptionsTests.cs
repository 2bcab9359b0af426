using System;
using System.Collections;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Kernel.SelfTests.Conformance;

/// <summary>Exceptions as C# and ECMA-335 promise them, and what this implementation adds.</summary>
/// <remarks>
/// Most cases log what runs as decimal digits, in order, and compare the number. Methods that must stay frames of their
/// own are kept from being inlined.
/// </remarks>
internal static unsafe partial class ExceptionsTests
{
    /// <summary>No method of these tests has more code than this, in bytes.</summary>
    private const ulong LargestMethod = 1024;

    private static long s_steps;
    private static int s_zero;
    private static int s_one = 1;
    private static Node? s_nullNode;

    /// <summary>The suite.</summary>
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("conformance.exceptions");
        AddCatch(suite);
        AddFilters(suite);
        AddFinally(suite);
        AddNesting(suite);
        AddRethrow(suite);
        AddFrames(suite);
        AddState(suite);
        AddChecks(suite);
        AddFaults(suite);
        AddStatements(suite);
        return suite;
    }

    private static void Begin()
    {
        s_steps = 0;
        s_zero = 0;
        s_nullNode = null;
    }

    private static void Step(int digit) => s_steps = s_steps * 10 + digit;

    private static bool StepAnd(int digit, bool result)
    {
        Step(digit);
        return result;
    }

    private static void ExpectSteps(
        long expected, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Check.Equal(expected, s_steps, file, line);

    private class FirstException(string message = "first") : Exception(message);

    private sealed class DerivedException() : FirstException("derived");

    private sealed class SecondException() : Exception("second");

    private sealed class GenericException<T> : Exception;

    private class Node
    {
        public int Value;
        public Node? Next;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public int ReadValue() => Value;

        public virtual int VirtualValue() => Value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowFirst()
    {
        if (s_one == 1)
            throw new FirstException();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowSecond()
    {
        if (s_one == 1)
            throw new SecondException();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw(Exception exception)
    {
        if (s_one == 1)
            throw exception;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool ThrowingFilter()
    {
        try
        {
            Step(1);
            ThrowSecond();
        }
        finally
        {
            Step(2);
        }
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowFirstThroughFinally(int digit)
    {
        try
        {
            ThrowFirst();
        }
        finally
        {
            Step(digit);
        }
    }

    private static void AddCatch(SelfTestSuite suite)
    {
        suite.Add("a catch clause takes its type"u8, static () =>
        {
            Begin();
            try
            {
                ThrowFirst();
                Step(9);
            }
            catch (FirstException exception)
            {
                Step(1);
                Check.Equal("first", exception.Message);
            }
            ExpectSteps(1);
        });
        suite.Add("a catch clause takes derived types"u8, static () =>
        {
            Begin();
            try
            {
                Throw(new DerivedException());
            }
            catch (FirstException exception)
            {
                Step(1);
                Check.True(exception is DerivedException);
            }
            ExpectSteps(1);
        });
        suite.Add("a catch clause does not take base types"u8, static () =>
        {
            Begin();
            try
            {
                ThrowFirst();
            }
            catch (DerivedException)
            {
                Step(1);
            }
            catch (FirstException)
            {
                Step(2);
            }
            ExpectSteps(2);
        });
        suite.Add("the first fitting catch clause wins"u8, static () =>
        {
            Begin();
            try
            {
                Throw(new DerivedException());
            }
            catch (SecondException)
            {
                Step(1);
            }
            catch (DerivedException)
            {
                Step(2);
            }
            catch (FirstException)
            {
                Step(3);
            }
            catch
            {
                Step(4);
            }
            ExpectSteps(2);
        });
        suite.Add("catch without a type takes everything"u8, static () =>
        {
            Begin();
            try
            {
                ThrowSecond();
            }
            catch
            {
                Step(1);
            }
            ExpectSteps(1);
        });
        suite.Add("the inner of two try statements of the same extent comes first"u8, static () =>
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
                    Step(1);
                    ThrowSecond();
                }
            }
            catch (SecondException)
            {
                Step(2);
            }
            ExpectSteps(12);
        });
        suite.Add("a type parameter can be caught"u8, static () =>
        {
            Check.True(CatchesFirst<FirstException>());
            Check.True(CatchesFirst<Exception>());
            Check.False(CatchesFirst<SecondException>());
        });
        suite.Add("instantiations of a generic exception are different types"u8, static () =>
        {
            Begin();
            try
            {
                Throw(new GenericException<int>());
            }
            catch (GenericException<string>)
            {
                Step(1);
            }
            catch (GenericException<int>)
            {
                Step(2);
            }
            ExpectSteps(2);
            Check.True(CatchesGeneric<string>());
            Check.True(CatchesGeneric<Node>());
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool CatchesFirst<T>()
        where T : Exception
    {
        try
        {
            try
            {
                ThrowFirst();
            }
            catch (T)
            {
                return true;
            }
        }
        catch (FirstException)
        {
        }
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool CatchesGeneric<T>()
    {
        try
        {
            Throw(new GenericException<T>());
        }
        catch (GenericException<T>)
        {
            return true;
        }
        return false;
    }

    private static void AddFilters(SelfTestSuite suite)
    {
        suite.Add("a filter runs before the finally blocks inside"u8, static () =>
        {
            Begin();
            try
            {
                ThrowFirstThroughFinally(2);
            }
            catch (FirstException) when (StepAnd(1, true))
            {
                Step(3);
            }
            ExpectSteps(123);
        });
        suite.Add("a filter that says no leaves the exception to others"u8, static () =>
        {
            Begin();
            try
            {
                ThrowFirst();
            }
            catch (FirstException) when (StepAnd(1, false))
            {
                Step(9);
            }
            catch (FirstException) when (StepAnd(2, true))
            {
                Step(3);
            }
            ExpectSteps(123);
        });
        suite.Add("a filter is not asked about other types"u8, static () =>
        {
            Begin();
            try
            {
                ThrowSecond();
            }
            catch (FirstException) when (StepAnd(1, true))
            {
                Step(2);
            }
            catch (SecondException)
            {
                Step(3);
            }
            ExpectSteps(3);
        });
        suite.Add("filters of several frames are asked inside out"u8, static () =>
        {
            Begin();
            try
            {
                AskTwoFilters();
            }
            catch (FirstException) when (StepAnd(3, true))
            {
                Step(6);
            }
            ExpectSteps(123456);
        });
        suite.Add("a filter sees locals as the try block left them"u8, static () =>
        {
            int local = 1;
            Node node = new() { Value = 5 };
            try
            {
                local = 2;
                node = new() { Value = 7 };
                ThrowFirst();
                local = 3;
            }
            catch (FirstException) when (local == 2 && node.Value == 7)
            {
                local = 4;
            }
            Check.Equal(4, local);
        });
        suite.Add("a filter gets the exception"u8, static () =>
        {
            Begin();
            var thrown = new FirstException("mine");
            try
            {
                Throw(thrown);
            }
            catch (Exception exception) when (ReferenceEquals(exception, thrown))
            {
                Step(1);
            }
            ExpectSteps(1);
        });
        suite.Add("an exception in a filter means no, and its finally blocks run"u8, static () =>
        {
            Begin();
            try
            {
                ThrowFirstThroughFinally(3);
            }
            catch (FirstException) when (ThrowingFilter())
            {
                Step(9);
            }
            catch (FirstException)
            {
                Step(4);
            }
            ExpectSteps(1234);
        });
        suite.Add("a filter may throw and catch inside"u8, static () =>
        {
            Begin();
            try
            {
                ThrowFirst();
            }
            catch (FirstException) when (CatchesFirst<FirstException>())
            {
                Step(1);
            }
            ExpectSteps(1);
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AskTwoFilters()
    {
        try
        {
            try
            {
                ThrowFirstThroughFinally(4);
            }
            catch (FirstException) when (StepAnd(1, false))
            {
                Step(9);
            }
        }
        catch (FirstException) when (StepAnd(2, false))
        {
            Step(9);
        }
        finally
        {
            Step(5);
        }
    }

    private static void AddFinally(SelfTestSuite suite)
    {
        suite.Add("finally runs without an exception"u8, static () =>
        {
            Begin();
            try
            {
                Step(1);
            }
            finally
            {
                Step(2);
            }
            ExpectSteps(12);
        });
        suite.Add("finally blocks run inside out, then the catch block"u8, static () =>
        {
            Begin();
            try
            {
                try
                {
                    ThrowFirstThroughFinally(1);
                }
                finally
                {
                    Step(2);
                }
            }
            catch (FirstException)
            {
                Step(3);
            }
            finally
            {
                Step(4);
            }
            ExpectSteps(1234);
        });
        suite.Add("finally runs when a try block returns"u8, static () =>
        {
            Begin();
            Check.Equal(5, ReturnThroughFinally());
            ExpectSteps(12);
        });
        suite.Add("finally runs when a catch block returns"u8, static () =>
        {
            Begin();
            Check.Equal(6, ReturnFromCatch());
            ExpectSteps(12);
        });
        suite.Add("an exception in finally replaces the one in flight"u8, static () =>
        {
            Begin();
            try
            {
                ReplaceInFinally();
            }
            catch (FirstException)
            {
                Step(9);
            }
            catch (SecondException)
            {
                Step(2);
            }
            ExpectSteps(12);
        });
        suite.Add("an exception that leaves finally is caught inside of the first one's target"u8, static () =>
        {
            Begin();
            try
            {
                try
                {
                    try
                    {
                        ThrowFirst();
                    }
                    finally
                    {
                        Step(1);
                        ThrowSecond();
                    }
                }
                catch (SecondException)
                {
                    Step(2);
                }
                Step(3);
            }
            catch (FirstException)
            {
                Step(9);
            }
            ExpectSteps(123);
        });
        suite.Add("an exception in finally after a normal end is thrown"u8, static () =>
        {
            Begin();
            try
            {
                try
                {
                    Step(1);
                }
                finally
                {
                    ThrowFirst();
                }
                Step(9);
            }
            catch (FirstException)
            {
                Step(2);
            }
            ExpectSteps(12);
        });
        suite.Add("finally blocks of one frame run though an inner one threw"u8, static () =>
        {
            Begin();
            try
            {
                try
                {
                    try
                    {
                        ThrowFirst();
                    }
                    finally
                    {
                        Step(1);
                        ThrowFirstThroughFinally(2);
                    }
                }
                finally
                {
                    Step(3);
                }
            }
            catch (FirstException)
            {
                Step(4);
            }
            ExpectSteps(1234);
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ReturnThroughFinally()
    {
        int result = 5;
        try
        {
            Step(1);
            return result;
        }
        finally
        {
            Step(2);
            result = 7;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ReturnFromCatch()
    {
        try
        {
            ThrowFirst();
            return 5;
        }
        catch (FirstException)
        {
            Step(1);
            return 6;
        }
        finally
        {
            Step(2);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReplaceInFinally()
    {
        try
        {
            ThrowFirst();
        }
        finally
        {
            Step(1);
            ThrowSecond();
        }
    }

    private static void AddNesting(SelfTestSuite suite)
    {
        suite.Add("an exception in a catch block is not for its siblings"u8, static () =>
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
                    Step(1);
                    ThrowSecond();
                }
                catch (SecondException)
                {
                    Step(9);
                }
                finally
                {
                    Step(2);
                }
            }
            catch (SecondException)
            {
                Step(3);
            }
            ExpectSteps(123);
        });
        suite.Add("a try statement works in a catch block"u8, static () =>
        {
            Begin();
            try
            {
                ThrowFirst();
            }
            catch (FirstException)
            {
                try
                {
                    ThrowSecond();
                }
                catch (SecondException)
                {
                    Step(1);
                }
                finally
                {
                    Step(2);
                }
                Step(3);
            }
            ExpectSteps(123);
        });
        suite.Add("a try statement works in a finally block while an exception passes"u8, static () =>
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
                    try
                    {
                        ThrowFirstThroughFinally(1);
                    }
                    catch (FirstException)
                    {
                        Step(2);
                    }
                    Step(3);
                }
            }
            catch (FirstException)
            {
                Step(4);
            }
            ExpectSteps(1234);
        });
        suite.Add("catch blocks nest five deep"u8, static () =>
        {
            Begin();
            try
            {
                ThrowFirst();
            }
            catch (FirstException)
            {
                Step(1);
                try
                {
                    ThrowSecond();
                }
                catch (SecondException)
                {
                    Step(2);
                    try
                    {
                        ThrowFirst();
                    }
                    catch (FirstException)
                    {
                        Step(3);
                        try
                        {
                            ThrowSecond();
                        }
                        catch (SecondException)
                        {
                            Step(4);
                            try
                            {
                                ThrowFirst();
                            }
                            catch (FirstException)
                            {
                                Step(5);
                            }
                        }
                    }
                }
            }
            ExpectSteps(12345);
        });
        suite.Add("an exception escapes from nested catch blocks"u8, static () =>
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
                    try
                    {
                        ThrowFirst();
                    }
                    catch (FirstException)
                    {
                        Step(1);
                        ThrowSecond();
                    }
                    finally
                    {
                        Step(2);
                    }
                }
            }
            catch (SecondException)
            {
                Step(3);
            }
            ExpectSteps(123);
        });
    }

    private static void AddRethrow(SelfTestSuite suite)
    {
        suite.Add("rethrow passes the same object on"u8, static () =>
        {
            Begin();
            var thrown = new FirstException();
            try
            {
                RethrowSame(thrown);
            }
            catch (FirstException exception)
            {
                Step(2);
                Check.True(ReferenceEquals(thrown, exception));
            }
            ExpectSteps(12);
        });
        suite.Add("rethrow in a nested catch block throws the inner exception"u8, static () =>
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
                    try
                    {
                        ThrowSecond();
                    }
                    catch (SecondException)
                    {
                        Step(1);
                        throw;
                    }
                }
            }
            catch (SecondException)
            {
                Step(2);
            }
            ExpectSteps(12);
        });
        suite.Add("rethrow after a nested catch block throws the outer exception"u8, static () =>
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
                    try
                    {
                        ThrowSecond();
                    }
                    catch (SecondException)
                    {
                        Step(1);
                    }
                    throw;
                }
            }
            catch (FirstException)
            {
                Step(2);
            }
            ExpectSteps(12);
        });
        suite.Add("rethrow keeps where the exception came from"u8, static () =>
        {
            var thrown = new FirstException();
            try
            {
                RethrowSame(thrown);
            }
            catch (FirstException)
            {
            }
            ReadOnlySpan<ulong> trace = thrown.StackTraceAddresses;
            Check.True(trace.Length >= 3);
            Check.True(IsInside(trace[0], (delegate*<Exception, void>)&Throw));
            Check.True(IsInside(trace[1], (delegate*<Exception, void>)&RethrowSame));
            Check.False(IsInside(trace[2], (delegate*<Exception, void>)&RethrowSame));
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RethrowSame(Exception exception)
    {
        try
        {
            Throw(exception);
        }
        catch (FirstException)
        {
            Step(1);
            throw;
        }
    }

    private static bool IsInside(ulong address, void* method) => address - (ulong)method < LargestMethod;
}
