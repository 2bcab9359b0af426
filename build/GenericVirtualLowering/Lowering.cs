using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace CosmosVm.GenericVirtualLowering;

/// <summary>Turns generic virtual methods into ordinary generic ones, and calls of them into calls of dispatchers.</summary>
public sealed class Lowering
{
    private readonly ClosedWorld _world;
    private readonly SlotTable _slots;

    private Lowering(ClosedWorld world, SlotTable slots)
    {
        _world = world;
        _slots = slots;
    }

    /// <summary>Lowers the whole program.</summary>
    public static void Run(ClosedWorld world)
    {
        var slots = new SlotTable(world);
        if (slots.Slots.Count == 0)
            return;
        var instantiations = new Instantiations(world, slots);
        var lowering = new Lowering(world, slots);
        lowering.RewriteCalls();
        lowering.DeclareMissing();
        lowering.WriteDispatchers(instantiations);
        lowering.MakeOrdinary();
    }

    private static Instruction? ConstraintOf(Instruction call) => call.Previous is { } previous && previous.OpCode == OpCodes.Constrained ? previous : null;

    private void RewriteCalls()
    {
        foreach (MethodDefinition method in _world.Types.SelectMany(type => type.Methods).Where(method => method.HasBody).ToArray())
        {
            foreach (Instruction instruction in method.Body.Instructions.ToArray())
            {
                if (instruction.Operand is MethodReference target && target is GenericInstanceMethod or { HasGenericParameters: true }
                    && _slots.TryGet(target.Resolve(), out Slot? slot))
                {
                    RewriteCall(method, instruction, target, slot);
                }
            }
        }
    }

    private void RewriteCall(MethodDefinition method, Instruction instruction, MethodReference target, Slot slot)
    {
        MethodDefinition definition = target.Resolve();
        if (target is not GenericInstanceMethod instance)
            throw new LoweringException($"{method.FullName} takes {target.FullName} without type arguments, which is not supported");
        TypeReference owner = OwnerOf(target.DeclaringType, slot);
        switch (instruction.OpCode.Code)
        {
            case Code.Callvirt when ConstraintOf(instruction) is { } constraint:
                var receiver = (TypeReference)constraint.Operand;
                // The receiver's type is one more type argument; the prefix stays as an empty place that branches may lead to.
                constraint.OpCode = OpCodes.Nop;
                constraint.Operand = null;
                instruction.OpCode = OpCodes.Call;
                instruction.Operand = Reference(method.Module, ConstrainedDispatcherOf(slot), owner, instance.GenericArguments.Append(receiver));
                _world.Touch(method.Module);
                break;
            case Code.Callvirt when !slot.IsDirect:
                instruction.Operand = Reference(method.Module, DispatcherOf(slot), owner, instance.GenericArguments);
                _world.Touch(method.Module);
                break;
            case Code.Ldvirtftn when instruction.Previous is { } copy && copy.OpCode == OpCodes.Dup:
                // The compiler copies the delegate's receiver for this instruction; one that needs no receiver needs no copy.
                copy.OpCode = OpCodes.Nop;
                instruction.OpCode = OpCodes.Ldftn;
                instruction.Operand = Reference(method.Module, slot.IsDirect ? slot.Root : DispatcherOf(slot), owner, instance.GenericArguments);
                _world.Touch(method.Module);
                break;
            case Code.Callvirt:
                break;
            case Code.Call or Code.Ldftn when definition.HasBody:
                break;
            default:
                throw new LoweringException($"{method.FullName} uses {target.FullName} with {instruction.OpCode.Name}, which is not supported");
        }
    }

    /// <summary>The slot's owner as the type named by a call sees it.</summary>
    private static TypeReference OwnerOf(TypeReference type, Slot slot) =>
        slot.Owner.IsInterface ? type : TypeAlgebra.Chain(type).First(parent => TypeAlgebra.Definition(parent) == slot.Owner);

