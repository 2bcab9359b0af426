using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace System.Runtime;

/// <summary>Finds the method that an interface call reaches, and remembers it at the call site.</summary>
/// <remarks>
/// Lock-free, for interrupt handlers call interfaces too. A cache block is never changed but by filling an empty
/// entry, its method before its type; a larger block begins with the same entries, so that a stub may meet a newer
/// block than its own. A cell's block is written before its stub.
/// </remarks>
internal static unsafe class InterfaceDispatch
{
    /// <summary>What compiled code points r11 at.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Cell
    {
        internal nint Stub;
        internal nint Cache;
    }

    /// <summary>What a cell's second word points at once it is used. The layout is known to InterfaceDispatch.S.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Cache
    {
        internal MethodTable* Interface;
        internal ushort Slot;
        internal ushort Capacity;

        // Entries given out in a hash table; may count too many.
        internal int Count;
        internal nint Stub;
        internal nuint HashMask;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        internal MethodTable* Type;
        internal nint Target;
    }

    // The low bits of a cell's second word.
    private const nint TagMask = 3;
    private const nint TagCache = 0;
    private const nint TagInterfacePointer = 1;
    private const nint TagIndirectRelative = 2;

    // After the cells of one slot comes a cell without stub that has the slot's number and a kind in its second word.
    private const nint SlotMask = 0xFFFF;

    private const int MaxLinear = 8;
    private const int FirstHashCapacity = 32;
    private const int MaxHashCapacity = 1024;
    private const int HashShift = 4;
    private const int FreeShare = 4;

    private const ushort SlotReabstracted = 0xFFFF;
    private const ushort SlotAmbiguous = 0xFFFE;

    /// <summary>The method of an interface or class slot for an object, for delegates.</summary>
    internal static nint Resolve(object target, nint dispatchCell)
    {
        ReadCell((Cell*)dispatchCell, out MethodTable* interfaceType, out int slot);
        return Find(target.TypeTable, interfaceType, slot);
    }

    [RuntimeExport("RuntimeResolveInterfaceCall")]
    private static nint ResolveCall(object target, Cell* cell)
    {
        MethodTable* type = target.TypeTable;
        ReadCell(cell, out MethodTable* interfaceType, out int slot);
        nint method = Find(type, interfaceType, slot);
        Remember(cell, interfaceType, slot, type, method);
        return method;
    }

    private static void ReadCell(Cell* cell, out MethodTable* interfaceType, out int slot)
    {
        nint word = Volatile.Read(ref cell->Cache);
        if ((word & TagMask) == TagCache)
        {
            interfaceType = ((Cache*)word)->Interface;
            slot = ((Cache*)word)->Slot;
            return;
        }
        nint pointer = word & ~TagMask;
        switch (word & TagMask)
        {
            case TagInterfacePointer:
                interfaceType = (MethodTable*)pointer;
                break;
            case TagIndirectRelative:
                interfaceType = *(MethodTable**)((byte*)&cell->Cache + (int)pointer);
                break;
            default:
                interfaceType = (MethodTable*)((byte*)&cell->Cache + (int)pointer);
                break;
        }
        Cell* end = cell;
        while (end->Stub != 0)
            end++;
        slot = (int)(end->Cache & SlotMask);
    }

    private static void Remember(Cell* cell, MethodTable* interfaceType, int slot, MethodTable* type, nint method)
    {
        nint word = Volatile.Read(ref cell->Cache);
        Cache* current = (word & TagMask) == TagCache ? (Cache*)word : null;
        if (current is not null && (TryAdd(current, type, method) || current->Capacity == MaxHashCapacity))
        {
            cell->Stub = current->Stub;
            return;
        }
        Cache* larger = Grow(current, interfaceType, slot);
        TryAdd(larger, type, method);
        if (Interlocked.CompareExchange(ref cell->Cache, (nint)larger, word) == word)
            cell->Stub = larger->Stub;
    }

    private static Cache* Grow(Cache* current, MethodTable* interfaceType, int slot)
    {
        int capacity = current is null ? 1
            : current->Capacity < MaxLinear ? current->Capacity * 2
            : current->Capacity == MaxLinear ? FirstHashCapacity : current->Capacity * 2;
        Cache* larger = (Cache*)ManagedHeap.AllocatePermanent((nuint)(sizeof(Cache) + capacity * sizeof(Entry)));
        larger->Interface = interfaceType;
        larger->Slot = (ushort)slot;
        larger->Capacity = (ushort)capacity;
        larger->HashMask = (nuint)((capacity - 1) * sizeof(Entry));
        larger->Stub = StubFor(capacity);
        if (current is not null)
            for (int i = 0; i < current->Capacity; i++)
                if (Entries(current)[i].Type is not null)
                    TryAdd(larger, Entries(current)[i].Type, Entries(current)[i].Target);
        return larger;
    }

