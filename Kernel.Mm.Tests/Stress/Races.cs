using System;
using System.Threading;
using System.Threading.Tasks;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;
using Xunit;

namespace Kernel.Mm.Tests.Stress;

/// <summary>Two or more processors do at once what has gone wrong before, over and over.</summary>
[Collection(nameof(SimulatedMemory))]
public sealed class Races : IDisposable
{
    private static readonly VirtualAddress s_base = new(0x4000_0000);

    private readonly TestMachine _machine = new(8192);

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Processors_that_split_a_large_page_at_once_lose_no_frame()
    {
        for (int i = 0; i < 400; i++)
        {
            AddressSpace parent = _machine.CreateSpace();
            PageRange range = parent.MapAt(s_base, SpaceExtensions.BlockPages, flags: VAreaFlags.Private | VAreaFlags.HugePages);
            _machine.Write(parent, range.Start, 1);
            AddressSpace child = parent.Fork();
            AtOnce(
                () => _machine.Write(parent, range.PageAt(0), 2),
                () => _machine.Write(parent, range.PageAt(0), 2),
                () => WriteAll(parent, range),
                () => Delete(child));
            _machine.Verify();
            Assert.Equal(512ul, _machine.Frames.UsedBy(FrameOwner.User));
            Delete(parent);
            Assert.Equal(0ul, _machine.Frames.UsedBy(FrameOwner.User));
        }
    }

    [Fact]
    public void Fork_while_others_leave_the_tables_keeps_the_backups_list()
    {
        const int Blocks = 12;
        for (int i = 0; i < 400; i++)
        {
            AddressSpace parent = _machine.CreateSpace();
            for (ulong block = 0; block < Blocks; block++)
            {
                PageRange range = parent.MapAt(s_base + block * Page.LargeSize, SpaceExtensions.BlockPages);
                _machine.Write(parent, range.Start, 1);
            }
            AddressSpace first = parent.Fork();
            AddressSpace? second = null;
            AtOnce(
                () => Delete(first),
                () => second = parent.Fork());
            _machine.Verify();
            AddressSpace? third = null;
            AtOnce(
                () => WriteBlocks(second!, Blocks),
                () => third = parent.Fork());
            _machine.Verify();
            Delete(second!);
            Delete(parent);
            Delete(third!);
            Assert.Equal(0, _machine.Backups.InUse);
        }
        _machine.Verify();
    }

    private static void AtOnce(params Action[] actions)
    {
        using var start = new Barrier(actions.Length);
        var tasks = new Task[actions.Length];
        for (int i = 0; i < actions.Length; i++)
        {
            int index = i;
            tasks[i] = Task.Factory.StartNew(
                () =>
                {
                    TestHardware.RunAs(index);
                    start.SignalAndWait();
                    actions[index]();
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
        Task.WaitAll(tasks);
    }

    private void WriteAll(AddressSpace space, PageRange range)
    {
        for (ulong page = 0; page < range.Pages; page++)
            _machine.Write(space, range.PageAt(page), 3);
    }

    private void WriteBlocks(AddressSpace space, ulong blocks)
    {
        for (ulong block = 0; block < blocks; block++)
            _machine.Write(space, s_base + block * Page.LargeSize, 4);
    }

    private void Delete(AddressSpace space) => Assert.Equal(Status.Success, _machine.Manager.DeleteSpace(space));
}