    private MethodDefinition DispatcherOf(Slot slot)
    {
        if (slot.Dispatcher is { } existing)
            return existing;
        _world.Touch(slot.Root.Module);
        if (!slot.Root.HasBody)
            return slot.Dispatcher = slot.Root;
        var dispatcher = new MethodDefinition(slot.Root.Name + "$dispatch", MethodAttributes.Public | MethodAttributes.HideBySig, slot.Root.ReturnType) { HasThis = true };
        CopySignature(slot.Root, dispatcher);
        slot.Owner.Methods.Add(dispatcher);
        return slot.Dispatcher = dispatcher;
    }

    private MethodDefinition ConstrainedDispatcherOf(Slot slot)
    {
        if (slot.ConstrainedDispatcher is { } existing)
            return existing;
        _world.Touch(slot.Root.Module);
        var dispatcher = new MethodDefinition(
            slot.Root.Name + "$constrained", MethodAttributes.Public | MethodAttributes.HideBySig | MethodAttributes.Static, slot.Root.ReturnType);
        CopySignature(slot.Root, dispatcher);
        var self = new GenericParameter("TSelf", dispatcher);
        dispatcher.GenericParameters.Add(self);
        dispatcher.Parameters.Insert(0, new ParameterDefinition("self", ParameterAttributes.None, new ByReferenceType(self)));
        slot.Owner.Methods.Add(dispatcher);
        return slot.ConstrainedDispatcher = dispatcher;
    }

    private static void CopySignature(MethodDefinition source, MethodDefinition copy)
    {
        foreach (GenericParameter parameter in source.GenericParameters)
        {
            var own = new GenericParameter(parameter.Name, copy) { Attributes = parameter.Attributes };
            foreach (GenericParameterConstraint constraint in parameter.Constraints)
                own.Constraints.Add(new GenericParameterConstraint(constraint.ConstraintType));
            copy.GenericParameters.Add(own);
        }

        foreach (ParameterDefinition parameter in source.Parameters)
            copy.Parameters.Add(new ParameterDefinition(parameter.Name, parameter.Attributes & (ParameterAttributes.In | ParameterAttributes.Out), parameter.ParameterType));
    }

    /// <summary>Declares the dispatchers that only other dispatchers call, and those of methods without a body, which can't stay as they are.</summary>
    private void DeclareMissing()
    {
        foreach (Slot slot in _slots.Slots)
        {
            if (!slot.Root.HasBody || slot.ConstrainedDispatcher is not null)
                DispatcherOf(slot);
            foreach (Implementation implementation in slot.Implementations)
            {
                if (_slots.TryGet(implementation.Body, out Slot? next) && next != slot && !next.IsDirect && next.Root == implementation.Body)
                    DispatcherOf(next);
            }
        }
    }

    private void WriteDispatchers(Instantiations instantiations)
    {
        foreach (Slot slot in _slots.Slots.Where(slot => slot.Dispatcher is not null))
        {
            List<ClosedImplementation> implementations = Enumerate(slot, instantiations);
            WriteDispatcher(slot, implementations);
            if (slot.ConstrainedDispatcher is not null)
                WriteConstrainedDispatcher(slot, implementations);
        }
    }

    /// <summary>The closed types that a dispatcher tests for, the most derived ones first.</summary>
    private static List<ClosedImplementation> Enumerate(Slot slot, Instantiations instantiations)
    {
        return slot.Implementations
            .OrderByDescending(implementation => TypeAlgebra.Chain(implementation.Type).Count())
            .SelectMany(implementation => instantiations.Of(implementation.Type).Select(type => Close(implementation, type)))
            .ToList();

        static ClosedImplementation Close(Implementation implementation, TypeReference type) => new(
            implementation,
            type,
            TypeAlgebra.Substitute(implementation.Owner, TypeAlgebra.Arguments(type)),
            TypeAlgebra.Substitute(implementation.BodyOwner, TypeAlgebra.Arguments(type)));
    }

