namespace System;

// Each primitive type's only field. The compilers know the types by name and give the fields their meaning; all
// members are in the files named after the types.
#pragma warning disable CS0169, IDE0044, IDE0051 // Fields that only the compilers use.

public readonly partial struct Boolean
{
    private readonly bool _value;
}

public readonly partial struct Char
{
    private readonly char _value;
}

public readonly partial struct SByte
{
    private readonly sbyte _value;
}

public readonly partial struct Byte
{
    private readonly byte _value;
}

public readonly partial struct Int16
{
    private readonly short _value;
}

public readonly partial struct UInt16
{
    private readonly ushort _value;
}

public readonly partial struct Int32
{
    private readonly int _value;
}

public readonly partial struct UInt32
{
    private readonly uint _value;
}

public readonly partial struct Int64
{
    private readonly long _value;
}

public readonly partial struct UInt64
{
    private readonly ulong _value;
}

public readonly partial struct IntPtr
{
    private readonly nint _value;
}

public readonly partial struct UIntPtr
{
    private readonly nuint _value;
}

public readonly partial struct Single
{
    private readonly float _value;
}

public readonly partial struct Double
{
    private readonly double _value;
}
