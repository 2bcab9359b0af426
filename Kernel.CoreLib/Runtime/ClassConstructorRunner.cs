using System.Runtime.InteropServices;
using System.Threading;

namespace System.Runtime.CompilerServices;

/// <summary>Runs a type's static constructor when something of the type is first used. ilc finds the methods by name.</summary>
/// <remarks>
/// One processor runs it; others that come meanwhile wait. A constructor that comes back to its own type, directly or
/// through a circle of types and processors, sees the type as far as it is initialized (ECMA-335, II.10.5.3.3). What a
/// static constructor allocates belongs to no heap scope. One that throws spoils its type for good.
/// </remarks>
internal static unsafe class ClassConstructorRunner
{
    /// <summary>A static constructor that runs.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Record
    {
        internal Record* Next;
        internal StaticClassConstructionContext* Context;
        internal int Owner;

        // The record whose constructor the owner waits for.
        internal Record* WaitsFor;
    }

    /// <summary>
    /// Marks the address of the exception that spoiled the type, in place of the constructor's; code starts at even addresses.
    /// </summary>
    private const nint FailedMark = 1;

    private static Record* s_records;
    private static int s_lock;

    private static object CheckStaticClassConstructionReturnGCStaticBase(StaticClassConstructionContext* context, object gcStaticBase)
    {
        EnsureClassConstructorRun(context);
        return gcStaticBase;
    }

    private static nint CheckStaticClassConstructionReturnNonGCStaticBase(StaticClassConstructionContext* context, nint nonGcStaticBase)
    {
        EnsureClassConstructorRun(context);
        return nonGcStaticBase;
    }

    private static object CheckStaticClassConstructionReturnThreadStaticBase(TypeManagerSlot* module, int typeIndex, StaticClassConstructionContext* context)
    {
        object storage = ThreadStatics.GetThreadStaticBaseForType(module, typeIndex);
        EnsureClassConstructorRun(context);
        return storage;
    }

    internal static void EnsureClassConstructorRun(StaticClassConstructionContext* context)
    {
        Record* record = Acquire(context, out nint constructor);
        if (record is null)
            return;
        ManagedHeap.EnterPermanent();
        try
        {
            ((delegate*<void>)constructor)();
            Volatile.Write(ref context->cctorMethodAddress, 0);
        }
        catch (Exception exception)
        {
            var wrapper = new TypeInitializationException(null, exception);
            Volatile.Write(ref context->cctorMethodAddress, *(nint*)&wrapper | FailedMark);
            throw wrapper;
        }
        finally
        {
            ManagedHeap.LeavePermanent();
            Release(record);
        }
    }

    /// <summary>The record of a constructor that the caller shall run; null when there is nothing to do, or nothing that can be done.</summary>
    private static Record* Acquire(StaticClassConstructionContext* context, out nint constructor)
    {
        int self = (int)KernelHooks.ProcessorIndex() + 1;
        while (true)
        {
            constructor = Volatile.Read(ref context->cctorMethodAddress);
            if (constructor == 0)
                return null;
            if ((constructor & FailedMark) != 0)
                throw Unsafe.As<TypeInitializationException>(Unsafe.AsObject((void*)(constructor - FailedMark)));

            OwnedSpinLock.Enter(ref s_lock);
            Record* record = Find(context);
            if (record is null)
            {
                // Somebody may have finished between the look at the address and the lock.
                if (Volatile.Read(ref context->cctorMethodAddress) == constructor)
                    record = Add(context, self);
                OwnedSpinLock.Exit(ref s_lock);
                if (record is null)
                    continue;
                return record;
            }
            bool isCircle = LeadsTo(record, self);
            SetWaiting(self, isCircle ? null : record);
            OwnedSpinLock.Exit(ref s_lock);
            if (isCircle)
                return null;
            while (Volatile.Read(ref record->Owner) != 0 && record->Context == context)
                OwnedSpinLock.Pause();
        }
    }

    private static void Release(Record* record)
    {
        OwnedSpinLock.Enter(ref s_lock);
        record->Owner = 0;
        record->WaitsFor = null;
        record->Context = null;
        OwnedSpinLock.Exit(ref s_lock);
    }

    private static Record* Find(StaticClassConstructionContext* context)
    {
        for (Record* record = s_records; record is not null; record = record->Next)
            if (record->Context == context)
                return record;
        return null;
    }

    private static Record* Add(StaticClassConstructionContext* context, int owner)
    {
        Record* record = Find(null);
        if (record is null)
        {
            record = (Record*)ManagedHeap.AllocatePermanent((nuint)sizeof(Record));
            record->Next = s_records;
            s_records = record;
        }
        record->Context = context;
        record->Owner = owner;
        return record;
    }

    /// <summary>Whether the record's owner is a processor, or waits for one that is or does.</summary>
    private static bool LeadsTo(Record* record, int processor)
    {
        for (; record is not null; record = record->WaitsFor)
            if (record->Owner == processor)
                return true;
        return false;
    }

    // What a processor waits for is noted at all constructors that it runs.
    private static void SetWaiting(int processor, Record* target)
    {
        for (Record* record = s_records; record is not null; record = record->Next)
            if (record->Owner == processor)
                record->WaitsFor = target;
    }
}
