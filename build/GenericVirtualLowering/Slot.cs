using System.Collections.Generic;
using Mono.Cecil;

namespace CosmosVm.GenericVirtualLowering;

/// <summary>A generic virtual method as it was first declared, and everything that overrides or implements it.</summary>
public sealed class Slot(MethodDefinition root)
{
    /// <summary>The first declaration.</summary>
    public MethodDefinition Root { get; } = root;

    /// <summary>The class or interface that has the first declaration.</summary>
    public TypeDefinition Owner => Root.DeclaringType;

    /// <summary>What overrides or implements the method.</summary>
    public List<Implementation> Implementations { get; } = [];

    /// <summary>Whether calls always reach the root's body.</summary>
    public bool IsDirect => Root.HasBody && !Owner.IsInterface && Implementations.Count == 0;

    /// <summary>The method that chooses the body; null if none was needed so far.</summary>
    public MethodDefinition? Dispatcher { get; set; }

    /// <summary>The method that chooses the body for a receiver passed by reference; null if none was needed so far.</summary>
    public MethodDefinition? ConstrainedDispatcher { get; set; }
}

/// <summary>What a slot's calls reach if the receiver is of a type or derived from it.</summary>
/// <param name="Type">The type of the receiver.</param>
/// <param name="Owner">The slot's owner as that type sees it: in terms of its type parameters.</param>
/// <param name="Body">The method reached.</param>
/// <param name="BodyOwner">The type that declares it, in terms of the receiver's type parameters.</param>
public sealed record Implementation(TypeDefinition Type, TypeReference Owner, MethodDefinition Body, TypeReference BodyOwner);

/// <summary>An <see cref="Implementation"/> for one closed type.</summary>
/// <param name="Implementation">What it is an instance of.</param>
/// <param name="Type">The type, without type parameters.</param>
/// <param name="Owner">The slot's owner for that type.</param>
/// <param name="BodyOwner">The type that declares the body, for that type.</param>
public sealed record ClosedImplementation(Implementation Implementation, TypeReference Type, TypeReference Owner, TypeReference BodyOwner);
