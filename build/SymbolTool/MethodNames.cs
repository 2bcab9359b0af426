using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.RegularExpressions;

namespace CosmosVm.SymbolTool;

/// <summary>
/// Turns the linker names that ilc gives to methods into readable ones, such as
/// <c>Kernel_CoreLib_System_Collections_Generic_List_1&lt;Int32&gt;__Add</c> into
/// <c>System.Collections.Generic.List&lt;T&gt;.Add(T)</c>.
/// </summary>
/// <remarks>
/// ilc's names can't be taken apart (every special character became an underscore), so the mangling is done again,
/// for every method of the kernel's assemblies, and looked up. Instantiations share one readable name: their type
/// arguments stand in angle brackets, which no other part of a linker name contains.
/// </remarks>
public sealed partial class MethodNames
{
    /// <summary>Types of the core library that ilc names without assembly and namespace.</summary>
    private static readonly Dictionary<string, string> s_shortTypeNames = new()
    {
        ["System.Void"] = "Void",
        ["System.Boolean"] = "Bool",
        ["System.Char"] = "Char",
        ["System.SByte"] = "Int8",
        ["System.Byte"] = "UInt8",
        ["System.Int16"] = "Int16",
        ["System.UInt16"] = "UInt16",
        ["System.Int32"] = "Int32",
        ["System.UInt32"] = "UInt32",
        ["System.Int64"] = "Int64",
        ["System.UInt64"] = "UInt64",
        ["System.IntPtr"] = "IntPtr",
        ["System.UIntPtr"] = "UIntPtr",
        ["System.Single"] = "Single",
        ["System.Double"] = "Double",
        ["System.String"] = "String",
        ["System.Object"] = "Object",
    };

    private static readonly string[] s_thunkPrefixes = ["unbox_", "__unbox_"];

    private readonly Dictionary<string, string> _readable = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _exceptionTypes = new(StringComparer.Ordinal);