    private void WriteDispatcher(Slot slot, List<ClosedImplementation> implementations)
    {
        MethodDefinition dispatcher = slot.Dispatcher!;
        dispatcher.IsAbstract = false;
        dispatcher.Body = new MethodBody(dispatcher) { InitLocals = true };
        var code = new DispatcherCode(dispatcher, slot, 0);
        foreach (ClosedImplementation implementation in implementations)
        {
            TypeReference type = code.Import(implementation.Type);
            Instruction next = Instruction.Create(OpCodes.Nop);
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Isinst, type);
            code.Emit(OpCodes.Brfalse, next);
            EmitConditions(code, slot, implementation, implementations, next);
            code.Emit(OpCodes.Ldarg_0);
            if (implementation.Implementation.Type.IsValueType && implementation.BodyOwner is var owner && TypeAlgebra.Definition(owner).IsValueType)
                code.Emit(OpCodes.Unbox, type);
            EmitCall(code, implementation, dispatcher);
            code.Append(next);
        }

        if (slot.Root.HasBody && slot.Root != dispatcher)
        {
            code.Emit(OpCodes.Ldarg_0);
            code.EmitCall(Reference(dispatcher.Module, slot.Root, TypeAlgebra.Self(slot.Owner), dispatcher.GenericParameters), null, slot.Root, OpCodes.Call);
            return;
        }