    private static Entry* Entries(Cache* cache) => (Entry*)(cache + 1);

    /// <summary>Whether the type is in the cache afterwards.</summary>
    private static bool TryAdd(Cache* cache, MethodTable* type, nint method)
    {
        Entry* entries = Entries(cache);
        bool isHash = cache->Capacity > MaxLinear;
        int index = isHash ? (int)((((nuint)type ^ ((nuint)type >> HashShift)) & cache->HashMask) / (nuint)sizeof(Entry)) : 0;

        for (int i = 0; i < cache->Capacity; i++, index = (index + 1) & (cache->Capacity - 1))
        {
            Entry* entry = entries + index;
            if (entry->Type == type)
                return true;
            if (entry->Type is not null)
                continue;

            // A quarter of a hash table stays empty, so that a search in it ends.
            if (isHash && Interlocked.Increment(ref cache->Count) > cache->Capacity - cache->Capacity / FreeShare)
                return false;

            // The first to set the method owns the entry; it is shown by its type.
            if (Interlocked.CompareExchange(ref entry->Target, method, 0) != 0)
                continue;
            Volatile.Write(ref *(nint*)&entry->Type, (nint)type);
            return true;
        }
        return false;
    }

    private static nint StubFor(int capacity) => capacity switch
    {
        1 => StubAddress(0),
        2 => StubAddress(1),
        4 => StubAddress(2),
        MaxLinear => StubAddress(3),
        _ => StubAddress(4),
    };

    [RuntimeImport("*", "RuntimeDispatchStub")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern nint StubAddress(int index);

    /// <summary>The method that implements an interface's slot, or the method in a class's slot.</summary>
    private static nint Find(MethodTable* type, MethodTable* interfaceType, int slot)
    {
        if (!interfaceType->IsInterface)
            return FindInClass(type, interfaceType, slot);
        nint method = FindInHierarchy(type, interfaceType, slot, false);
        if (method == 0)
            method = FindInHierarchy(type, interfaceType, slot, true);
        if (method == 0)
            throw new MissingMethodException("The object does not implement the interface's method.");
        return method;
    }

    private static nint FindInClass(MethodTable* type, MethodTable* declaring, int slot) =>
        slot < declaring->VirtualSlots ? type->VirtualTable[slot] : declaring->SealedVirtual(slot - declaring->VirtualSlots);

    private static nint FindInHierarchy(MethodTable* type, MethodTable* interfaceType, int slot, bool defaults)
    {
        for (MethodTable* current = type; current is not null; current = current->BaseType)
        {
            if (!current->HasDispatchMap)
                continue;
            if (!FindSlot(current, interfaceType, slot, defaults, false, out ushort implementation)
                && !FindSlot(current, interfaceType, slot, defaults, true, out implementation))
                continue;
            return MethodIn(type, current, implementation);
        }
        return 0;
    }

    private static nint MethodIn(MethodTable* type, MethodTable* implementing, ushort slot)
    {
        if (slot < implementing->VirtualSlots)
            return type->VirtualTable[slot];
        if (slot == SlotReabstracted)
            throw new MissingMethodException("The interface's method was made abstract again.");
        if (slot == SlotAmbiguous)
            throw new AmbiguousImplementationException();
        return implementing->SealedVirtual(slot - implementing->VirtualSlots);
    }

    private static bool FindSlot(MethodTable* type, MethodTable* interfaceType, int slot, bool defaults, bool variant, out ushort implementation)
    {
        implementation = 0;
        bool isArray = type->IsArray;
        if (variant && !interfaceType->HasGenericVariance && !(isArray && interfaceType->IsGeneric))
            return false;

        DispatchMap* map = type->DispatchMap;
        DispatchMapEntry* entry = map->Entries + (defaults ? map->EntryCount : 0);
        DispatchMapEntry* end = entry + (defaults ? map->DefaultEntryCount : map->EntryCount);
        for (; entry < end; entry++)
        {
            if (entry->InterfaceSlot != slot)
                continue;
            MethodTable* candidate = type->Interfaces[entry->InterfaceIndex];
            if (candidate != interfaceType && !(variant && candidate->IsGeneric && TypeCast.VariesTo(candidate, interfaceType, isArray)))
                continue;
            implementation = entry->ImplementationSlot;
            return true;
        }
        return false;
    }
}
