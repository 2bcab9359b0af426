using Xunit;

namespace CosmosVm.SymbolTool.Tests;

/// <summary>Linker names as ilc 10 writes them, of the types in Samples.cs.</summary>
public class MethodNamesTests
{
    private static readonly MethodNames s_names = Load();

    [Theory]
    [InlineData("Sample__get_Item", "Samples.Sample.get_Item(int)")]
    [InlineData("Sample__Over", "Samples.Sample.Over(int)")]
    [InlineData("Sample__Over_0", "Samples.Sample.Over(string, ref int[])")]
    [InlineData("Sample__Over_1", "Samples.Sample.Over(byte*, int[,])")]
    [InlineData("Sample___ctor", "Samples.Sample..ctor()")]
    [InlineData("Sample___cctor", "Samples.Sample..cctor()")]
    [InlineData("Sample__Swap<System___Canon__Int32>", "Samples.Sample.Swap<T, U>(T, List<U>)")]
    [InlineData("Box_1<Int32>__Add", "Samples.Box<T>.Add(T)")]
    [InlineData("Box_1<System_Collections_Generic_List_1<Int32>>__Add", "Samples.Box<T>.Add(T)")]
    [InlineData("Box_1_Node<Int32>__Sum", "Samples.Box<T>.Node.Sum(Box<T>)")]
    [InlineData("Box_1_Deep_1<Int32__UInt8>__Id<Bool>", "Samples.Box<T>.Deep<K>.Id<V>(K, V)")]
    [InlineData("Box_1<Int32>__System_IComparable_Samples_Box_T___CompareTo", "Samples.Box<T>.CompareTo(Box<T>)")]
    public void Linker_names_become_readable(string symbol, string readable) =>
        Assert.Equal(readable, s_names.Resolve($"SymbolTool_Tests_Samples_{symbol}"));

    [Fact]
    public void Lambdas_and_local_functions_bear_the_name_of_their_method()
    {
        string[] compilerMade = [.. CompilerMadeNames()];
        Assert.Contains("Samples.Sample.WithLambdas.<lambda>(int)", compilerMade);
        Assert.Contains("Samples.Sample.WithLambdas.Local(int)", compilerMade);
        Assert.Contains("Samples.Sample.Numbers.MoveNext()", compilerMade);
    }

    [Fact]
    public void Thunks_bear_the_name_of_their_target() =>
        Assert.Equal("Samples.Sample.Over(int)", s_names.Resolve("unbox_SymbolTool_Tests_Samples_Sample__Over"));

    [Theory]
    [InlineData("memcpy")]
    [InlineData("boot_multiboot2_entry")]
    [InlineData("SymbolTool_Tests_Samples_Sample__NoSuchMethod")]
    public void Other_names_stay_as_they_are(string symbol) => Assert.Equal(symbol, s_names.Resolve(symbol));

    /// <summary>All readable names of lambdas and the like; their linker names hold numbers that compilers choose.</summary>
    private static System.Collections.Generic.IEnumerable<string> CompilerMadeNames()
    {
        foreach (System.Type type in typeof(Samples.Sample).GetNestedTypes(System.Reflection.BindingFlags.NonPublic))
        {
            const System.Reflection.BindingFlags Own = System.Reflection.BindingFlags.NonPublic
                | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance
                | System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.DeclaredOnly;
            foreach (System.Reflection.MethodInfo method in type.GetMethods(Own))
                yield return s_names.Resolve($"SymbolTool_Tests_Samples_Sample_{Mangle(type.Name)}__{Mangle(method.Name)}");
        }
    }

    private static string Mangle(string name) => System.Text.RegularExpressions.Regex.Replace(name, "[^A-Za-z0-9]", "_");

    private static MethodNames Load()
    {
        var names = new MethodNames();
        names.AddAssembly(typeof(MethodNamesTests).Assembly.Location);
        return names;
    }
}
