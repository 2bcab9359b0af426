using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace CosmosVm.GenericVirtualLowering;

/// <summary>
/// Finds the instantiations of generic types that a program may have, by following its code from everything that isn't
/// generic. It finds too many rather than too few: code that can't be reached counts as well.
/// </summary>
public sealed class Instantiations
{
    /// <summary>How deep type arguments may be nested. What goes deeper grows without end, as code that calls itself with new types does.</summary>
    private const int MaximumDepth = 8;

    private readonly SlotTable _slots;
    private readonly Dictionary<TypeDefinition, List<TypeReference>> _found = [];
    private readonly Dictionary<TypeDefinition, List<(Slot Slot, Implementation Implementation)>> _implementations = [];
    private readonly Dictionary<Slot, List<IReadOnlyList<TypeReference>>> _slotArguments = [];
    private readonly Dictionary<MethodDefinition, List<(TypeReference Type, MethodDefinition Body)>> _staticImplementations = [];
    private readonly Dictionary<MethodDefinition, List<IReadOnlyList<TypeReference>>> _staticArguments = [];
    private readonly HashSet<ModuleDefinition> _program;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<Action> _work = new();

    /// <summary>Follows the whole program.</summary>
    public Instantiations(ClosedWorld world, SlotTable slots)
    {
        _slots = slots;
        _program = world.Modules.ToHashSet();
        foreach (Slot slot in slots.Slots)
        {
            foreach (Implementation implementation in slot.Implementations)
                ListOf(_implementations, implementation.Type).Add((slot, implementation));
        }

        foreach (TypeDefinition type in world.Types.Where(type => !type.HasGenericParameters))
            VisitMembers(type);
        while (_work.TryDequeue(out Action? item))
            item();
    }

    /// <summary>The closed forms of a type: itself if it isn't generic.</summary>
    public IEnumerable<TypeReference> Of(TypeDefinition type)
    {
        if (!type.HasGenericParameters)
            return [type];
        return _found.TryGetValue(type, out List<TypeReference>? found) ? found.OrderBy(TypeAlgebra.Key, StringComparer.Ordinal) : [];
    }

