using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using Xunit;
using Xunit.Abstractions;

namespace Kernel.Mm.Tests.Model;

/// <summary>Random steps on several address spaces, compared with a model that knows nothing of tables.</summary>
[Collection(nameof(SimulatedMemory))]
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int StepsPerSequence = 400;
    private const long DefaultSteps = 300_000;
    private const ulong DefaultSeed = 20_261_121;

    // An odd number, as SplitMix wants it.
    private const ulong Gamma = 0x9e37_79b9_7f4a_7c15;

    // How often what is rare must have happened at least.
    private static readonly (TableEvent What, long Times)[] s_required =
    [
        (TableEvent.TableCopied, 1000),
        (TableEvent.UncopiedTableTakenBack, 1000),
        (TableEvent.CopiedTableTakenBack, 1000),
        (TableEvent.SharedTablePartlyUnmapped, 1000),
        (TableEvent.MixedBlockForked, 1000),
        (TableEvent.TableMoved, 1000),
        (TableEvent.FileTruncatedWhileMapped, 1000),
        (TableEvent.HolePunchedWhileMapped, 300),
        (TableEvent.FileCutInSharedTable, 100),
        (TableEvent.LimitRefused, 1000),
        (TableEvent.StackRefused, 50),
        (TableEvent.RecordReturned, 1000),
        (TableEvent.FrozenWithLazyPages, 1000),
        (TableEvent.NoMemoryInFrozenWithLazyPages, 200),
        (TableEvent.LazyPagesDropped, 200),
        (TableEvent.KernelPagesUnmapped, 300),
    ];

    private readonly ModelStatistics _statistics = new();
    private Operation[] _failing = [];
    private int _failedAt;
    private string _failure = "";

    [Fact]
    public void Random_operations_agree_with_the_model()
    {
        var steps = (long)Number(Environment.GetEnvironmentVariable("COSMOSVM_MODEL_STEPS"), DefaultSteps);
        (ulong seed, ulong gamma) = Seed();
        var watch = Stopwatch.StartNew();
        Arbitrary<Operation[]> sequences = Operation.Sequences(StepsPerSequence, steps => steps == _failing ? _failedAt : null);
        var outcome = new Outcome();
        Check.One(
            Config.Quick
                .WithMaxTest((int)((steps + StepsPerSequence - 1) / StepsPerSequence))
                .WithRunner(outcome)
                .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed, gamma), FSharpOption<int>.None))),
            Prop.ForAll(sequences, Agrees));
        Assert.True(outcome.FailedWith is null, Counterexample(outcome.FailedWith));
        string report = $"Model test, seed {seed}, {watch.Elapsed.TotalSeconds:F1} s: {_statistics}";
        output.WriteLine(report);
        if (Environment.GetEnvironmentVariable("COSMOSVM_MODEL_REPORT") is { } file)
            File.WriteAllText(file, report);
        Assert.True(_statistics.Changes * 10 >= _statistics.Steps * 6, "Fewer than 60 % of the steps changed state.");
        if (steps >= DefaultSteps)
            Assert.All(s_required, required => Assert.True(_statistics.Events.Counts[(int)required.What] >= required.Times, $"{required.What} was too rare."));
    }

    private bool Agrees(Operation[] steps)
    {
        int step = 0;
        try
        {
            using var run = new ModelRun(_statistics, StepsPerSequence);
            run.Run(steps, out step);
            return true;
        }
        catch (Exception exception)
        {
            // FsCheck goes on from the shortest that failed, so the last to come here is the one to show.
            (_failing, _failedAt, _failure) = (steps, step, exception is ModelMismatchException ? exception.Message : exception.ToString());
            return false;
        }
    }

    private string Counterexample(Rnd? seed)
    {
        if (seed is not { } replay)
            return "";
        var log = new StringBuilder();
        string end = "";
        try
        {
            using var run = new ModelRun(new ModelStatistics(), StepsPerSequence, log);
            run.Run(_failing, out _);
        }
        catch (Exception exception)
        {
            end = exception.ToString();
        }
        return $"{_failing.Length} steps, replay {replay.Seed},{replay.Gamma}: {_failure}\n{log}// {end}";
    }

    /// <summary>Where to begin: "SEED", or "SEED,GAMMA" as a counterexample names it.</summary>
    private static (ulong Seed, ulong Gamma) Seed()
    {
        string[] numbers = (Environment.GetEnvironmentVariable("COSMOSVM_MODEL_SEED") ?? "").Split(',');
        return (Number(numbers[0], DefaultSeed), numbers.Length > 1 ? Number(numbers[1], Gamma) : Gamma);
    }

    private static ulong Number(string? text, ulong otherwise) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number > 0 ? number : otherwise;

    /// <summary>Keeps where the failing sequence comes from; the test itself tells the rest.</summary>
    private sealed class Outcome : IRunner
    {
        public Rnd? FailedWith { get; private set; }

        public void OnStartFixture(Type fixture)
        {
        }

        public void OnArguments(int count, FSharpList<object> arguments, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
        {
        }

        public void OnShrink(FSharpList<object> arguments, FSharpFunc<FSharpList<object>, string> everyShrink)
        {
        }

        public void OnFinished(string name, TestResult result) => FailedWith = (result as TestResult.Failed)?.Item6;
    }
}