        // Only a receiver that isn't of the type it should be comes here.
        TypeDefinition exception = _world.CoreType("System.InvalidCastException");
        MethodDefinition constructor = exception.Methods.First(method => method.IsConstructor && !method.IsStatic && !method.HasParameters);
        code.Emit(OpCodes.Newobj, dispatcher.Module.ImportReference(constructor));
        code.Emit(OpCodes.Throw);
    }

    /// <summary>
    /// The dispatcher for a receiver whose type is a type parameter: a structure's own method gets the reference, so that what
    /// it changes isn't lost in a box. The tests are decided when the code is compiled; the boxes aren't made.
    /// </summary>
    private void WriteConstrainedDispatcher(Slot slot, List<ClosedImplementation> implementations)
    {
        MethodDefinition dispatcher = slot.ConstrainedDispatcher!;
        dispatcher.Body = new MethodBody(dispatcher) { InitLocals = true };
        GenericParameter self = dispatcher.GenericParameters[^1];
        var code = new DispatcherCode(dispatcher, slot, 1);
        foreach (ClosedImplementation implementation in implementations)
        {
            if (!TypeAlgebra.Definition(implementation.BodyOwner).IsValueType)
                continue;
            Instruction next = Instruction.Create(OpCodes.Nop);
            EmitBoxed();
            code.Emit(OpCodes.Isinst, code.Import(implementation.Type));
            code.Emit(OpCodes.Brfalse, next);
            EmitConditions(code, slot, implementation, implementations, next);
            code.Emit(OpCodes.Ldarg_0);
            EmitCall(code, implementation, dispatcher);
            code.Append(next);
        }

        EmitBoxed();
        code.EmitCall(
            Reference(dispatcher.Module, slot.Dispatcher!, TypeAlgebra.Self(slot.Owner), dispatcher.GenericParameters.SkipLast(1)), null, slot.Root, OpCodes.Callvirt);

        void EmitBoxed()
        {
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldobj, self);
            code.Emit(OpCodes.Box, self);
        }
    }

    private void EmitCall(DispatcherCode code, ClosedImplementation implementation, MethodDefinition dispatcher)
    {
        MethodDefinition body = implementation.Implementation.Body;
        MakeAccessible(body, implementation.Type);
        // What implements an interface's method may be a virtual method itself.
        bool isVirtual = _slots.TryGet(body, out Slot? next) && next.Root == body && next.Dispatcher is not null && !next.IsDirect && !body.DeclaringType.IsInterface;
        MethodDefinition callee = isVirtual ? next!.Dispatcher! : body;
        IEnumerable<TypeReference> arguments = dispatcher.GenericParameters.Take(body.GenericParameters.Count);
        code.EmitCall(Reference(dispatcher.Module, callee, implementation.BodyOwner, arguments), implementation.BodyOwner, body, OpCodes.Call);
    }

    /// <summary>Compares the interface's type arguments where one object has the interface several times.</summary>
    private void EmitConditions(DispatcherCode code, Slot slot, ClosedImplementation implementation, List<ClosedImplementation> all, Instruction next)
    {
        string owner = TypeAlgebra.Key(implementation.Owner);
        if (!slot.Owner.IsInterface || !all.Exists(other => TypeAlgebra.Key(other.Owner) != owner && AreRelated(other.Type, implementation.Type)))
            return;
        if (slot.Owner.GenericParameters.Any(parameter => parameter.IsCovariant || parameter.IsContravariant))
            throw new LoweringException($"{implementation.Type.FullName} has {slot.Owner.FullName} with several type arguments, which is not supported for {slot.Root.FullName} as the interface is variant");
        TypeDefinition type = _world.CoreType("System.Type");
        ModuleDefinition module = slot.Root.Module;
        MethodReference fromHandle = module.ImportReference(type.Methods.First(method => method.Name == "GetTypeFromHandle"));
        MethodReference equal = module.ImportReference(type.Methods.First(method => method.Name == "op_Equality"));
        foreach ((GenericParameter parameter, TypeReference argument) in slot.Owner.GenericParameters.Zip(TypeAlgebra.Arguments(implementation.Owner)))
        {
            code.Emit(OpCodes.Ldtoken, parameter);
            code.Emit(OpCodes.Call, fromHandle);
            code.Emit(OpCodes.Ldtoken, code.Import(argument));
            code.Emit(OpCodes.Call, fromHandle);
            code.Emit(OpCodes.Call, equal);
            code.Emit(OpCodes.Brfalse, next);
        }
    }

    private static bool AreRelated(TypeReference left, TypeReference right)
    {
        string leftKey = TypeAlgebra.Key(left);
        string rightKey = TypeAlgebra.Key(right);
        return TypeAlgebra.Chain(left).Any(type => TypeAlgebra.Key(type) == rightKey) || TypeAlgebra.Chain(right).Any(type => TypeAlgebra.Key(type) == leftKey);
    }

    /// <summary>Dispatchers are members of other types, and may be in other assemblies, than what they call.</summary>
    private void MakeAccessible(MethodDefinition method, TypeReference type)
    {
        _world.Touch(method.Module);
        method.IsPublic = true;
        MakeAccessible(method.DeclaringType);
        MakeAccessible(type);
    }

    private void MakeAccessible(TypeReference type)
    {
        foreach (TypeReference argument in TypeAlgebra.Arguments(type))
            MakeAccessible(argument);
        if (type is TypeSpecification specification and not GenericInstanceType)
        {
            if (specification is not FunctionPointerType)
                MakeAccessible(specification.ElementType);
            return;
        }

        if (type is GenericParameter)
            return;
        for (TypeDefinition? current = TypeAlgebra.Definition(type); current is not null; current = current.DeclaringType)
        {
            if (current.IsPublic || current.IsNestedPublic)
                continue;
            _world.Touch(current.Module);
            if (current.IsNested)
                current.IsNestedPublic = true;
            else
                current.IsPublic = true;
        }
    }

    private void MakeOrdinary()
    {
        foreach (MethodDefinition method in _slots.Methods)
        {
            _world.Touch(method.Module);
            method.Overrides.Clear();
            if (method.Body is null)
            {
                // An interface's way to take a body away again: nothing calls it.
                method.DeclaringType.Methods.Remove(method);
                continue;
            }

            method.IsAbstract = false;
            method.IsFinal = false;
            method.IsNewSlot = false;
            method.IsVirtual = false;
        }
    }

    private static GenericInstanceMethod Reference(ModuleDefinition module, MethodDefinition method, TypeReference owner, IEnumerable<TypeReference> arguments)
    {
        MethodReference reference = method;
        if (method.Module != module || owner is GenericInstanceType)
        {
            reference = new MethodReference(method.Name, TypeAlgebra.Import(method.ReturnType, module), TypeAlgebra.Import(owner, module)) { HasThis = method.HasThis };
            foreach (GenericParameter parameter in method.GenericParameters)
                reference.GenericParameters.Add(new GenericParameter(parameter.Name, reference));
            foreach (ParameterDefinition parameter in method.Parameters)
                reference.Parameters.Add(new ParameterDefinition(TypeAlgebra.Import(parameter.ParameterType, module)));
        }

        var instance = new GenericInstanceMethod(reference);
        foreach (TypeReference argument in arguments)
            instance.GenericArguments.Add(TypeAlgebra.Import(argument, module));
        return instance;
    }
}
