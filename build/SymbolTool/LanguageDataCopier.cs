using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;

namespace CosmosVm.SymbolTool;

/// <summary>
/// Copies of language-specific data with what the kernel needs of it. In ilc's section each is followed by a description
/// for garbage collectors, ten times as large, and most say nothing else.
/// </summary>
/// <remarks>Kernel.CoreLib/Runtime/Exceptions/README.md describes what ilc writes.</remarks>
internal sealed class LanguageDataCopier
{
    private const byte KindMask = 0x03;
    private const byte KindMethod = 0;
    private const byte KindStub = 3;
    private const byte HasClauses = 0x04;
    private const byte HasAssociatedData = 0x10;
    private const int StubLength = 2;
    private const int ReferenceLength = sizeof(int);
    private const uint NoData = 0;
    private const uint EmptyMethod = 1;

    private readonly ElfFile _elf;
    private readonly ulong _address;
    private readonly List<byte> _bytes = [KindMethod];
    private readonly Dictionary<ulong, uint> _methods = [];

    /// <summary>Copies data of a linked file.</summary>
    /// <param name="elf">The file.</param>
    /// <param name="address">Where the copies will be in memory.</param>
    public LanguageDataCopier(ElfFile elf, ulong address)
    {
        _elf = elf;
        _address = address;
    }

    /// <summary>All copies.</summary>
    public IReadOnlyList<byte> Bytes => _bytes;

    /// <summary>Copies the data at an address.</summary>
    /// <returns>0 if there is none, else the copy's offset + 1.</returns>
    public uint Copy(ulong data)
    {
        if (data == 0)
            return NoData;
        switch (_elf.BytesAt(data, 1)[0] & KindMask)
        {
            case KindMethod:
                return CopyMethod(data);
            case KindStub:
                return Append(_elf.BytesAt(data, StubLength));
            default:
                return CopyFunclet(data);
        }
    }

    private uint CopyMethod(ulong data)
    {
        if (_methods.TryGetValue(data, out uint copy))
            return copy;
        byte flags = _elf.BytesAt(data, 1)[0];
        if ((flags & HasClauses) == 0)
        {
            copy = EmptyMethod;
        }
        else
        {
            ulong clauses = Follow(data + 1 + ((flags & HasAssociatedData) != 0 ? (ulong)ReferenceLength : 0));
            copy = Append([HasClauses]);
            AppendReference(clauses);
        }

        _methods.Add(data, copy);
        return copy;
    }

    /// <summary>A funclet's data: flags, reference to the data of its method, distance from the method's start.</summary>
    private uint CopyFunclet(ulong data)
    {
        uint method = CopyMethod(Follow(data + 1));
        uint copy = Append(_elf.BytesAt(data, 1));
        AppendReference(_address + (method - EmptyMethod));
        Append(_elf.BytesAt(data + 1 + ReferenceLength, sizeof(uint)));
        return copy;
    }

    private ulong Follow(ulong reference) =>
        reference + (ulong)BinaryPrimitives.ReadInt32LittleEndian(_elf.BytesAt(reference, ReferenceLength));

    private uint Append(ReadOnlySpan<byte> bytes)
    {
        var copy = (uint)_bytes.Count + EmptyMethod;
        _bytes.AddRange(bytes);
        return copy;
    }

    private void AppendReference(ulong target)
    {
        var distance = (long)(target - (_address + (ulong)_bytes.Count));
        if (distance != (int)distance)
            throw new InvalidDataException($"an exception table at {target:x} is too far away");
        Span<byte> raw = stackalloc byte[ReferenceLength];
        BinaryPrimitives.WriteInt32LittleEndian(raw, (int)distance);
        _bytes.AddRange(raw);
    }
}
