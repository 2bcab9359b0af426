using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace CosmosVm.GenericVirtualLowering;

/// <summary>Identity, substitution and relations of types.</summary>
public static class TypeAlgebra
{
    private static readonly IReadOnlyList<TypeReference> s_none = [];

    /// <summary>A name that two type references share exactly if they mean the same type; type parameters count by position.</summary>
    public static string Key(TypeReference type) => type switch
    {
        GenericParameter parameter => (parameter.Type == GenericParameterType.Method ? "!!" : "!") + parameter.Position,
        GenericInstanceType instance => $"{Key(instance.ElementType)}<{string.Join(',', instance.GenericArguments.Select(Key))}>",
        ArrayType array => $"{Key(array.ElementType)}[{array.Rank}]",
        ByReferenceType reference => Key(reference.ElementType) + "&",
        PointerType pointer => Key(pointer.ElementType) + "*",
        RequiredModifierType modified => $"{Key(modified.ElementType)} modreq {Key(modified.ModifierType)}",
        OptionalModifierType modified => $"{Key(modified.ElementType)} modopt {Key(modified.ModifierType)}",
        PinnedType pinned => Key(pinned.ElementType) + " pinned",
        FunctionPointerType function => $"({string.Join(',', function.Parameters.Select(parameter => Key(parameter.ParameterType)))})->{Key(function.ReturnType)}",
        _ => Definition(type) is var definition ? $"[{definition.Module.Assembly.Name.Name}]{definition.FullName}" : "",
    };

    /// <summary>The definition of a class, structure or interface.</summary>
    public static TypeDefinition Definition(TypeReference type) =>
        type as TypeDefinition ?? type.Resolve() ?? throw new LoweringException($"the type {type.FullName} isn't part of the program");

    /// <summary>The type arguments of an instantiation; none for other types.</summary>
    public static IReadOnlyList<TypeReference> Arguments(TypeReference type) => type is GenericInstanceType instance ? instance.GenericArguments.ToArray() : s_none;

    /// <summary>A type as seen within itself: with its own type parameters as arguments.</summary>
    public static TypeReference Self(TypeDefinition type) => type.HasGenericParameters ? Instantiate(type, type.GenericParameters) : type;

    /// <summary>An instantiation of a generic type; the type itself without arguments.</summary>
    public static TypeReference Instantiate(TypeReference type, IEnumerable<TypeReference> arguments)
    {
        var instance = new GenericInstanceType(type);
        foreach (TypeReference argument in arguments)
            instance.GenericArguments.Add(argument);
        return instance.HasGenericArguments ? instance : type;
    }

    /// <summary>Whether a type mentions type parameters; <paramref name="ofTypeOnly"/>: those of a class or interface.</summary>
    public static bool IsOpen(TypeReference type, bool ofTypeOnly = false) => type switch
    {
        GenericParameter parameter => !ofTypeOnly || parameter.Type == GenericParameterType.Type,
        GenericInstanceType instance => instance.GenericArguments.Any(argument => IsOpen(argument, ofTypeOnly)),
        FunctionPointerType function => IsOpen(function.ReturnType, ofTypeOnly) || function.Parameters.Any(parameter => IsOpen(parameter.ParameterType, ofTypeOnly)),
        TypeSpecification specification => IsOpen(specification.ElementType, ofTypeOnly),
        _ => false,
    };

    /// <summary>How deep instantiations are nested in a type.</summary>
    public static int Depth(TypeReference type) => type switch
    {
        GenericInstanceType instance => 1 + instance.GenericArguments.Max(Depth),
        TypeSpecification specification and not FunctionPointerType => Depth(specification.ElementType) + 1,
        _ => 0,
    };

    /// <summary>Puts arguments in the place of type parameters; a list that is empty leaves its kind of parameter alone.</summary>
    public static TypeReference Substitute(TypeReference type, IReadOnlyList<TypeReference> ofType, IReadOnlyList<TypeReference>? ofMethod = null)
    {
        return Map(type, leaf => leaf is not GenericParameter parameter ? leaf
            : parameter.Type == GenericParameterType.Method
                ? ofMethod is { Count: > 0 } ? ofMethod[parameter.Position] : parameter
                : ofType.Count > 0 ? ofType[parameter.Position] : parameter);
    }

