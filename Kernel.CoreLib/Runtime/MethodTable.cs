using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Internal.Runtime;

/// <summary>Kinds of types, as ilc stores them in a method table.</summary>
internal enum ElementType
{
    Unknown = 0x00,
    Void = 0x01,
    Boolean = 0x02,
    Char = 0x03,
    SByte = 0x04,
    Byte = 0x05,
    Int16 = 0x06,
    UInt16 = 0x07,
    Int32 = 0x08,
    UInt32 = 0x09,
    Int64 = 0x0A,
    UInt64 = 0x0B,
    IntPtr = 0x0C,
    UIntPtr = 0x0D,
    Single = 0x0E,
    Double = 0x0F,
    ValueType = 0x10,
    Nullable = 0x12,
    Class = 0x14,
    Interface = 0x15,
    SystemArray = 0x16,
    Array = 0x17,
    SzArray = 0x18,
    ByRef = 0x19,
    Pointer = 0x1A,
    FunctionPointer = 0x1B,
}

/// <summary>How a type parameter varies.</summary>
internal enum GenericVariance : byte
{
    NonVariant = 0,
    Covariant = 1,
    Contravariant = 2,
    ArrayCovariant = 0x20,
}

/// <summary>Sizes inside objects, in bytes.</summary>
internal static class ObjectLayout
{
    /// <summary>The header before the method table pointer.</summary>
    internal const int HeaderSize = 8;

    /// <summary>The method table pointer.</summary>
    internal const int MethodTablePointerSize = 8;

    /// <summary>What a base size counts besides the fields.</summary>
    internal const int BaseSizeOverhead = HeaderSize + MethodTablePointerSize;

    /// <summary>Base size of an array of one dimension: header, method table, length and padding.</summary>
    internal const int SzArrayBaseSize = 24;

    /// <summary>From an array's base size to the distance between its raw data and its first element.</summary>
    internal const int ArrayDataBias = BaseSizeOverhead;

    /// <summary>Objects start at multiples of this.</summary>
    internal const int Alignment = 8;
}

