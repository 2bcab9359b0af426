using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Internal.Runtime;

/// <summary>The storage of <c>[ThreadStatic]</c> fields: one for each processor. ilc finds the method by name.</summary>
/// <remarks>
/// Made when a processor first touches a type's fields, and zeroed: an initializer of such a field runs with the static
/// constructor, once, on the processor that happens to come first. Code that can move to another processor must not
/// keep a reference to such a field.
/// </remarks>
internal static unsafe class ThreadStatics
{
    /// <summary>Processors that can have storage.</summary>
    private const int MaxProcessors = 256;

    // One pointer for each processor to a list with one object for each type.
    private static nint s_processors;

    internal static object GetThreadStaticBaseForType(TypeManagerSlot* module, int typeIndex)
    {
        nint* types = StorageOfProcessor();
        nint storage = Volatile.Read(ref types[typeIndex]);
        if (storage == 0)
            storage = Allocate(types, typeIndex);
        return Unsafe.AsObject((void*)storage);
    }

    private static nint* StorageOfProcessor()
    {
        uint processor = KernelHooks.ProcessorIndex();
        if (processor >= MaxProcessors)
            FatalHooks.FailFast("too many processors for per-processor static fields");
        nint* processors = (nint*)GetOrMake(ref s_processors, MaxProcessors);
        return (nint*)GetOrMake(ref processors[processor], TypeCount);
    }

    private static nint GetOrMake(ref nint cell, int entries)
    {
        nint list = Volatile.Read(ref cell);
        if (list != 0)
            return list;
        list = (nint)ManagedHeap.AllocatePermanent((nuint)entries * (nuint)sizeof(nint));
        nint previous = Interlocked.CompareExchange(ref cell, list, 0);
        return previous == 0 ? list : previous;
    }

    private static nint Allocate(nint* types, int typeIndex)
    {
        ReadyToRunSection* section = ReadyToRunHeader.Current->Find(ReadyToRunSectionKind.ThreadStatics);
        MethodTable* type = ((MethodTable**)section->Start)[typeIndex];
        ManagedHeap.EnterPermanent();
        object storage = ManagedHeap.NewObject(type, AllocationKind.Runtime);
        ManagedHeap.LeavePermanent();
        nint address = *(nint*)&storage;
        nint previous = Interlocked.CompareExchange(ref types[typeIndex], address, 0);
        return previous == 0 ? address : previous;
    }

    private static int TypeCount
    {
        get
        {
            ReadyToRunSection* section = ReadyToRunHeader.Current->Find(ReadyToRunSectionKind.ThreadStatics);
            return section is null ? 0 : (int)(section->End - section->Start) / sizeof(MethodTable*);
        }
    }
}
