using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace CosmosVm.GenericVirtualLowering;

/// <summary>All assemblies of a program. Those that weren't touched are saved as they were, byte by byte.</summary>
public sealed class ClosedWorld : IAssemblyResolver
{
    /// <summary>What the metadata library calls the core library if it doesn't know the real one's name.</summary>
    internal const string AssumedCoreLibrary = "mscorlib";

    private readonly List<(string Path, AssemblyDefinition Assembly)> _program = [];
    private readonly Dictionary<string, AssemblyDefinition> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<ModuleDefinition> _touched = [];
    private readonly string? _referenceFolder;
    private readonly ModuleDefinition _core;

    /// <summary>Loads the program's assemblies; other assemblies that they need are looked for in <paramref name="referenceFolder"/>.</summary>
    public ClosedWorld(IEnumerable<string> paths, string? referenceFolder = null)
    {
        _referenceFolder = referenceFolder;
        foreach (string path in paths)
        {
            AssemblyDefinition assembly = Load(path, File.Exists(Path.ChangeExtension(path, ".pdb")));
            _program.Add((path, assembly));
            _byName.Add(assembly.Name.Name, assembly);
        }

        _core = (_byName.Values.FirstOrDefault(assembly => assembly.MainModule.GetType("System.Object") is not null)
            ?? LoadReference("System.Private.CoreLib")
            ?? throw new LoweringException("no assembly of the program defines System.Object")).MainModule;
    }

    /// <summary>The program's modules, in the order given.</summary>
    public IEnumerable<ModuleDefinition> Modules => _program.Select(item => item.Assembly.MainModule);

    /// <summary>Every type of the program, nested ones included.</summary>
    public IEnumerable<TypeDefinition> Types => Modules.SelectMany(module => module.GetTypes());

    /// <summary>The core library's type of this full name.</summary>
    public TypeDefinition CoreType(string name) =>
        _core.GetType(name) ?? throw new LoweringException($"the core library has no {name}");

    /// <summary>Marks a module as changed, so that it is written anew.</summary>
    public void Touch(ModuleDefinition module) => _touched.Add(module);

    /// <summary>Writes all assemblies and their symbols to <paramref name="folder"/>.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach ((string path, AssemblyDefinition assembly) in _program)
        {
            string output = Path.Combine(folder, Path.GetFileName(path));
            string symbols = Path.ChangeExtension(path, ".pdb");
            if (_touched.Contains(assembly.MainModule))
            {
                Write(assembly, output);
                continue;
            }

            File.WriteAllBytes(output, File.ReadAllBytes(path));
            if (File.Exists(symbols))
                File.WriteAllBytes(Path.ChangeExtension(output, ".pdb"), File.ReadAllBytes(symbols));
        }
    }

    /// <inheritdoc/>
    public AssemblyDefinition Resolve(AssemblyNameReference name) => Resolve(name, new ReaderParameters());

    /// <inheritdoc/>
    public AssemblyDefinition Resolve(AssemblyNameReference name, ReaderParameters parameters)
    {
        if (name.Name == AssumedCoreLibrary)
            return _core.Assembly;
        return _byName.TryGetValue(name.Name, out AssemblyDefinition? assembly)
            ? assembly
            : LoadReference(name.Name) ?? throw new LoweringException($"the assembly {name.Name} is referenced, but isn't part of the program");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AssemblyDefinition assembly in _byName.Values)
            assembly.Dispose();
    }

    private static void Write(AssemblyDefinition assembly, string output)
    {
        ModuleDefinition module = assembly.MainModule;
        if (module.AssemblyReferences.FirstOrDefault(reference => reference.Name == AssumedCoreLibrary) is { } assumed)
            module.AssemblyReferences.Remove(assumed);

        // Streams without a file name keep the folder out of the output.
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        bool hasSymbols = module.HasSymbols;
        assembly.Write(image, new WriterParameters
        {
            DeterministicMvid = true,
            WriteSymbols = hasSymbols,
            SymbolStream = hasSymbols ? symbols : null,
            SymbolWriterProvider = hasSymbols ? new PortablePdbWriterProvider() : null,
        });
        File.WriteAllBytes(output, image.ToArray());
        if (hasSymbols)
            File.WriteAllBytes(Path.ChangeExtension(output, ".pdb"), symbols.ToArray());
    }

    private AssemblyDefinition? LoadReference(string name)
    {
        if (_referenceFolder is null || Path.Combine(_referenceFolder, name + ".dll") is not { } path || !File.Exists(path))
            return null;
        AssemblyDefinition assembly = Load(path, false);
        _byName.Add(name, assembly);
        return assembly;
    }

    private AssemblyDefinition Load(string path, bool withSymbols) => AssemblyDefinition.ReadAssembly(path, new ReaderParameters
    {
        AssemblyResolver = this,
        InMemory = true,
        ReadSymbols = withSymbols,
        SymbolReaderProvider = withSymbols ? new PortablePdbReaderProvider() : null,
    });
}
