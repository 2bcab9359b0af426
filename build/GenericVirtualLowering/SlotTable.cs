using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using Mono.Cecil;

namespace CosmosVm.GenericVirtualLowering;

/// <summary>Finds all generic virtual methods of a program and what implements them.</summary>
public sealed class SlotTable
{
    private readonly Dictionary<MethodDefinition, Slot> _slotOf = [];
    private readonly List<Slot> _slots = [];

    /// <summary>Looks through the whole program.</summary>
    public SlotTable(ClosedWorld world)
    {
        List<TypeDefinition> types = world.Types.ToList();
        foreach (TypeDefinition type in types)
        {
            foreach (MethodDefinition method in type.Methods.Where(IsGenericVirtual))
                AddRoot(method);
        }

        foreach (TypeDefinition type in types)
        {
            foreach (MethodDefinition method in type.Methods.Where(method => IsGenericVirtual(method) && !_slotOf.ContainsKey(method)))
                AddOverride(method);
        }

        foreach (TypeDefinition type in types.Where(type => !type.IsInterface))
            AddInterfaces(type);
    }

    /// <summary>All slots, in the order of their declarations.</summary>
    public IReadOnlyList<Slot> Slots => _slots;

    /// <summary>All generic virtual methods: first declarations, overrides and implementations.</summary>
    public IEnumerable<MethodDefinition> Methods => _slotOf.Keys;

    /// <summary>Whether a method is generic by itself and virtual.</summary>
    public static bool IsGenericVirtual(MethodDefinition method) => method.IsVirtual && !method.IsStatic && method.HasGenericParameters;

    /// <summary>The slot of a generic virtual method.</summary>
    public bool TryGet(MethodDefinition? method, [NotNullWhen(true)] out Slot? slot)
    {
        slot = null;
        return method is not null && _slotOf.TryGetValue(method, out slot);
    }

    private static bool Overrides(MethodDefinition method, MethodDefinition root, TypeReference owner, TypeReference viewedFrom) =>
        method.Overrides.Any(target => target.Resolve() == root
            && TypeAlgebra.Key(TypeAlgebra.Substitute(target.DeclaringType, TypeAlgebra.Arguments(viewedFrom))) == TypeAlgebra.Key(owner));

    private void AddRoot(MethodDefinition method)
    {
        bool isRoot = method.DeclaringType.IsInterface ? !method.HasOverrides : method.IsNewSlot;
        if (!isRoot)
            return;
        if (method.Overrides.Any(target => target.Resolve() is { } overridden && !overridden.DeclaringType.IsInterface))
            throw new LoweringException($"{method.FullName} overrides a generic virtual method with another return type, which is not supported");
        var slot = new Slot(method);
        _slots.Add(slot);
        _slotOf.Add(method, slot);
    }

    private void AddOverride(MethodDefinition method)
    {
        TypeDefinition type = method.DeclaringType;
        if (type.IsInterface)
        {
            // An interface's implementation of another interface's method: found again for each class that gets it.
            if (!TryGet(method.Overrides[0].Resolve(), out Slot? overridden))
                throw new LoweringException($"{method.FullName} overrides a generic virtual method of another program");
            _slotOf.Add(method, overridden);
            return;
        }

        TypeReference self = TypeAlgebra.Self(type);
        foreach (TypeReference parent in TypeAlgebra.Chain(self).Skip(1))
        {
            foreach (MethodDefinition candidate in TypeAlgebra.Definition(parent).Methods)
            {
                if (!IsGenericVirtual(candidate) || !candidate.IsNewSlot || candidate.IsFinal || !TypeAlgebra.SameSignature(candidate, parent, method, self))
                    continue;
                if (!_slotOf.TryGetValue(candidate, out Slot? slot))
                    throw new LoweringException($"{method.FullName} overrides a generic virtual method of another program");
                slot.Implementations.Add(new Implementation(type, parent, method, self));
                _slotOf.Add(method, slot);
                return;
            }
        }

        throw new LoweringException($"{method.FullName} overrides a generic virtual method that can't be found");
    }

    private void AddInterfaces(TypeDefinition type)
    {
        TypeReference self = TypeAlgebra.Self(type);
        foreach (TypeReference contract in TypeAlgebra.Interfaces(self))
        {
            foreach (MethodDefinition root in TypeAlgebra.Definition(contract).Methods)
            {
                if (!IsGenericVirtual(root) || root.HasOverrides || !_slotOf.TryGetValue(root, out Slot? slot))
                    continue;
                if (Find(self, contract, root) is { } found)
                    slot.Implementations.Add(new Implementation(type, contract, found.Body, found.Owner));
                else if (!type.IsAbstract)
                    throw new LoweringException($"{type.FullName} has no implementation of {root.FullName}");
            }
        }
    }

    private (MethodDefinition Body, TypeReference Owner)? Find(TypeReference self, TypeReference contract, MethodDefinition root)
    {
        foreach (TypeReference current in TypeAlgebra.Chain(self))
        {
            List<MethodDefinition> candidates = TypeAlgebra.Definition(current).Methods.Where(IsGenericVirtual).ToList();
            MethodDefinition? body = candidates.Find(method => Overrides(method, root, contract, current))
                ?? candidates.Find(method => method.IsPublic && TypeAlgebra.SameSignature(method, current, root, contract));
            if (body is not null)
                return AsSlot(body, current);
        }

        // Interfaces may bring bodies: the most derived one counts.
        var defaults = new List<(MethodDefinition Body, TypeReference Owner)>();
        foreach (TypeReference current in TypeAlgebra.Chain(self).SelectMany(TypeAlgebra.Interfaces))
        {
            foreach (MethodDefinition method in TypeAlgebra.Definition(current).Methods)
            {
                if (IsGenericVirtual(method) && Overrides(method, root, contract, current))
                    defaults.Add((method, current));
            }
        }

        defaults.RemoveAll(item => defaults.Exists(other => TypeAlgebra.Interfaces(other.Owner).Exists(type => TypeAlgebra.Key(type) == TypeAlgebra.Key(item.Owner))));
        if (defaults.Select(item => TypeAlgebra.Key(item.Owner)).Distinct().Count() > 1)
            throw new LoweringException($"{self.FullName} gets several implementations of {root.FullName}, none of which is the most derived");
        if (defaults is [var best, ..])
            return best.Body.HasBody ? best : null;
        return root.HasBody ? (root, contract) : null;
    }

    /// <summary>What a class's virtual method stands for: calls through the interface reach overrides of it too.</summary>
    private (MethodDefinition Body, TypeReference Owner) AsSlot(MethodDefinition method, TypeReference owner)
    {
        MethodDefinition root = _slotOf[method].Root;
        return (root, TypeAlgebra.Chain(owner).First(type => TypeAlgebra.Definition(type) == root.DeclaringType));
    }
}
