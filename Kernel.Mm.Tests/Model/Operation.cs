using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;

namespace Kernel.Mm.Tests.Model;

/// <summary>What a step of the model test does.</summary>
internal enum OperationKind
{
    Map,
    MapShared,
    MapPrivateView,
    MapZero,
    MapDevice,
    MapFile,
    Unmap,
    Protect,
    Move,
    MoveTables,
    Advise,
    SetLocked,
    SetLimits,
    Populate,
    Offload,
    FixPrivate,
    Read,
    Write,
    Execute,
    ReadByKernel,
    WriteByKernel,
    Pin,
    Unpin,
    WriteByDevice,
    TouchWithoutMemory,
    JoinLargePages,
    SetCachePolicy,
    Fork,
    Freeze,
    Duplicate,
    Exit,
    CreateSpace,
    ReplaceObject,
    WriteFile,
    ReadFile,
    SetFileSize,
    PunchHole,
    UseKernelSpace,
    Compare,
}

/// <summary>One step. Which addresses it is about follows from the dice and from what is mapped when it runs.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Space">Chooses the space.</param>
/// <param name="Dice">Chooses everything else.</param>
/// <param name="FramesLeft">How many frames can be had meanwhile; negative for as many as there are.</param>
internal sealed record Operation(OperationKind Kind, int Space, int Dice, int FramesLeft)
{
    // Many writes and reads: they are what makes tables be copied and taken back.
    private static readonly (int Weight, OperationKind Kind)[] s_weights =
    [
        (70, OperationKind.Map), (14, OperationKind.MapShared), (10, OperationKind.MapPrivateView), (8, OperationKind.MapZero),
        (6, OperationKind.MapDevice), (35, OperationKind.MapFile), (45, OperationKind.Unmap), (50, OperationKind.Protect), (25, OperationKind.Move),
        (64, OperationKind.MoveTables), (45, OperationKind.Advise), (12, OperationKind.SetLocked), (9, OperationKind.SetLimits), (25, OperationKind.Populate),
        (12, OperationKind.Offload), (8, OperationKind.FixPrivate), (50, OperationKind.Read), (230, OperationKind.Write),
        (25, OperationKind.Execute), (20, OperationKind.ReadByKernel), (60, OperationKind.WriteByKernel), (10, OperationKind.Pin),
        (8, OperationKind.Unpin), (6, OperationKind.WriteByDevice), (8, OperationKind.JoinLargePages), (3, OperationKind.SetCachePolicy),
        (72, OperationKind.Fork), (14, OperationKind.Freeze), (12, OperationKind.TouchWithoutMemory), (10, OperationKind.Duplicate), (66, OperationKind.Exit),
        (6, OperationKind.CreateSpace), (4, OperationKind.ReplaceObject), (3, OperationKind.Compare),
        (14, OperationKind.WriteFile), (4, OperationKind.ReadFile), (32, OperationKind.SetFileSize), (14, OperationKind.PunchHole), (28, OperationKind.UseKernelSpace),
    ];

    private static readonly Gen<int> s_framesLeft = Gen.Frequency((50, Gen.Constant(-1)), (1, Gen.Choose(0, 12)));

    /// <summary>Sequences of steps, and how a failing one is made shorter.</summary>
    /// <param name="length">Steps of each.</param>
    /// <param name="failedAt">At which step a sequence failed, if that is known.</param>
    public static Arbitrary<Operation[]> Sequences(int length, Func<Operation[], int?> failedAt)
    {
        Gen<Operation> one =
            from kind in Gen.Frequency(s_weights.Select(weight => (weight.Weight, Gen.Constant(weight.Kind))))
            from space in Gen.Choose(0, 1023)
            from dice in Gen.Choose(0, int.MaxValue - 1)
            from left in s_framesLeft
            select new Operation(kind, space, dice, left);
        Arbitrary<Operation[]> each = Arb.Array(Arb.From(one, Simpler));
        return Arb.From(Gen.ArrayOf(one, length), steps => Beginning(steps, failedAt(steps)).Concat(WithoutRuns(steps)).Concat(each.Shrinker(steps)));
    }

    /// <summary>The sequence without what wasn't reached.</summary>
    private static IEnumerable<Operation[]> Beginning(Operation[] steps, int? failedAt)
    {
        if (failedAt is { } last && last + 1 < steps.Length)
            yield return steps[..(last + 1)];
    }

    /// <summary>The sequence without long runs of steps: what is left to FsCheck's own shrinker is short.</summary>
    private static IEnumerable<Operation[]> WithoutRuns(Operation[] steps)
    {
        for (int length = steps.Length / 2; length > 0; length /= 2)
            for (int start = steps.Length - length; start >= 0; start -= length)
                yield return [.. steps[..start], .. steps[(start + length)..]];
    }

    private static IEnumerable<Operation> Simpler(Operation step)
    {
        if (step.FramesLeft >= 0)
            yield return step with { FramesLeft = -1 };
        if (step.Space != 0)
            yield return step with { Space = 0 };
    }
}
