namespace Kernel.SelfTests;

/// <summary>A test that fails, so that whoever runs the self-tests can see that a failure gets through.</summary>
internal static class AlwaysFailsTests
{
    public static SelfTestSuite Create()
    {
        var suite = new SelfTestSuite("always-fails", onlyWhenNamed: true);
        suite.Add("a check that doesn't hold is reported"u8, static () => Check.Equal(1, 2));
        suite.Add("an exception that nobody expects is reported"u8, static () => throw new System.InvalidOperationException("on purpose"));
        return suite;
    }
}
