using System.Collections.Generic;
using Kernel.SelfTests.Conformance;

namespace Kernel.SelfTests;

/// <summary>Every suite of in-kernel tests. A new suite is added here. A build with <c>-p:SelfTests=false</c> has none.</summary>
public static class SelfTestCatalog
{
    private static List<SelfTestSuite>? s_suites;

    /// <summary>All suites in the order in which they run.</summary>
    public static IReadOnlyList<SelfTestSuite> Suites => s_suites ??= Create();

#if WITHOUT_SELF_TESTS
    private static List<SelfTestSuite> Create() => [];
#else
    private static List<SelfTestSuite> Create() =>
    [
        StringTests.Create(),
        FormattingTests.Create(),
        ParsingTests.Create(),
        CastTests.Create(),
        InterfaceTests.Create(),
        DelegateTests.Create(),
        ArrayTests.Create(),
        CollectionTests.Create(),
        SpanTests.Create(),
        IteratorTests.Create(),
        RecordTests.Create(),
        PatternTests.Create(),
        NumericTests.Create(),
        GenericTests.Create(),
        GenericVirtualTests.Create(),
        LockTests.Create(),
        ExceptionsTests.Create(),
        StackWalkTests.Create(),
        AllocationTests.Create(),
        Utf8WriterTests.Create(),
        ArchitectureTests.Create(),
        InterruptStormTests.Create(),
        InterruptStormTests.CreateLong(),
        AlwaysFailsTests.Create(),
        FrameTests.Create(),
        MemoryManagerTests.Create(),
        PageFaultTests.Create(),
        PoolTests.Create(),
        FileTests.Create(),
        ProcessTests.Create(),
        CostTests.Create(),
        OutputTests.Create(),
        MonitorTests.Create(),
    ];
#endif
}
