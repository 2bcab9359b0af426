using System;
using Kernel.Mm.PageTables;
using Kernel.Mm.Physical;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <content>The kernel's own space: devices and memory that it maps for itself, reached whatever space a processor has loaded.</content>
internal sealed partial class ModelRun
{
    private static readonly VirtualAddress s_kernelStart = new(0xffff_c000_0000_0000);

    private readonly ModelSpace _kernel;

    /// <summary>Upper tables in the root that all roots have their upper half from, and a space over them.</summary>
    private unsafe ModelSpace CreateKernelSpace()
    {
        PhysicalAddress table = _machine.IdleRoot;
        for (int level = PageTableWalk.Levels; level > PageTable.BlockLevel; level--)
        {
            PhysicalAddress below = _machine.Frames.AllocateZeroed(FrameOwner.Kernel)!.Value.Address;
            PageTableWalk.Table(table)[PageTableWalk.IndexOf(s_kernelStart, level)] = new PageTableEntry(below, PageTable.TableFlags(isUser: false));
            table = below;
        }
        _machine.Hardware.KernelRoot = _machine.IdleRoot;
        var real = new AddressSpace();
        _machine.Manager.InitializeKernelSpace(real, new PageRange(s_kernelStart, ModelSpace.WindowPages), _machine.IdleRoot);
        return new ModelSpace(real, "kernel") { Start = s_kernelStart };
    }

    private void UseKernelSpace(ModelSpace loaded, ref Dice dice)
    {
        switch (dice.Roll(10))
        {
            case 0:
                MapKernelDevice(ref dice);
                break;
            case 1 or 2:
                MapKernelMemory(ref dice);
                AccessKernel(loaded, ref dice);
                break;
            case 3 or 4:
                AccessKernel(loaded, ref dice);
                UnmapKernel(ref dice);
                break;
            case 5:
                ProtectKernel(ref dice);
                break;
            default:
                AccessKernel(loaded, ref dice);
                break;
        }
        CompareAreas(_kernel);
    }

    private void MapKernelDevice(ref Dice dice)
    {
        PhysicalAddress start = s_device + (ulong)dice.OneOf(0, 0, 1, 100) * Page.Size + (ulong)dice.OneOf(0, 0, 0x123);
        ulong bytes = (ulong)dice.OneOf(1, 4096, 4097, 40 * 4096, 512 * 4096);
        int pages = (int)Page.CountFor(bytes + start.PageOffset);
        var policy = (CachePolicy)dice.Roll(3);
        bool isAligned = pages >= ModelSpace.BlockPages && (start.AlignDown(Page.Size).Value & (Page.LargeSize - 1)) == 0;
        int guard = isAligned ? ModelSpace.BlockPages : 1;
        int gap = _kernel.HighestFree(pages + 2 * guard, 0, ModelSpace.WindowPages, guard);
        Status actual = _kernel.Real.MapDevice(start, bytes, policy, out VirtualAddress address);
        if (_log is not null)
            Log($"kernel.MapDevice(0x{start}, {bytes}, {policy}) => {actual}, 0x{address}");
        if (!Agree(actual, gap < 0 ? Status.NoAddressRange : Status.Success))
            return;
        if (address != _kernel.AddressOf(gap + guard) + start.PageOffset)
            throw new ModelMismatchException($"the device is mapped at 0x{address} instead of page {gap + guard}");
        var device = new ModelDevice(start.AlignDown(Page.Size), pages);
        VAreaFlags flags = policy switch
        {
            CachePolicy.WriteCombining => VAreaFlags.WriteCombining,
            CachePolicy.Uncached => VAreaFlags.Uncached,
            _ => VAreaFlags.None,
        };
        NoteKernelPages(gap + guard, pages, new ModelPage { Object = device, Flags = flags });
    }

    private void MapKernelMemory(ref Dice dice)
    {
        int pages = dice.OneOf(1, 4, 40, 300);
        int guard = dice.Roll(2);
        int gap = _kernel.HighestFree(pages + 2 * guard, 0, ModelSpace.WindowPages, 1);
        Status actual = _kernel.Real.Map(new MapRequest((ulong)pages, Protection.Read | Protection.Write) { GuardPages = (ulong)guard }, out VirtualAddress address);
        if (_log is not null)
            Log($"kernel.Map({pages} pages, guard {guard}) => {actual}, 0x{address}");
        if (!Agree(actual, gap < 0 ? Status.NoAddressRange : Status.Success))
            return;
        if (address != _kernel.AddressOf(gap + guard))
            throw new ModelMismatchException($"mapped at 0x{address} instead of page {gap + guard}");
        NoteKernelPages(gap + guard, pages, new ModelPage { Flags = VAreaFlags.Private });
    }