    /// <summary>The type as <paramref name="module"/> refers to it.</summary>
    public static TypeReference Import(TypeReference type, ModuleDefinition module)
    {
        return Map(type, leaf =>
        {
            if (leaf is GenericParameter || (leaf.Module == module && leaf.Scope is not AssemblyNameReference { Name: ClosedWorld.AssumedCoreLibrary }))
                return leaf;
            TypeDefinition definition = Definition(leaf);
            return definition.Module == module ? definition : module.ImportReference(definition);
        });
    }

    /// <summary>The base class of a type, in terms of that type's arguments.</summary>
    public static TypeReference? BaseOf(TypeReference type) =>
        Definition(type).BaseType is { } parent ? Substitute(parent, Arguments(type)) : null;

    /// <summary>A type and its base classes, most derived first.</summary>
    public static IEnumerable<TypeReference> Chain(TypeReference type)
    {
        for (TypeReference? current = type; current is not null; current = BaseOf(current))
            yield return current;
    }

    /// <summary>All interfaces that a type's own declaration names, and theirs, in terms of the type's arguments.</summary>
    public static List<TypeReference> Interfaces(TypeReference type)
    {
        var found = new List<TypeReference>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        Collect(type);
        return found;

        void Collect(TypeReference current)
        {
            foreach (InterfaceImplementation implementation in Definition(current).Interfaces)
            {
                TypeReference next = Substitute(implementation.InterfaceType, Arguments(current));
                if (!keys.Add(Key(next)))
                    continue;
                found.Add(next);
                Collect(next);
            }
        }
    }

    /// <summary>Whether two methods have the same name and signature, each seen through the type that has it.</summary>
    public static bool SameSignature(MethodDefinition left, TypeReference leftOwner, MethodDefinition right, TypeReference rightOwner) =>
        left.Name == right.Name && SameShape(left, leftOwner, right, rightOwner);

    private static bool SameShape(MethodDefinition left, TypeReference leftOwner, MethodDefinition right, TypeReference rightOwner)
    {
        if (left.GenericParameters.Count != right.GenericParameters.Count || left.Parameters.Count != right.Parameters.Count)
            return false;
        if (!Same(left.ReturnType, right.ReturnType))
            return false;
        return left.Parameters.Zip(right.Parameters).All(pair => Same(pair.First.ParameterType, pair.Second.ParameterType));

        bool Same(TypeReference first, TypeReference second) =>
            Key(Substitute(first, Arguments(leftOwner))) == Key(Substitute(second, Arguments(rightOwner)));
    }

    /// <summary>Rebuilds a type with every class, structure and type parameter in it replaced.</summary>
    private static TypeReference Map(TypeReference type, Func<TypeReference, TypeReference> leaf)
    {
        switch (type)
        {
            case GenericInstanceType instance:
                return Instantiate(leaf(instance.ElementType), instance.GenericArguments.Select(argument => Map(argument, leaf)));
            case ArrayType array:
                var copy = new ArrayType(Map(array.ElementType, leaf));
                if (!array.IsVector)
                {
                    copy.Dimensions.Clear();
                    foreach (ArrayDimension dimension in array.Dimensions)
                        copy.Dimensions.Add(dimension);
                }

                return copy;
            case ByReferenceType reference:
                return new ByReferenceType(Map(reference.ElementType, leaf));
            case PointerType pointer:
                return new PointerType(Map(pointer.ElementType, leaf));
            case PinnedType pinned:
                return new PinnedType(Map(pinned.ElementType, leaf));
            case RequiredModifierType modified:
                return new RequiredModifierType(Map(modified.ModifierType, leaf), Map(modified.ElementType, leaf));
            case OptionalModifierType modified:
                return new OptionalModifierType(Map(modified.ModifierType, leaf), Map(modified.ElementType, leaf));
            case FunctionPointerType function:
                var pointerType = new FunctionPointerType { CallingConvention = function.CallingConvention, ReturnType = Map(function.ReturnType, leaf) };
                foreach (ParameterDefinition parameter in function.Parameters)
                    pointerType.Parameters.Add(new ParameterDefinition(Map(parameter.ParameterType, leaf)));
                return pointerType;
            default:
                return leaf(type);
        }
    }
}
