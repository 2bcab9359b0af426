namespace System.Runtime;

/// <summary>The runtime's own start, after which all of C# works.</summary>
/// <remarks>
/// Before it the kernel may use methods, structs and static fields without references, but nothing that needs
/// <c>new</c>, static references or static constructors.
/// </remarks>
public static unsafe class ManagedRuntime
{
    /// <summary>Makes the static fields' storage and runs the constructors that run at start-up. Call it once, when <c>KernelAllocatePages</c> works.</summary>
    public static void Start()
    {
        ManagedHeap.Prepare();
        ReadyToRunHeader* header = ReadyToRunHeader.Current;
        ReadyToRunSection* statics = header->Find(ReadyToRunSectionKind.StaticReferences);
        if (statics is not null)
            StaticStorage.AllocateReferenceBases(statics->Start, statics->End);
        RunAll(header->Find(ReadyToRunSectionKind.EagerConstructors));
        RunAll(header->Find(ReadyToRunSectionKind.ModuleInitializers));
    }

    // Lists of methods hold the distance to each one.
    private static void RunAll(ReadyToRunSection* methods)
    {
        if (methods is null)
            return;
        for (int* entry = (int*)methods->Start; entry < (int*)methods->End; entry++)
            ((delegate*<void>)((byte*)entry + *entry))();
    }
}
