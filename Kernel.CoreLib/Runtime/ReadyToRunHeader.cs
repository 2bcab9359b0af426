using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace System.Runtime;

/// <summary>What a section of the image's run-time data is.</summary>
internal enum ReadyToRunSectionKind
{
    /// <summary>The storage of static references, to be allocated.</summary>
    StaticReferences = 201,

    /// <summary>The types of the storage of per-processor statics.</summary>
    ThreadStatics = 202,

    /// <summary>The type manager: names the types' owner to the runtime.</summary>
    TypeManager = 204,

    /// <summary>Static constructors that run at start-up.</summary>
    EagerConstructors = 205,

    /// <summary>Objects in the image: string literals and others.</summary>
    FrozenObjects = 206,

    /// <summary>Module initializers.</summary>
    ModuleInitializers = 213,

    /// <summary>Implementations of generic virtual methods of classes.</summary>
    GenericVirtualMethods = 318,

    /// <summary>Implementations of generic virtual methods of interfaces.</summary>
    InterfaceGenericVirtualMethods = 319,
}

/// <summary>Describes the image's run-time data. ilc puts its address into the section <c>__modules</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ReadyToRunHeader
{
    private readonly uint _signature;
    private readonly ushort _majorVersion;
    private readonly ushort _minorVersion;
    private readonly uint _flags;
    private readonly ushort _sectionCount;
    private readonly byte _entrySize;
    private readonly byte _entryType;

    internal readonly int SectionCount => _sectionCount;

    internal ReadyToRunSection* Section(int index) => (ReadyToRunSection*)((byte*)Unsafe.AsPointer(ref this) + sizeof(ReadyToRunHeader)) + index;

    /// <summary>A section, or null when the image has none of the kind.</summary>
    internal ReadyToRunSection* Find(ReadyToRunSectionKind kind)
    {
        for (int i = 0; i < _sectionCount; i++)
            if (Section(i)->Kind == kind)
                return Section(i);
        return null;
    }

    [RuntimeImport("*", "RuntimeModules")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ReadyToRunHeader** Modules();

    /// <summary>The header of the image, which is compiled as one module.</summary>
    internal static ReadyToRunHeader* Current => *Modules();
}

/// <summary>A section of the image's run-time data.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct ReadyToRunSection
{
    private readonly int _kind;
    private readonly int _flags;

    internal readonly byte* Start;
    internal readonly byte* End;

    internal ReadyToRunSectionKind Kind => (ReadyToRunSectionKind)_kind;
}
