using System;
using Kernel.Mm.Objects;
using Kernel.Mm.Spaces;

namespace Kernel.Mm.Tests.Model;

/// <content>Mapping.</content>
internal sealed partial class ModelRun
{
    private static readonly PhysicalAddress s_device = new(0xfe00_0000);

    private void Map(OperationKind kind, ModelSpace space, ref Dice dice)
    {
        var request = new MapRequest((ulong)PickLength(ref dice), PickProtection(ref dice));
        ModelObject? modelObject = PickObject(kind, ref request, ref dice);
        PickPlace(ref request, ref dice);
        if (dice.OneIn(15))
            request.MaximumProtection = dice.OneOf(TestMachine.ReadOnly, TestMachine.ReadWrite, request.Protection);
        if (dice.OneIn(150))
            request.Pages = 0;
        if (dice.OneIn(modelObject is null ? 200 : 3))
            request.Storage = PickRecord(ref dice);
        Status expected;
        Status actual;
        VirtualAddress address;
        CachePolicy policy = CachePolicy.WriteBack;
        if (modelObject is ModelDevice device)
        {
            policy = (CachePolicy)dice.Roll(3);
            MapRequest asMapped = request;
            if (request.Placement == Placement.Anywhere && request.Pages >= ModelSpace.BlockPages && (device.Start.Value & (Page.LargeSize - 1)) == 0)
                asMapped.Alignment = Page.LargeSize;
            asMapped.Flags = policy switch
            {
                CachePolicy.WriteCombining => VAreaFlags.WriteCombining,
                CachePolicy.Uncached => VAreaFlags.Uncached,
                _ => VAreaFlags.None,
            };
            expected = ExpectMap(space, ref asMapped, modelObject);
            actual = space.Real.MapPhysical(device.Start, policy, request, out address);
            request = asMapped;
        }
        else
        {
            MapRequest asked = request;
            expected = ExpectMap(space, ref request, modelObject);
            actual = space.Real.Map(asked, out address);
        }
        if (_log is not null)
            Log($"{space.Name}.Map({request.Pages} pages, {request.Protection}, {modelObject?.Name ?? "anonymous"} + {request.Offset}, {request.Flags}, "
                + $"{request.Placement}, alignment {request.Alignment >> Page.Shift}, guard {request.GuardPages}{(request.Storage is null ? "" : ", own record")}) => {actual}"
                + (actual == Status.Success ? $", {Show(ModelSpace.PageOf(address))}" : ""));
        if (!Agree(actual, expected))
            return;
        if (address != request.Address)
            throw new ModelMismatchException($"mapped {Show(ModelSpace.PageOf(address))} instead of {Show(ModelSpace.PageOf(request.Address))}");
        _hasChanged = true;
        var range = new PageRange(address, request.Pages);
        if (request.Placement == Placement.FixedReplace)
            _statistics.Events.CountPartialUnmap(space, range);
        space.CutAround(range);
        if (request.Storage is not null)
            request.Flags |= VAreaFlags.CallerProvided;
        long offset = (long)request.Offset;
        foreach (ref ModelPage page in space.In(range))
            page = new ModelPage
            {
                IsMapped = true,
                Protection = request.Protection,
                MaximumProtection = request.MaximumProtection,
                Flags = request.Flags,
                Object = modelObject,
                Offset = modelObject is null ? 0 : offset++,
                Storage = request.Storage,
            };
        if ((request.Flags & (VAreaFlags.Prefetch | VAreaFlags.Locked)) != 0)
            NotePopulated(space, range, isComplete: !MayBeRefused);
    }

    private ModelObject? PickObject(OperationKind kind, ref MapRequest request, ref Dice dice)
    {
        request.Flags = VAreaFlags.Private;
        switch (kind)
        {
            case OperationKind.MapShared or OperationKind.MapPrivateView:
                ModelShared shared = Shared(dice.Roll(SharedObjects));
                request.Object = shared.Real;
                request.Offset = (ulong)dice.OneOf(0, 0, 1, 512, dice.Roll((int)shared.Real.Pages));
                request.Flags = kind == OperationKind.MapShared ? VAreaFlags.None : VAreaFlags.Private;
                return shared;
            case OperationKind.MapFile:
                ModelFile file = FileIn(dice.Roll(Files));
                request.Object = file.Real;
                request.Offset = (ulong)dice.OneOf(0, 0, 1, 16, dice.Roll((int)Page.CountFor(file.Size) + 1));
                request.Flags = dice.OneOf(VAreaFlags.None, VAreaFlags.Private) | dice.OneOf(
                    VAreaFlags.None,
                    VAreaFlags.None,
                    VAreaFlags.None,
                    dice.OneOf(VAreaFlags.Prefetch, VAreaFlags.Locked, VAreaFlags.Random, VAreaFlags.DontFork, VAreaFlags.Text));
                return file;
            case OperationKind.MapZero:
                request.Object = _machine.Manager.ZeroObject;
                request.Flags = dice.OneIn(5) ? VAreaFlags.None : VAreaFlags.Private;
                if (request.Flags == VAreaFlags.None && !dice.OneIn(5))
                {
                    request.Protection &= ~Protection.Write;
                    request.MaximumProtection &= ~Protection.Write;
                }
                return _zeros;
            case OperationKind.MapDevice:
                return new ModelDevice(s_device + (ulong)dice.OneOf(0, 0, 1, 100) * Page.Size, (long)request.Pages);
            default:
                request.Flags |= dice.OneOf(
                    VAreaFlags.None,
                    VAreaFlags.None,
                    VAreaFlags.None,
                    VAreaFlags.HugePages,
                    VAreaFlags.HugePages,
                    VAreaFlags.GrowsDown,
                    dice.OneOf(
                        VAreaFlags.Prefetch,
                        VAreaFlags.Locked,
                        VAreaFlags.WipeOnFork,
                        VAreaFlags.DontFork,
                        VAreaFlags.Sequential,
                        VAreaFlags.Text));
                return null;
        }
    }

