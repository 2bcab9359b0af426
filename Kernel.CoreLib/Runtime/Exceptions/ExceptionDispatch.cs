using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>Finds the handler of an exception (first pass), then unwinds to it (second pass).</summary>
/// <remarks>
/// The first pass walks the stack and runs filters below everything that is still alive. The second pass cuts the stack
/// at each frame whose finally or catch handler it enters: what it must remember while a finally handler runs is on the
/// stack, between that handler's frame and its method's. Hence there is no state outside of the stack, exceptions may be
/// thrown anywhere, also in handlers and filters, on any processor, and nothing piles up. README.md has the whole story.
/// </remarks>
public static unsafe class ExceptionDispatch
{
    /// <summary>No clause of the method is to be skipped.</summary>
    private const int BeforeFirstClause = -1;

    /// <summary>Where the exception is going. In the frame of a finally handler's stub while that runs.</summary>
    /// <remarks>ExceptionHandling.S copies it, by its size.</remarks>
    private struct UnwindTarget
    {
        /// <summary>The exception, as it is given to the handler.</summary>
        public void* Exception;

        /// <summary>The stack pointer of the frame that handles it.</summary>
        public ulong StackPointer;

        /// <summary>Its handler; 0: the frame is the stub of a filter, which then says no.</summary>
        public ulong Handler;

        /// <summary>The number of the handler's clause: the finally handlers of earlier ones run before it.</summary>
        public int Clause;

        /// <summary>The number of the clause whose finally handler is running.</summary>
        public int CurrentClause;
    }

    /// <summary>Throws an exception as if the instruction at a context had thrown it.</summary>
    /// <param name="exception">What to throw.</param>
    /// <param name="context">The registers of interrupted code of ours, before the instruction that failed.</param>
    /// <remarks>
    /// For the handler of a processor exception, on the interrupted stack. The stack between is abandoned, and the
    /// interrupt flag is that of the context again when the first handler runs.
    /// </remarks>
    [DoesNotReturn]
    public static void ThrowFromFault(Exception exception, in ExceptionContext context)
    {
        exception.ClearStackTrace();
        ExceptionContext copy = context;
        Dispatch(exception, &copy, isRethrow: false);
    }

    /// <summary>
    /// Whether an address is in code that ilc compiled, where a fault may become an exception; assembly has no regions
    /// that could handle one.
    /// </summary>
    public static bool IsCompiledCode(ulong address) =>
        UnwindTable.TryFind(address, out FunctionUnwindInformation function)
        && function.LanguageData != null
        && new MethodExceptionTable(in function).Kind < FrameKind.CatchStub;

    /// <summary>The throw statement, from RhpThrowEx.</summary>
    [RuntimeExport("ExceptionDispatchThrow")]
    private static void Throw(Exception? exception, ExceptionContext* context)
    {
        exception ??= new NullReferenceException();
        exception.ClearStackTrace();
        Dispatch(exception, context, isRethrow: false);
    }

    /// <summary>The throw statement without operand, from RhpRethrow: the exception is in the catch handler's stub.</summary>
    [RuntimeExport("ExceptionDispatchRethrow")]
    private static void Rethrow(ExceptionContext* context)
    {
        var frames = new StackFrameIterator(in *context, null);
        while (frames.MoveNext() && frames.HasFunction)
        {
            if (new MethodExceptionTable(in frames.Function).Kind != FrameKind.CatchStub)
                continue;
            void* exception = ((void**)frames.StackPointer)[1];
            Dispatch(Unsafe.AsRef<Exception>(&exception), context, isRethrow: true);
        }
        FatalHooks.FailFast("rethrow outside of a catch handler");
    }

    /// <summary>A finally handler has returned to its stub.</summary>
    /// <param name="target">In the stub's frame.</param>
    /// <param name="context">The method's registers as the handler left them; rip is a return address.</param>
    [RuntimeExport("ExceptionDispatchContinue")]
    private static void Continue(UnwindTarget* target, ExceptionContext* context)
    {
        var frames = StackFrameIterator.AtReturnAddress(in *context);
        Unwind(ref *target, ref frames, target->CurrentClause);
    }

