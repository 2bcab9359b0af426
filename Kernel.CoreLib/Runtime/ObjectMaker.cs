using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>How objects of one class are made in memory of the caller's; the heap is not touched.</summary>
/// <remarks>Looked up once and kept, because shared generic code finds its type only by looking.</remarks>
public readonly unsafe struct ObjectMaker
{
    private readonly MethodTable* _type;
    private readonly delegate*<object, void> _constructor;
    private readonly int _size;

    private ObjectMaker(MethodTable* type, nint constructor)
    {
        _type = type;
        _constructor = (delegate*<object, void>)constructor;
        nuint size = ManagedHeap.AlignUp(type->BaseSize);
        _size = (int)(size < (nuint)sizeof(Block) ? (nuint)sizeof(Block) : size);
    }

    /// <summary>The maker of one class.</summary>
    public static ObjectMaker Of<T>() where T : class, new() => new(MethodTable.Of<T>(), Activator.DefaultConstructorOf<T>());

    /// <summary>What an object takes with its header, in bytes; a multiple of eight.</summary>
    public int Size => _size;

    /// <summary>Makes an object and runs its constructor.</summary>
    /// <param name="storage"><see cref="Size"/> bytes at a multiple of eight; their content is lost.</param>
    /// <returns>The object. It is valid as long as the memory is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public object Construct(void* storage)
    {
        // The last block ends with the storage, over what is cleared already.
        byte* last = (byte*)storage + _size - sizeof(Block);
        for (byte* block = (byte*)storage; block < last; block += sizeof(Block))
            *(Block*)block = default;
        *(Block*)last = default;
        object item = ManagedHeap.Construct((byte*)storage, _type);
        _constructor(item);
        return item;
    }

    /// <summary>The memory that <see cref="Construct"/> got for an object.</summary>
    public static byte* StorageOf(object item) => *(byte**)&item - ObjectLayout.HeaderSize;

    /// <summary>What is cleared at once, and the least that an object takes.</summary>
    [InlineArray(4)]
    private struct Block
    {
        private ulong _first;
    }
}