    private static List<TItem> ListOf<TKey, TItem>(Dictionary<TKey, List<TItem>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out List<TItem>? list))
            lists.Add(key, list = []);
        return list;
    }

    private static string Keys(IEnumerable<TypeReference> types) => string.Join(';', types.Select(TypeAlgebra.Key));

    private void VisitType(TypeReference type)
    {
        if (TypeAlgebra.IsOpen(type))
            return;
        switch (type)
        {
            case GenericInstanceType instance:
                VisitInstance(instance);
                break;
            case FunctionPointerType function:
                VisitType(function.ReturnType);
                foreach (ParameterDefinition parameter in function.Parameters)
                    VisitType(parameter.ParameterType);
                break;
            case TypeSpecification specification:
                VisitType(specification.ElementType);
                break;
        }
    }

    private void VisitInstance(GenericInstanceType type)
    {
        TypeDefinition definition = TypeAlgebra.Definition(type);
        if (TypeAlgebra.Depth(type) > MaximumDepth)
        {
            if (_implementations.TryGetValue(definition, out var lost))
                throw new LoweringException($"{lost[0].Implementation.Body.FullName}: the type arguments of {definition.FullName} are nested without end, so its instantiations can't be enumerated");
            return;
        }

        if (!_seen.Add(TypeAlgebra.Key(type)))
            return;
        ListOf(_found, definition).Add(type);
        foreach (TypeReference argument in type.GenericArguments)
            VisitType(argument);
        if (_program.Contains(definition.Module))
            _work.Enqueue(() => VisitMembers(type));
    }

    private void VisitMembers(TypeReference type)
    {
        TypeDefinition definition = TypeAlgebra.Definition(type);
        IReadOnlyList<TypeReference> arguments = TypeAlgebra.Arguments(type);
        if (TypeAlgebra.BaseOf(type) is { } parent)
            VisitType(parent);
        foreach (TypeReference contract in TypeAlgebra.Interfaces(type))
            VisitType(contract);
        foreach (FieldDefinition field in definition.Fields)
            VisitType(TypeAlgebra.Substitute(field.FieldType, arguments));
        foreach (MethodDefinition method in definition.Methods)
        {
            if (!method.HasGenericParameters)
                VisitBody(method, arguments, []);
            foreach (MethodReference target in method.Overrides)
            {
                if (!method.IsStatic || !method.HasGenericParameters || target.Resolve() is not { } root)
                    continue;
                ListOf(_staticImplementations, root).Add((type, method));
                foreach (IReadOnlyList<TypeReference> ofMethod in ListOf(_staticArguments, root).ToArray())
                    VisitBody(method, arguments, ofMethod);
            }
        }

        foreach ((Slot slot, Implementation implementation) in _implementations.GetValueOrDefault(definition, []))
        {
            TypeReference owner = TypeAlgebra.Substitute(implementation.BodyOwner, arguments);
            VisitType(owner);
            foreach (IReadOnlyList<TypeReference> ofMethod in ListOf(_slotArguments, slot).ToArray())
                VisitBody(implementation.Body, TypeAlgebra.Arguments(owner), ofMethod);
        }
    }

    private void VisitMethod(MethodReference method, IReadOnlyList<TypeReference> ofType, IReadOnlyList<TypeReference> ofMethod)
    {
        TypeReference owner = TypeAlgebra.Substitute(method.DeclaringType, ofType, ofMethod);
        VisitType(owner);
        IReadOnlyList<TypeReference> ownerArguments = TypeAlgebra.Arguments(owner);
        IReadOnlyList<TypeReference> arguments = method is GenericInstanceMethod instance
            ? instance.GenericArguments.Select(argument => TypeAlgebra.Substitute(argument, ofType, ofMethod)).ToArray()
            : [];
        foreach (TypeReference argument in arguments)
            VisitType(argument);
        if (arguments.Any(argument => TypeAlgebra.IsOpen(argument)) || TypeAlgebra.IsOpen(owner))
            return;
        VisitType(TypeAlgebra.Substitute(method.ReturnType, ownerArguments, arguments));
        foreach (ParameterDefinition parameter in method.Parameters)
            VisitType(TypeAlgebra.Substitute(parameter.ParameterType, ownerArguments, arguments));
        if (arguments.Count == 0 || owner is ArrayType || method.Resolve() is not { } definition)
            return;
        VisitBody(definition, ownerArguments, arguments);
        if (definition.IsStatic && definition.IsVirtual && _seen.Add($"static {definition.FullName} {Keys(arguments)}"))
            VisitStaticImplementations(definition, arguments);
        if (!_slots.TryGet(definition, out Slot? slot) || !_seen.Add($"{slot.Root.Module.Name} {slot.Root.MetadataToken} {Keys(arguments)}"))
            return;
        ListOf(_slotArguments, slot).Add(arguments);
        foreach (Implementation implementation in slot.Implementations)
        {
            foreach (TypeReference type in Of(implementation.Type).ToArray())
                VisitBody(implementation.Body, TypeAlgebra.Arguments(TypeAlgebra.Substitute(implementation.BodyOwner, TypeAlgebra.Arguments(type))), arguments);
        }
    }

    private void VisitStaticImplementations(MethodDefinition root, IReadOnlyList<TypeReference> arguments)
    {
        ListOf(_staticArguments, root).Add(arguments);
        foreach ((TypeReference type, MethodDefinition body) in ListOf(_staticImplementations, root).ToArray())
            VisitBody(body, TypeAlgebra.Arguments(type), arguments);
    }

    private void VisitBody(MethodDefinition method, IReadOnlyList<TypeReference> ofType, IReadOnlyList<TypeReference> ofMethod)
    {
        if (!_program.Contains(method.Module) || ofMethod.Any(argument => TypeAlgebra.Depth(argument) > MaximumDepth))
            return;
        if (_seen.Add($"{method.Module.Name} {method.MetadataToken} {Keys(ofType)} | {Keys(ofMethod)}"))
            _work.Enqueue(() => VisitInstructions(method, ofType, ofMethod));
    }

    private void VisitInstructions(MethodDefinition method, IReadOnlyList<TypeReference> ofType, IReadOnlyList<TypeReference> ofMethod)
    {
        VisitType(TypeAlgebra.Substitute(method.ReturnType, ofType, ofMethod));
        foreach (ParameterDefinition parameter in method.Parameters)
            VisitType(TypeAlgebra.Substitute(parameter.ParameterType, ofType, ofMethod));
        if (!method.HasBody)
            return;
        foreach (VariableDefinition variable in method.Body.Variables)
            VisitType(TypeAlgebra.Substitute(variable.VariableType, ofType, ofMethod));
        foreach (Instruction instruction in method.Body.Instructions)
        {
            switch (instruction.Operand)
            {
                case TypeReference type:
                    VisitType(TypeAlgebra.Substitute(type, ofType, ofMethod));
                    break;
                case MethodReference called:
                    VisitMethod(called, ofType, ofMethod);
                    break;
                case FieldReference field:
                    VisitType(TypeAlgebra.Substitute(field.DeclaringType, ofType, ofMethod));
                    break;
            }
        }
    }
}