    [DoesNotReturn]
    private static void Dispatch(Exception exception, ExceptionContext* context, bool isRethrow)
    {
        UnwindTarget target = default;
        target.Exception = *(void**)&exception;
        if (!TryFindHandler(exception, context, isRethrow, ref target))
            FatalHooks.UnhandledException(exception, context);
        var frames = new StackFrameIterator(in *context, null);
        Unwind(ref target, ref frames, BeforeFirstClause);
    }

    /// <summary>The first pass.</summary>
    private static bool TryFindHandler(Exception exception, ExceptionContext* context, bool isRethrow, ref UnwindTarget target)
    {
        var frames = new StackFrameIterator(in *context, null);
        ulong funclet = 0;
        bool isTraced = isRethrow;
        while (frames.MoveNext() && frames.HasFunction && !frames.Function.IsSignalFrame)
        {
            var table = new MethodExceptionTable(in frames.Function);
            switch (table.Kind)
            {
                case FrameKind.CatchStub or FrameKind.FinallyStub:
                    continue;
                case FrameKind.FilterStub:
                    target.StackPointer = frames.StackPointer;
                    return true;
            }
            if (!isTraced)
                exception.AppendStackTrace(frames.InstructionAddress);
            if (TryFindHandlerInFrame(exception, ref frames, table, funclet, ref target))
                return true;
            funclet = table.Kind == FrameKind.Handler ? frames.Function.Start : 0;
            if (funclet == 0)
                isTraced = false;
        }
        return false;
    }

    private static bool TryFindHandlerInFrame(
        Exception exception, ref StackFrameIterator frames, MethodExceptionTable table, ulong funclet, ref UnwindTarget target)
    {
        ulong offset = frames.InstructionAddress - table.MethodStart;
        int skipped = ClauseOfFunclet(table, funclet);
        ExceptionClause sibling = default;
        while (table.MoveNext(out ExceptionClause clause, out int index))
        {
            if (IsSkipped(index, skipped, in clause, ref sibling) || !clause.Covers(offset))
                continue;
            bool handles = clause.Kind switch
            {
                ClauseKind.Typed => IsInstance(exception, clause.CaughtType),
                ClauseKind.Filter => RunFilter(in frames.Registers, clause.Filter, exception) != 0,
                _ => false,
            };
            if (!handles)
                continue;
            target.StackPointer = frames.StackPointer;
            target.Handler = clause.Handler;
            target.Clause = index;
            return true;
        }
        return false;
    }

    /// <summary>The second pass, from a frame and the clause after the given one, to the target.</summary>
    [DoesNotReturn]
    private static void Unwind(ref UnwindTarget target, ref StackFrameIterator frames, int skipped)
    {
        ulong funclet = 0;
        while (frames.MoveNext() && frames.HasFunction)
        {
            var table = new MethodExceptionTable(in frames.Function);
            bool isTarget = frames.StackPointer == target.StackPointer;
            if (table.Kind >= FrameKind.CatchStub)
            {
                if (isTarget && table.Kind == FrameKind.FilterStub)
                    RefuseInFilter(in frames.Registers);
                continue;
            }
            if (funclet != 0)
                skipped = ClauseOfFunclet(table, funclet);
            RunFinally(ref target, ref frames, table, skipped, isTarget);
            if (isTarget)
                EnterCatch(ref target, ref frames);
            skipped = BeforeFirstClause;
            funclet = table.Kind == FrameKind.Handler ? frames.Function.Start : 0;
        }
        FatalHooks.FailFast("the stack changed while an exception was unwound");
    }