    private static void PickPlace(ref MapRequest request, ref Dice dice)
    {
        request.Address = ModelSpace.At(PickPage(ref dice));
        if (request.Pages >= ModelSpace.BlockPages && !dice.OneIn(3))
            request.Address = request.Address.AlignDown(Page.LargeSize);
        switch (dice.Roll(8))
        {
            case 0:
                request.Address = default;
                break;
            case 1:
                request.GuardPages = (ulong)dice.OneOf(0, 1, 3);
                break;
            case 2:
                request.Address = default;
                request.Lowest = ModelSpace.At(PickPage(ref dice));
                request.Highest = request.Lowest + (ulong)dice.Roll(2000) * Page.Size;
                request.GuardPages = (ulong)dice.Roll(2);
                break;
            case 3 or 4 or 5:
                request.Placement = Placement.Fixed;
                break;
            default:
                request.Placement = Placement.FixedReplace;
                break;
        }
        request.Alignment = dice.OneIn(4) ? Page.LargeSize : Page.Size;
        if (dice.OneIn(100))
            request.Address += 8;
    }

    /// <summary>What a mapping should be answered, and in the request where it should be.</summary>
    private Status ExpectMap(ModelSpace space, ref MapRequest request, ModelObject? modelObject)
    {
        if (request.Pages == 0 || (modelObject is null && request.Storage is not null))
            return Status.InvalidArgument;
        if (request.Storage is { Space: not null })
            return Status.Busy;
        if ((request.Protection & ~request.MaximumProtection) != 0)
            return Status.AccessDenied;
        if (request.Placement != Placement.Anywhere && (request.Address.Value & (request.Alignment - 1)) != 0)
            return Status.InvalidArgument;
        if (IsTooMuchData(request.Flags, request.Protection, request.Pages))
            return Status.OutOfMemory;
        if (space.IsFrozen)
            return Status.AccessDenied;
        Status status = ExpectPlace(space, ref request);
        if (status != Status.Success)
            return status;
        PageCounts replaced = request.Placement == Placement.FixedReplace ? space.Count(new PageRange(request.Address, request.Pages)) : default;
        if (IsOverLimit(space, request.Pages, request.Flags, request.Protection, replaced))
            return Status.OutOfMemory;
        bool isWritableZeros = modelObject is ModelZeros && (request.Flags & VAreaFlags.Private) == 0
            && (request.MaximumProtection & Protection.Write) != 0;
        return isWritableZeros ? Status.AccessDenied : Status.Success;
    }

    private bool IsTooMuchData(VAreaFlags flags, Protection protection, ulong pages) =>
        (flags & VAreaFlags.Private) != 0 && (protection & Protection.Write) != 0 && pages > _machine.Frames.TotalFrames;

    private static Status ExpectPlace(ModelSpace space, ref MapRequest request)
    {
        var range = new PageRange(request.Address, request.Pages);
        int pages = (int)request.Pages;
        if (request.Placement != Placement.Anywhere)
        {
            if (!range.IsValid || !ModelSpace.Window.Contains(range))
                return Status.InvalidArgument;
            bool isFree = request.Placement == Placement.FixedReplace || space.IsFree(ModelSpace.PageOf(range.Start), pages);
            return isFree ? Status.Success : Status.AlreadyExists;
        }
        VirtualAddress highest = request.Highest.Value == 0 ? ModelSpace.Window.End : request.Highest;
        int guard = (int)request.GuardPages;
        if (request.Address.Value != 0)
        {
            range = new PageRange(request.Address.AlignDown(request.Alignment), request.Pages);
            if (ModelSpace.Window.Contains(range) && range.Start >= request.Lowest && range.End <= highest
                && space.IsFree(ModelSpace.PageOf(range.Start) - guard, pages + 2 * guard))
            {
                request.Address = range.Start;
                return Status.Success;
            }
        }
        int alignment = (int)(request.Alignment >> Page.Shift);
        int aligned = (guard + alignment - 1) / alignment * alignment;
        int lowest = request.Lowest < ModelSpace.WindowStart ? 0 : ModelSpace.PageOf(request.Lowest);
        int end = highest > ModelSpace.Window.End ? ModelSpace.WindowPages : ModelSpace.PageOf(highest);
        int found = space.HighestFree(pages + 2 * aligned, lowest, end, alignment);
        request.Address = ModelSpace.At(found + aligned);
        return found < 0 ? Status.NoAddressRange : Status.Success;
    }

    private void ReplaceObject(ref Dice dice)
    {
        int slot = dice.Roll(SharedObjects + Files);
        if (_log is not null)
            Log($"// object {slot} is given up");
        _hasSucceeded = true;
        if (slot < SharedObjects)
        {
            _shared[slot]?.Real.Release();
            _shared[slot] = null;
            return;
        }
        slot -= SharedObjects;
        _files[slot]?.Real.Release();
        _files[slot] = null;
    }

    private ModelShared Shared(int slot)
    {
        if (_shared[slot] is { } there)
            return there;
        int pages = slot == 0 ? 1100 : 300;
        SharedAnonymousObject real = SharedAnonymousObject.Create(_machine.Manager, (ulong)pages)!;
        _names++;
        return _shared[slot] = new ModelShared(real, $"shared{_names}({pages} pages)");
    }
}
