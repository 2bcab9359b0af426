using Mono.Cecil;
using Mono.Cecil.Cil;

namespace CosmosVm.GenericVirtualLowering;

/// <summary>Writes the body of a dispatcher.</summary>
/// <param name="dispatcher">The method that gets the body.</param>
/// <param name="slot">What it dispatches.</param>
/// <param name="firstParameter">How many of the dispatcher's parameters come before the slot's.</param>
internal sealed class DispatcherCode(MethodDefinition dispatcher, Slot slot, int firstParameter)
{
    private readonly ILProcessor _il = dispatcher.Body.GetILProcessor();

    public void Emit(OpCode code) => _il.Emit(code);

    public void Emit(OpCode code, TypeReference type) => _il.Emit(code, type);

    public void Emit(OpCode code, MethodReference method) => _il.Emit(code, method);

    public void Emit(OpCode code, Instruction target) => _il.Emit(code, target);

    public void Append(Instruction instruction) => _il.Append(instruction);

    public TypeReference Import(TypeReference type) => TypeAlgebra.Import(type, dispatcher.Module);

    /// <summary>
    /// Calls a body with the dispatcher's arguments and returns what it returns; the receiver is on the stack already. Types that
    /// follow from the owner's type arguments are written differently on both sides, but are the same whenever
    /// the call is reached: values are taken as what the body calls them.
    /// </summary>
    public void EmitCall(MethodReference callee, TypeReference? bodyOwner, MethodDefinition body, OpCode call)
    {
        for (int index = 0; index < slot.Root.Parameters.Count; index++)
        {
            ParameterDefinition parameter = dispatcher.Parameters[index + firstParameter];
            if (bodyOwner is not null && Differs(parameter.ParameterType, body.Parameters[index].ParameterType, bodyOwner, out TypeReference type))
            {
                _il.Emit(OpCodes.Ldarga, parameter);
                _il.Emit(OpCodes.Ldobj, type);
            }
            else
            {
                _il.Emit(OpCodes.Ldarg, parameter);
            }
        }

        _il.Emit(call, callee);
        if (bodyOwner is not null && Differs(dispatcher.ReturnType, body.ReturnType, bodyOwner, out TypeReference returned))
        {
            var result = new VariableDefinition(returned);
            dispatcher.Body.Variables.Add(result);
            _il.Emit(OpCodes.Stloc, result);
            _il.Emit(OpCodes.Ldloca, result);
            _il.Emit(OpCodes.Ldobj, dispatcher.ReturnType);
        }

        _il.Emit(OpCodes.Ret);
    }

    private bool Differs(TypeReference own, TypeReference ofBody, TypeReference bodyOwner, out TypeReference type)
    {
        type = Import(TypeAlgebra.Substitute(ofBody, TypeAlgebra.Arguments(bodyOwner)));
        return own is not (ByReferenceType or PointerType or RequiredModifierType) && TypeAlgebra.Key(own) != TypeAlgebra.Key(type);
    }
}