    private void NoteKernelPages(int first, int pages, ModelPage page)
    {
        _hasChanged = true;
        page.IsMapped = true;
        page.Protection = Protection.Read | Protection.Write;
        page.MaximumProtection = AllProtections;
        for (int i = 0; i < pages; i++)
        {
            page.Offset = page.IsAnonymous ? 0 : i;
            _kernel.Pages[first + i] = page;
        }
    }

    /// <summary>A part of a varea of the kernel, or all of it; empty if there is none.</summary>
    private PageRange PickKernelRange(ref Dice dice, out Span<ModelPage> pages)
    {
        int first = _kernel.NextMapped(PickPage(ref dice));
        pages = default;
        if (first < 0)
            return default;
        int end = _kernel.AreaEnd(first);
        if (dice.OneIn(2))
            first = _kernel.AreaStart(first);
        else
            end = int.Min(end, first + PickLength(ref dice));
        pages = _kernel.Pages[first..end];
        return new PageRange(_kernel.AddressOf(first), (ulong)(end - first));
    }

    private void UnmapKernel(ref Dice dice)
    {
        PageRange range = PickKernelRange(ref dice, out Span<ModelPage> pages);
        ulong resident = _kernel.Real.ResidentPages;
        Status actual = _kernel.Real.Unmap(range);
        if (_log is not null)
            Log($"kernel.Unmap(0x{range.Start}, {range.Pages}) => {actual}");
        if (!Agree(actual, pages.IsEmpty ? Status.InvalidArgument : Status.Success))
            return;
        pages.Clear();
        _hasChanged = true;
        if (_kernel.Real.ResidentPages < resident)
            _statistics.Events.Count(TableEvent.KernelPagesUnmapped);
    }

    private void ProtectKernel(ref Dice dice)
    {
        PageRange range = PickKernelRange(ref dice, out Span<ModelPage> pages);
        Protection protection = dice.OneOf(Protection.Read, Protection.Read | Protection.Write, Protection.None);
        Status actual = _kernel.Real.Protect(range, protection);
        if (_log is not null)
            Log($"kernel.Protect(0x{range.Start}, {range.Pages}, {protection}) => {actual}");
        if (!Agree(actual, pages.IsEmpty ? Status.InvalidArgument : Status.Success))
            return;
        foreach (ref ModelPage page in pages)
        {
            _hasChanged |= page.Protection != protection;
            page.Protection = protection;
        }
    }

    /// <summary>Reads or writes by the kernel while a process's space is loaded, or none; user mode may do neither.</summary>
    private void AccessKernel(ModelSpace loaded, ref Dice dice)
    {
        int page = Pick(_kernel, ref dice, IsAccessible);
        (bool isSecond, bool isUser, bool isWrite) = (dice.OneIn(2), dice.OneIn(12), dice.OneIn(2));
        FaultAccess access = (isWrite ? FaultAccess.Write : FaultAccess.Read) | (isUser ? FaultAccess.User : FaultAccess.Read);
        FaultResult expected = ExpectAccess(_kernel, page, access);
        VirtualAddress address = _kernel.AddressOf(page) + Offset(isSecond);
        byte value = (byte)dice.Roll(256);
        loaded.Real.Load();
        if (dice.OneIn(4))
            _machine.Unload(loaded.Real);
        var processor = new TestProcessor(_machine.Hardware.Mmu, _machine.Hardware.CurrentProcessor, _kernel.Real.Fault);
        FaultResult actual = isWrite ? processor.Write(address, [value], isUser) : processor.Read(address, new Span<byte>(ref value), isUser);
        _machine.Unload(loaded.Real);
        if (_log is not null)
            Log($"// {(isUser ? "user mode" : "kernel")}: {(isWrite ? "write" : "read")} at page {page} of the kernel's space, {Offset(isSecond)}, {value} => {actual}");
        if (!Agree(actual, expected))
            return;
        if (!isWrite)
            NoteRead(_kernel, page, isSecond, value);
        else if (!_kernel.Pages[page].IsAnonymous)
            _hasSucceeded = true;
        else
            NoteWritten(_kernel, page, isSecond, value);
    }

    private void LeaveKernelSpace()
    {
        Agree(_kernel.Real.Unmap(_kernel.Real.Range), Status.Success);
        _kernel.Pages.Clear();
        Verify();
    }
}
