using System;

namespace Kernel.Files;

/// <summary>Bits of <c>st_mode</c> (inode(7)).</summary>
internal static class FileMode
{
    public const uint TypeMask = 0xf000;
    public const uint Fifo = 0x1000;
    public const uint CharacterDevice = 0x2000;
    public const uint Directory = 0x4000;
    public const uint BlockDevice = 0x6000;
    public const uint Regular = 0x8000;
    public const uint SymbolicLink = 0xa000;
    public const uint Socket = 0xc000;

    public const uint SetUser = 0x800;
    public const uint SetGroup = 0x400;
    public const uint Sticky = 0x200;
    public const uint GroupExecute = 0x008;
    public const uint AnyExecute = 0x049;

    /// <summary>Everything but the type.</summary>
    public const uint PermissionMask = 0xfff;

    /// <summary>Read, write and execute for owner, group and others.</summary>
    public const uint AccessMask = 0x1ff;
}

/// <summary>What somebody wants to do with a file; the values are those of one octal digit of its mode.</summary>
[Flags]
internal enum Permission : uint
{
    None = 0,
    Execute = 1,
    Write = 2,
    Read = 4,
}

/// <summary>Flags of open and of open files (open(2), x86-64).</summary>
[Flags]
internal enum OpenFlags : uint
{
    ReadOnly = 0,
    WriteOnly = 1,
    ReadWrite = 2,
    AccessMask = 3,
    Create = 0x40,
    Exclusive = 0x80,
    NoTerminal = 0x100,
    Truncate = 0x200,
    Append = 0x400,
    NonBlocking = 0x800,
    DataSync = 0x1000,
    Async = 0x2000,
    Direct = 0x4000,
    LargeFile = 0x8000,
    Directory = 0x1_0000,
    NoFollow = 0x2_0000,
    NoAccessTime = 0x4_0000,
    CloseOnExec = 0x8_0000,
    Sync = 0x10_0000,
    PathOnly = 0x20_0000,
    Temporary = 0x40_0000,

    /// <summary>What fcntl may change.</summary>
    Settable = Append | NonBlocking | Async | Direct | NoAccessTime,
}