    /// <summary>Enters the innermost finally handler that is due in a frame. Returns if none is.</summary>
    private static void RunFinally(
        ref UnwindTarget target, ref StackFrameIterator frames, MethodExceptionTable table, int skipped, bool isTarget)
    {
        ulong offset = frames.InstructionAddress - table.MethodStart;
        ExceptionClause sibling = default;
        while (table.MoveNext(out ExceptionClause clause, out int index))
        {
            if (isTarget && index >= target.Clause)
                return;
            if (IsSkipped(index, skipped, in clause, ref sibling) || clause.Kind != ClauseKind.Fault || !clause.Covers(offset))
                continue;
            UnwindTarget remembered = target;
            remembered.CurrentClause = index;
            ExceptionContext registers = AtReturnAddress(ref frames);
            CallFinally(&registers, clause.Handler, &remembered);
        }
    }

    [DoesNotReturn]
    private static void EnterCatch(ref UnwindTarget target, ref StackFrameIterator frames)
    {
        ExceptionContext registers = AtReturnAddress(ref frames);
        CallCatch(&registers, target.Handler, target.Exception);
    }

    /// <summary>
    /// A frame's registers with a return address for rip, so that a walk from its handlers need not be told: the byte
    /// before it is in the instruction that threw, also if that is the first of its region.
    /// </summary>
    private static ExceptionContext AtReturnAddress(ref StackFrameIterator frames)
    {
        ExceptionContext registers = frames.Registers;
        registers.Rip = frames.InstructionAddress + 1;
        return registers;
    }

    /// <summary>An exception left a filter: the filter's answer is no (ECMA-335, I.12.4.2.5).</summary>
    [DoesNotReturn]
    private static void RefuseInFilter(in ExceptionContext stub)
    {
        ExceptionContext registers = stub;
        registers.Rax = 0;
        Resume(&registers);
    }

    private static int RunFilter(in ExceptionContext frame, ulong filter, Exception exception)
    {
        ExceptionContext registers = frame;
        return CallFilter(&registers, filter, *(void**)&exception);
    }

    /// <summary>
    /// The clause whose handler a frame's callee is. What escapes from a handler concerns only the clauses after its own:
    /// those of the regions around, for inner ones come first.
    /// </summary>
    private static int ClauseOfFunclet(MethodExceptionTable table, ulong funclet)
    {
        if (funclet == 0)
            return BeforeFirstClause;
        while (table.MoveNext(out ExceptionClause clause, out int index))
            if (clause.Kind != ClauseKind.Unused && clause.Handler == funclet)
                return index;
        return BeforeFirstClause;
    }

    /// <summary>
    /// Whether a clause is out of the question: it is not after <paramref name="skipped"/>, or follows it directly as
    /// another catch of the same try statement.
    /// </summary>
    private static bool IsSkipped(int index, int skipped, in ExceptionClause clause, ref ExceptionClause sibling)
    {
        if (index > skipped && !(skipped != BeforeFirstClause && clause.ProtectsSameAs(in sibling)))
        {
            sibling = default;
            return false;
        }
        if (index == skipped)
            sibling = clause;
        return true;
    }

    private static bool IsInstance(Exception exception, MethodTable* caught)
    {
        for (MethodTable* type = exception.TypeTable; type != null; type = type->BaseType)
            if (type == caught)
                return true;
        return false;
    }

    /// <summary>Cuts the stack at a frame and calls its finally handler, which returns to a stub that goes on here.</summary>
    [DoesNotReturn]
    [RuntimeImport("*", "ExceptionCallFinally")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void CallFinally(ExceptionContext* frame, ulong handler, UnwindTarget* target);

    /// <summary>Cuts the stack at a frame and calls its catch handler, which says where the method goes on.</summary>
    [DoesNotReturn]
    [RuntimeImport("*", "ExceptionCallCatch")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void CallCatch(ExceptionContext* frame, ulong handler, void* exception);

    /// <summary>Calls a filter of a frame.</summary>
    /// <returns>Not 0 if it wants the exception.</returns>
    [RuntimeImport("*", "ExceptionCallFilter")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int CallFilter(ExceptionContext* frame, ulong filter, void* exception);

    /// <summary>Returns to rip as a called function does, with rax, the stack pointer and the registers that calls keep.</summary>
    [DoesNotReturn]
    [RuntimeImport("*", "ExceptionResume")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Resume(ExceptionContext* registers);
}