/// <summary>A type at run time: ilc emits one for each type that can have objects.</summary>
/// <remarks>
/// The fixed part is followed by the virtual methods' addresses, the interfaces' method tables, and then, each as a
/// 32-bit distance from itself and only where a flag says so: type manager, writable data, dispatch map, finalizer,
/// sealed virtual methods, generic definition, generic arguments.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MethodTable
{
    private const uint KindMask = 0x0003_0000;
    private const uint KindFunctionPointer = 0x0001_0000;
    private const uint KindParameterized = 0x0002_0000;
    private const uint KindGenericDefinition = 0x0003_0000;
    private const uint HasDispatchMapFlag = 0x0004_0000;
    private const uint HasFinalizerFlag = 0x0010_0000;
    private const uint HasSealedVirtualsFlag = 0x0040_0000;
    private const uint GenericVarianceFlag = 0x0080_0000;
    private const uint HasReferencesFlag = 0x0100_0000;
    private const uint IsGenericFlag = 0x0200_0000;
    private const uint ElementTypeMask = 0x7C00_0000;
    private const int ElementTypeShift = 26;
    private const uint HasComponentSizeFlag = 0x8000_0000;
    private const uint ComponentSizeMask = 0xFFFF;

    // The low half of the flags of a type without component size.
    private const uint ValueTypePaddingMask = 0x00E0;
    private const int ValueTypePaddingShift = 5;
    private const uint NullableValueOffsetMask = 0x0700;
    private const int NullableValueOffsetShift = 8;

    private const int BoundsPerDimension = 2;

    private readonly uint _flags;
    private readonly uint _baseSize;
    private readonly MethodTable* _relatedType;
    private readonly ushort _virtualSlots;
    private readonly ushort _interfaceCount;
    private readonly uint _hashCode;

    /// <summary>The method table of a type. The compiler puts the constant in.</summary>
    [Intrinsic]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern MethodTable* Of<T>() where T : allows ref struct;

    internal readonly uint BaseSize => _baseSize;

    internal readonly int InterfaceCount => _interfaceCount;

    internal readonly int VirtualSlots => _virtualSlots;

    internal readonly uint HashCode => _hashCode;

    /// <summary>Size of an element of an array or string, in bytes; zero for all other types.</summary>
    internal readonly ushort ComponentSize => (int)_flags < 0 ? (ushort)(_flags & ComponentSizeMask) : (ushort)0;

    internal readonly ElementType ElementType => (ElementType)((_flags & ElementTypeMask) >> ElementTypeShift);

    internal readonly bool IsValueType => ElementType < ElementType.Class;

    internal readonly bool IsInterface => ElementType == ElementType.Interface;

    internal readonly bool IsNullable => ElementType == ElementType.Nullable;

    internal readonly bool IsArray => ElementType is ElementType.Array or ElementType.SzArray;

    internal readonly bool IsSzArray => ElementType == ElementType.SzArray;

    internal readonly bool IsPointerLike => ElementType is ElementType.Pointer or ElementType.ByRef or ElementType.FunctionPointer;

    internal readonly bool IsParameterized => (_flags & KindMask) == KindParameterized;

    internal readonly bool IsGenericDefinition => (_flags & KindMask) == KindGenericDefinition;

    internal readonly bool HasGenericVariance => (_flags & GenericVarianceFlag) != 0;

    internal readonly bool HasReferences => (_flags & HasReferencesFlag) != 0;

    internal readonly bool HasDispatchMap => (_flags & HasDispatchMapFlag) != 0;

    internal readonly bool IsGeneric => (_flags & IsGenericFlag) != 0;

    /// <summary>The element type of an array or pointer.</summary>
    internal readonly MethodTable* RelatedParameterType => _relatedType;

    /// <summary>The base class; for arrays, their common base.</summary>
    internal readonly MethodTable* BaseType => IsArray ? Of<Array>() : IsParameterized || (_flags & KindMask) == KindFunctionPointer ? null : _relatedType;

    internal readonly int ArrayRank =>
        IsSzArray ? 1 : ((int)_baseSize - ObjectLayout.SzArrayBaseSize) / (BoundsPerDimension * sizeof(int));

    /// <summary>Size of a struct without box, in bytes.</summary>
    internal readonly nuint ValueTypeSize =>
        _baseSize - ObjectLayout.BaseSizeOverhead - ((_flags & ValueTypePaddingMask) >> ValueTypePaddingShift);

    /// <summary>Where a nullable's value lies behind its flag, in bytes.</summary>
    internal readonly int NullableValueOffset =>
        1 << (int)((_flags & NullableValueOffsetMask) >> NullableValueOffsetShift);

    /// <summary>The T of a nullable.</summary>
    internal MethodTable* NullableType => GenericArgument(0);

    /// <summary>The virtual methods' addresses.</summary>
    internal nint* VirtualTable => (nint*)((MethodTable*)Unsafe.AsPointer(ref this) + 1);

    /// <summary>The implemented interfaces.</summary>
    internal MethodTable** Interfaces => (MethodTable**)(VirtualTable + _virtualSlots);

    private int* OptionalFields => (int*)(Interfaces + _interfaceCount);

    // Type manager and writable data are always there.
    private const int AlwaysPresentFields = 2;
    private const int WritableDataField = 1;

    private readonly int DispatchMapField => AlwaysPresentFields;

    private readonly int FinalizerField => DispatchMapField + ((_flags & HasDispatchMapFlag) != 0 ? 1 : 0);

    private readonly int SealedVirtualsField => FinalizerField + ((_flags & HasFinalizerFlag) != 0 ? 1 : 0);

    private readonly int GenericDefinitionField => SealedVirtualsField + ((_flags & HasSealedVirtualsFlag) != 0 ? 1 : 0);

    private readonly int GenericArgumentsField => GenericDefinitionField + 1;

    private static void* Follow(int* relative) => (byte*)relative + *relative;

    /// <summary>A pointer-sized cell that belongs to the type and can be written.</summary>
    internal nint* WritableData => (nint*)Follow(OptionalFields + WritableDataField);

    internal DispatchMap* DispatchMap => (DispatchMap*)Follow(OptionalFields + DispatchMapField);

    /// <summary>The address of a virtual method that cannot be overridden further.</summary>
    internal nint SealedVirtual(int slot) => (nint)Follow((int*)Follow(OptionalFields + SealedVirtualsField) + slot);

    internal MethodTable* GenericDefinition => (MethodTable*)Follow(OptionalFields + GenericDefinitionField);

    /// <summary>How many arguments a generic definition has. It has no instances, so ilc puts this in the place of the size.</summary>
    internal readonly int GenericParameterCount => (int)_baseSize;

    /// <summary>How many arguments a constructed generic type has.</summary>
    internal int GenericArity => GenericDefinition->GenericParameterCount;

    /// <summary>An argument of a generic type. One argument is stored in the field, several in a list that it points at.</summary>
    internal MethodTable* GenericArgument(int index)
    {
        int* field = OptionalFields + GenericArgumentsField;
        int* list = GenericArity == 1 ? field : (int*)Follow(field);
        return (MethodTable*)Follow(list + index);
    }

    /// <summary>How the parameters of this generic definition vary.</summary>
    internal GenericVariance* ParameterVariance => (GenericVariance*)Follow(OptionalFields + SealedVirtualsField + ((_flags & HasSealedVirtualsFlag) != 0 ? 1 : 0));
}

/// <summary>How a type implements the slots of its interfaces.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DispatchMap
{
    private readonly ushort _entryCount;
    private readonly ushort _defaultEntryCount;
    private readonly ushort _staticEntryCount;
    private readonly ushort _defaultStaticEntryCount;

    internal readonly int EntryCount => _entryCount;

    internal readonly int DefaultEntryCount => _defaultEntryCount;

    /// <summary>The entries: those of the class first, then those of default implementations.</summary>
    internal DispatchMapEntry* Entries => (DispatchMapEntry*)((DispatchMap*)Unsafe.AsPointer(ref this) + 1);
}

/// <summary>One interface slot's implementation.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct DispatchMapEntry
{
    internal readonly ushort InterfaceIndex;
    internal readonly ushort InterfaceSlot;
    internal readonly ushort ImplementationSlot;
}
