using System;
using Kernel.Drivers.Console;
using Kernel.Memory;
using Kernel.Mm;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Monitor;

/// <summary><c>forkdemo</c>: forks a test space, and shows who has what before, after a write, and after an exit.</summary>
internal sealed class ForkdemoCommand : MonitorCommand
{
    private const ulong Pages = 16;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Name => "forkdemo"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Summary => "shows how a fork shares memory and parts again"u8;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Details =>
        "Frames are counted from before the demonstration. A table is shared while the backup names it.\n"u8;

    /// <inheritdoc/>
    public override CommandResult Run(CommandArguments arguments, TextSink output)
    {
        if (arguments.Count > 0)
            return CommandResult.WrongArguments;
        output.Write(Demonstrate(VirtualMemory.Manager, output) ? ""u8 : "no memory for the demonstration\n"u8);
        return CommandResult.Done;
    }

    private static bool Demonstrate(MemoryManager manager, TextSink output)
    {
        FrameAllocator frames = manager.Frames;
        ulong user = frames.UsedBy(FrameOwner.User), tables = frames.UsedBy(FrameOwner.PageTable);
        if (manager.CreateSpace(VirtualMemory.UserRange) is not { } parent)
            return false;
        var request = new MapRequest(Pages, Protection.Read | Protection.Write | Protection.User) { Alignment = Page.LargeSize };
        bool isDone = parent.Map(request, out VirtualAddress start) == Status.Success
            && parent.Populate(new PageRange(start, Pages)) == Status.Success;
        AddressSpace? child = null;
        if (isDone)
        {
            Show("a parent with 16 pages written"u8, parent, null);
            isDone = parent.Fork(out child) == Status.Success;
        }
        if (isDone)
        {
            Show("after the fork: one leaf table, two users, no page copied"u8, parent, child);
            isDone = child!.Fault(start, FaultAccess.Write | FaultAccess.User) == FaultResult.Resolved;
        }
        if (isDone)
        {
            Show("after the child wrote one page: a table and a page of its own"u8, parent, child);
            isDone = parent.Fault(start + Page.Size, FaultAccess.Write | FaultAccess.User) == FaultResult.Resolved;
        }
        if (isDone)
            Show("after the parent wrote another: it takes its table back"u8, parent, child);
        if (child is not null)
            manager.DeleteSpace(child);
        if (isDone)
        {
            Show("after the child's exit"u8, parent, null);
            isDone = parent.Fault(start + 2 * Page.Size, FaultAccess.Write | FaultAccess.User) == FaultResult.Resolved;
            Show("after another write: all pages are the parent's alone"u8, parent, null);
        }
        manager.DeleteSpace(parent);
        return isDone;

        void Show(ReadOnlySpan<byte> when, AddressSpace first, AddressSpace? second)
        {
            output.Write($"{when}\n  frames: {frames.UsedBy(FrameOwner.User) - user} of pages, {frames.UsedBy(FrameOwner.PageTable) - tables} of tables");
            output.Write($"; backup: {first.PrivateObject?.Backup?.TableCount ?? 0} tables\n");
            Write("parent"u8, first);
            if (second is not null)
                Write("child"u8, second);
        }

        void Write(ReadOnlySpan<byte> who, AddressSpace space)
        {
            space.BeginListing();
            foreach (VArea area in space)
            {
                AddressSpace.ResidentCounts counts = space.CountResident(area);
                output.Write($"  {who,-7} {counts.Resident,3} pages resident, {counts.Shared,3} seen by others too, {space.MinorFaults,3} faults\n");
            }
            space.EndListing();
        }
    }
}
