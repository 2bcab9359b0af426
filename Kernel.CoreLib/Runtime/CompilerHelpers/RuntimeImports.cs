namespace System.Runtime;

/// <summary>What code that ilc makes for arrays of several dimensions calls. ilc finds the method by name.</summary>
internal static class RuntimeImports
{
    private static void RhCheckArrayStore(object array, object? value) => TypeCast.CheckArrayStore(array, value);
}