    /// <summary>Adds all methods of the assembly at <paramref name="path"/>.</summary>
    public void AddAssembly(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        MetadataReader metadata = image.GetMetadataReader();
        string assembly = Sanitize(metadata.GetString(metadata.GetAssemblyDefinition().Name));
        var typeNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            string mangledType = Unique($"{assembly}_{Sanitize(NestedName(metadata, type))}", typeNames);
            if (s_shortTypeNames.TryGetValue(NestedName(metadata, type), out string? shortName))
                mangledType = shortName;
            AddMethods(metadata, type, mangledType);
            if (mangledType.EndsWith("Exception", StringComparison.Ordinal))
                _exceptionTypes.TryAdd($"_ZTV{mangledType.Length}{mangledType}", ReadableType(metadata, type).Type);
        }
    }

    /// <summary>The readable name of a linker name; the linker name itself if it is none of ilc's for a method.</summary>
    public string Resolve(string symbol) => TryResolve(symbol, out string readable) ? readable : symbol;

    /// <summary>Looks for the method that ilc called <paramref name="symbol"/>.</summary>
    public bool TryResolve(string symbol, out string readable)
    {
        string plain = WithoutTypeArguments(symbol);
        if (_readable.TryGetValue(plain, out readable!))
            return true;
        foreach (string prefix in s_thunkPrefixes)
        {
            if (plain.StartsWith(prefix, StringComparison.Ordinal)
                && _readable.TryGetValue(plain[prefix.Length..], out readable!))
                return true;
        }

        readable = symbol;
        return false;
    }

    /// <summary>Looks for the exception type whose method table ilc called <paramref name="symbol"/>.</summary>
    public bool TryResolveExceptionType(string symbol, out string readable) =>
        _exceptionTypes.TryGetValue(symbol, out readable!);

    private void AddMethods(MetadataReader metadata, TypeDefinition type, string mangledType)
    {
        var methodNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (MethodDefinitionHandle handle in type.GetMethods())
        {
            MethodDefinition method = metadata.GetMethodDefinition(handle);
            string mangled = Unique(Sanitize(metadata.GetString(method.Name)), methodNames);
            _readable.TryAdd($"{mangledType}__{mangled}", ReadableMethod(metadata, type, method));
        }
    }

    /// <summary>Namespace, outer types and name, joined as ilc does before it sanitizes them.</summary>
    private static string NestedName(MetadataReader metadata, TypeDefinition type)
    {
        string name = metadata.GetString(type.Name);
        TypeDefinitionHandle outer = type.GetDeclaringType();
        if (!outer.IsNil)
            return $"{NestedName(metadata, metadata.GetTypeDefinition(outer))}_{name}";
        string space = metadata.GetString(type.Namespace);
        return space.Length == 0 ? name : $"{space}.{name}";
    }

    private static string Sanitize(string name)
    {
        var result = new StringBuilder(name.Length + 1);
        foreach (char letter in name)
        {
            if (result.Length == 0 && char.IsAsciiDigit(letter))
                result.Append('_');
            result.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        }

        return result.ToString();
    }

    private static string Unique(string name, HashSet<string> taken)
    {
        string candidate = name;
        for (int index = 0; !taken.Add(candidate); index++)
            candidate = $"{name}_{index}";
        return candidate;
    }

    private static string WithoutTypeArguments(string symbol)
    {
        if (!symbol.Contains('<'))
            return symbol;
        var result = new StringBuilder(symbol.Length);
        int depth = 0;
        foreach (char letter in symbol)
        {
            if (letter == '<')
                depth++;
            else if (letter == '>')
                depth--;
            else if (depth == 0)
                result.Append(letter);
        }

        return result.ToString();
    }

    private static string ReadableMethod(MetadataReader metadata, TypeDefinition type, MethodDefinition method)
    {
        var provider = new TypeNameProvider();
        var names = new GenericNames(TypeParameters(metadata, type.GetGenericParameters()), TypeParameters(metadata, method.GetGenericParameters()));
        MethodSignature<string> signature = method.DecodeSignature(provider, names);
        string parameters = string.Join(", ", signature.ParameterTypes);
        (string typeName, string? outerMethod) = ReadableType(metadata, type);
        return $"{typeName}.{ReadableName(metadata.GetString(method.Name), outerMethod, names.Method)}({parameters})";
    }

    /// <summary>
    /// The type as C# writes it. A compiler-made class for lambdas or for an iterator is left out: its methods
    /// belong to the method that was written, which is the second value where the class's name tells it.
    /// </summary>
    private static (string Type, string? OuterMethod) ReadableType(MetadataReader metadata, TypeDefinition type)
    {
        string name = metadata.GetString(type.Name);
        TypeDefinitionHandle outerHandle = type.GetDeclaringType();
        if (!outerHandle.IsNil)
        {
            TypeDefinition outer = metadata.GetTypeDefinition(outerHandle);
            (string outerName, string? outerMethod) = ReadableType(metadata, outer);
            if (name.StartsWith("<>c", StringComparison.Ordinal))
                return (outerName, outerMethod);
            Match iterator = IteratorClass().Match(name);
            if (iterator.Success)
                return (outerName, iterator.Groups[1].Value);
            // Type parameters of the outer type come first in the list of a nested one.
            int inherited = outer.GetGenericParameters().Count;
            return ($"{outerName}.{WithParameters(name, TypeParameters(metadata, type.GetGenericParameters())[inherited..])}", outerMethod);
        }

        Match fileLocal = FileLocalType().Match(name);
        if (fileLocal.Success)
            name = fileLocal.Groups[1].Value;
        name = WithParameters(name, TypeParameters(metadata, type.GetGenericParameters()));
        string space = metadata.GetString(type.Namespace);
        return (space.Length == 0 ? name : $"{space}.{name}", null);
    }

    private static string ReadableName(string name, string? outerMethod, ImmutableArray<string> parameters)
    {
        Match localFunction = LocalFunction().Match(name);
        if (localFunction.Success)
            return WithParameters($"{ReadableName(localFunction.Groups[1].Value, null, [])}.{localFunction.Groups[2].Value}", parameters);
        Match lambda = Lambda().Match(name);
        if (lambda.Success)
            return $"{ReadableName(lambda.Groups[1].Value, null, [])}.<lambda>";
        // An explicit implementation keeps the interface's full name in front; its last part is enough.
        if (!name.StartsWith('.') && name.Contains('.'))
            name = name[(name.LastIndexOf('.') + 1)..];
        return outerMethod == null ? WithParameters(name, parameters) : $"{outerMethod}.{name}";
    }

    private static string WithParameters(string name, ImmutableArray<string> parameters)
    {
        int arity = name.IndexOf('`');
        if (arity >= 0)
            name = name[..arity];
        return parameters.Length == 0 ? name : $"{name}<{string.Join(", ", parameters)}>";
    }

    private static ImmutableArray<string> TypeParameters(MetadataReader metadata, GenericParameterHandleCollection handles)
    {
        var names = ImmutableArray.CreateBuilder<string>(handles.Count);
        foreach (GenericParameterHandle handle in handles)
            names.Add(metadata.GetString(metadata.GetGenericParameter(handle).Name));
        return names.MoveToImmutable();
    }

    [GeneratedRegex(@"^<(.*)>g__(.+)\|[0-9_]+$")]
    private static partial Regex LocalFunction();

    [GeneratedRegex(@"^<(.*)>b__[0-9_]+$")]
    private static partial Regex Lambda();

    [GeneratedRegex(@"^<(.+)>d(?:__[0-9]+)?(?:`[0-9]+)?$")]
    private static partial Regex IteratorClass();

    [GeneratedRegex(@"^<.+>F[0-9A-F]+__(.+)$")]
    private static partial Regex FileLocalType();

    /// <summary>Names of the type parameters in scope.</summary>
    private sealed record GenericNames(ImmutableArray<string> Type, ImmutableArray<string> Method);

    /// <summary>Writes the types of a signature as C# does, without namespaces.</summary>
    private sealed class TypeNameProvider : ISignatureTypeProvider<string, GenericNames>
    {
        public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{new string(',', shape.Rank - 1)}]";

        public string GetSZArrayType(string elementType) => $"{elementType}[]";

        public string GetByReferenceType(string elementType) => $"ref {elementType}";

        public string GetPointerType(string elementType) => $"{elementType}*";

        public string GetPinnedType(string elementType) => elementType;

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetFunctionPointerType(MethodSignature<string> signature) => "delegate*";

        public string GetGenericMethodParameter(GenericNames context, int index) => context.Method[index];

        public string GetGenericTypeParameter(GenericNames context, int index) => context.Type[index];

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) =>
            WithParameters(genericType, typeArguments);

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
            ShortName(reader.GetString(reader.GetTypeDefinition(handle).Name));

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
            ShortName(reader.GetString(reader.GetTypeReference(handle).Name));

        public string GetTypeFromSpecification(
            MetadataReader reader, GenericNames genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode switch
        {
            PrimitiveTypeCode.Boolean => "bool",
            PrimitiveTypeCode.Byte => "byte",
            PrimitiveTypeCode.SByte => "sbyte",
            PrimitiveTypeCode.Char => "char",
            PrimitiveTypeCode.Int16 => "short",
            PrimitiveTypeCode.UInt16 => "ushort",
            PrimitiveTypeCode.Int32 => "int",
            PrimitiveTypeCode.UInt32 => "uint",
            PrimitiveTypeCode.Int64 => "long",
            PrimitiveTypeCode.UInt64 => "ulong",
            PrimitiveTypeCode.IntPtr => "nint",
            PrimitiveTypeCode.UIntPtr => "nuint",
            PrimitiveTypeCode.Single => "float",
            PrimitiveTypeCode.Double => "double",
            PrimitiveTypeCode.String => "string",
            PrimitiveTypeCode.Object => "object",
            PrimitiveTypeCode.Void => "void",
            _ => typeCode.ToString(),
        };

        private static string ShortName(string name)
        {
            Match fileLocal = FileLocalType().Match(name);
            return WithParameters(fileLocal.Success ? fileLocal.Groups[1].Value : name, []);
        }
    }
}
