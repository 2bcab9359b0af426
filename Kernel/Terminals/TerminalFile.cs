using System;
using Kernel.Abi;
using Kernel.Files;
using Kernel.Processes;

namespace Kernel.Terminals;

/// <summary>A device file of a terminal.</summary>
/// <param name="name">Below /dev.</param>
/// <param name="major">Of its device number.</param>
/// <param name="minor">Of its device number.</param>
/// <param name="terminal">What it stands for; null for the controlling terminal of who opens it.</param>
/// <param name="isConsole">Whether no job control applies: it controls no session, stops nobody and survives hanging up.</param>
internal sealed class TerminalFile(string name, uint major, uint minor, Terminal? terminal, bool isConsole) : CharacterDevice
{
    private const int TerminalShift = 32;
    private const uint EverybodyReadsAndWrites = 0x1b6;
    private const uint OwnerReadsAndWrites = 0x180;

    private readonly byte[] _name = System.Text.Encoding.UTF8.GetBytes(name);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => _name;

    /// <inheritdoc/>
    public override ulong Device => CharacterDevices.Number(major, minor);

    /// <inheritdoc/>
    public override uint Permissions => terminal is null ? EverybodyReadsAndWrites : OwnerReadsAndWrites;

    /// <inheritdoc/>
    public override Errno OnOpen(OpenFile file)
    {
        Terminal? opened = terminal ?? Thread.Current.Process.Session.Terminal;
        if (opened is null)
            return Errno.ENXIO;
        if (opened.IsExclusive)
            return Errno.EBUSY;
        Errno error = opened.AddUser();
        if (error != Errno.None)
            return error;
        int hangUps = isConsole ? Terminal.ConsoleUse : opened.HangUps;
        file.Private = ((ulong)TerminalDevices.IndexOf(opened) << TerminalShift) | (uint)hangUps;
        if (!isConsole && file.CanRead && (file.Flags & OpenFlags.NoTerminal) == 0)
            opened.TryControl();
        return Errno.None;
    }

    /// <inheritdoc/>
    public override void OnClose(OpenFile file) => TerminalOf(file).RemoveUser();

    /// <inheritdoc/>
    public override SysResult Read(OpenFile file, ref Transfer to, ulong position) =>
        TerminalOf(file).Read(ref to, !file.IsNonBlocking, HangUps(file));

    /// <inheritdoc/>
    public override SysResult Write(OpenFile file, ref Transfer from, ulong position) =>
        TerminalOf(file).Write(ref from, !file.IsNonBlocking, HangUps(file));

    /// <inheritdoc/>
    public override PollEvents Poll(OpenFile file, ref Poller poller) => TerminalOf(file).Poll(ref poller, HangUps(file));

    /// <inheritdoc/>
    public override SysResult Control(OpenFile file, uint request, ulong argument) =>
        TerminalOf(file).Control(request, argument, HangUps(file));

    private static Terminal TerminalOf(OpenFile file) => TerminalDevices.At((int)(file.Private >> TerminalShift));

    private static int HangUps(OpenFile file) => (int)(uint)file.Private;
}

/// <summary>/dev/ptmx: each open file of it is the master's side of a pseudo-terminal of its own.</summary>
/// <param name="major">Of its device number.</param>
/// <param name="minor">Of its device number.</param>
internal sealed class PseudoTerminalMaster(uint major, uint minor) : CharacterDevice
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "ptmx"u8;

    /// <inheritdoc/>
    public override ulong Device => CharacterDevices.Number(major, minor);

    /// <inheritdoc/>
    public override Errno OnOpen(OpenFile file)
    {
        int index = TerminalDevices.TakePseudoTerminal();
        file.Private = (ulong)index;
        return index < 0 ? Errno.ENOSPC : Errno.None;
    }

    /// <inheritdoc/>
    public override void OnClose(OpenFile file) => TerminalOf(file).EndMaster();

    /// <inheritdoc/>
    public override SysResult Read(OpenFile file, ref Transfer to, ulong position) =>
        TerminalOf(file).ReadAsMaster(ref to, !file.IsNonBlocking);

    /// <inheritdoc/>
    public override SysResult Write(OpenFile file, ref Transfer from, ulong position) =>
        TerminalOf(file).WriteAsMaster(ref from, !file.IsNonBlocking);

    /// <inheritdoc/>
    public override PollEvents Poll(OpenFile file, ref Poller poller) => TerminalOf(file).PollAsMaster(ref poller);

    /// <inheritdoc/>
    public override SysResult Control(OpenFile file, uint request, ulong argument) =>
        TerminalOf(file).ControlAsMaster(request, argument);

    private static Terminal TerminalOf(OpenFile file) => TerminalDevices.At((int)file.Private);
}
