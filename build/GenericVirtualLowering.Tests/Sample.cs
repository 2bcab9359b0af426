using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Mono.Cecil;
using Xunit;

namespace CosmosVm.GenericVirtualLowering.Tests;

/// <summary>A program compiled in a folder of its own; its assemblies refer to those before them.</summary>
internal sealed class Sample : IDisposable
{
    private static readonly string s_frameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private readonly string _folder = Directory.CreateTempSubdirectory("lowering").FullName;
    private readonly List<string> _assemblies = [];

    public Sample(params string[] sources)
    {
        List<MetadataReference> references = Directory.GetFiles(s_frameworkFolder, "System*.dll")
            .Where(IsManaged).Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)).ToList();
        foreach (string source in sources)
        {
            string name = $"Sample{_assemblies.Count}";
            string path = Path.Combine(_folder, name + ".dll");
            SyntaxTree tree = CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Preview), $"{name}.cs", Encoding.UTF8);
            var options = new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, deterministic: true);
            EmitResult result;
            using (FileStream image = File.Create(path))
            using (FileStream symbols = File.Create(Path.ChangeExtension(path, ".pdb")))
            {
                result = CSharpCompilation.Create(name, [tree], references, options).Emit(
                    image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb, pdbFilePath: name + ".pdb"));
            }

            Assert.True(result.Success, string.Join('\n', result.Diagnostics));
            _assemblies.Add(path);
            references.Add(MetadataReference.CreateFromFile(path));
        }
    }

    /// <summary>The files of the lowered program, in a new folder.</summary>
    public List<string> Lower()
    {
        string folder = Path.Combine(_folder, Guid.NewGuid().ToString());
        using var world = new ClosedWorld(_assemblies, s_frameworkFolder);
        Lowering.Run(world);
        world.Save(folder);
        return _assemblies.ConvertAll(path => Path.Combine(folder, Path.GetFileName(path)));
    }

    /// <summary>Runs <c>Program.Run</c> of the last assembly, as compiled and as lowered, and expects the same text of both.</summary>
    public string RunBoth()
    {
        List<string> lowered = Lower();
        Assert.All(lowered, AssertNoGenericVirtuals);
        string expected = Run(_assemblies);
        Assert.Equal(expected, Run(lowered));
        return expected;
    }

    public void Dispose() => Directory.Delete(_folder, true);

    private static string Run(List<string> assemblies)
    {
        var context = new AssemblyLoadContext(null, true);
        Assembly[] loaded = assemblies.Select(path =>
            context.LoadFromStream(new MemoryStream(File.ReadAllBytes(path)), new MemoryStream(File.ReadAllBytes(Path.ChangeExtension(path, ".pdb"))))).ToArray();
        context.Resolving += (_, name) => Array.Find(loaded, assembly => assembly.GetName().Name == name.Name);
        try
        {
            return (string)loaded[^1].GetType("Program", true)!.GetMethod("Run")!.Invoke(null, null)!;
        }
        finally
        {
            context.Unload();
        }
    }

    private static void AssertNoGenericVirtuals(string path)
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(path);
        Assert.DoesNotContain(assembly.MainModule.GetTypes().SelectMany(type => type.Methods), SlotTable.IsGenericVirtual);
        Assert.DoesNotContain(assembly.MainModule.AssemblyReferences, reference => reference.Name == "mscorlib");
    }

    private static bool IsManaged(string path)
    {
        try
        {
            AssemblyName.GetAssemblyName(path);
            return true;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}
