namespace Kernel.Drivers.Interrupts;

/// <summary>The PC's two cascaded 8259 interrupt controllers.</summary>
/// <remarks>Its callers see to it that two processors don't use it at once.</remarks>
internal static class LegacyController
{
    /// <summary>Vector of request 0; the others follow. Below are the processor's exceptions.</summary>
    public const byte FirstVector = 0x20;

    /// <summary>Number of requests of both controllers.</summary>
    public const int Requests = 16;

    private const ushort PrimaryCommand = 0x20;
    private const ushort PrimaryData = 0x21;
    private const ushort SecondaryCommand = 0xa0;
    private const ushort SecondaryData = 0xa1;

    // Command words (Intel 8259A data sheet).
    private const byte StartWithFourWords = 0x11;
    private const byte Mode8086 = 0x01;
    private const byte EndOfInterruptCommand = 0x20;
    private const byte ReadInService = 0x0b;
    private const byte AllMasked = 0xff;

    private const int RequestsPerController = 8;
    private const byte CascadeRequest = 2;
    private const byte SpuriousBit = 1 << 7;

    private static ushort s_masked = ushort.MaxValue;

    /// <summary>Moves the requests away from the exceptions and masks all of them.</summary>
    public static void Initialize()
    {
        Port.Out8(PrimaryCommand, StartWithFourWords);
        Port.Out8(SecondaryCommand, StartWithFourWords);
        Port.Out8(PrimaryData, FirstVector);
        Port.Out8(SecondaryData, FirstVector + RequestsPerController);
        Port.Out8(PrimaryData, 1 << CascadeRequest);
        Port.Out8(SecondaryData, CascadeRequest);
        Port.Out8(PrimaryData, Mode8086);
        Port.Out8(SecondaryData, Mode8086);
        Port.Out8(PrimaryData, AllMasked);
        Port.Out8(SecondaryData, AllMasked);
        s_masked = ushort.MaxValue;
    }

    /// <summary>Whether a request is masked.</summary>
    /// <param name="request">Below <see cref="Requests"/>.</param>
    public static bool IsMasked(byte request) => (s_masked & (1 << request)) != 0;

    /// <summary>Lets a request through or not.</summary>
    /// <param name="request">Below <see cref="Requests"/>.</param>
    /// <param name="isMasked">Whether it is held back.</param>
    public static void SetMask(byte request, bool isMasked)
    {
        s_masked = (ushort)(isMasked ? s_masked | (1 << request) : s_masked & ~(1 << request));
        // The second controller speaks through a request of the first, which is let through if anything there is.
        bool isSecondaryUsed = s_masked >> RequestsPerController != AllMasked;
        Port.Out8(PrimaryData, (byte)(isSecondaryUsed ? s_masked & ~(1 << CascadeRequest) : s_masked));
        Port.Out8(SecondaryData, (byte)(s_masked >> RequestsPerController));
    }

    /// <summary>Ends the interrupt of a request. A spurious one, which the controllers don't know of, needs no end.</summary>
    /// <param name="request">Below <see cref="Requests"/>.</param>
    public static void EndOfInterrupt(byte request)
    {
        bool isSecondary = request >= RequestsPerController;
        bool isSpurious = (request & (RequestsPerController - 1)) == RequestsPerController - 1 && IsSpurious(isSecondary);
        if (isSecondary && !isSpurious)
            Port.Out8(SecondaryCommand, EndOfInterruptCommand);
        if (isSecondary || !isSpurious)
            Port.Out8(PrimaryCommand, EndOfInterruptCommand);
    }

    private static bool IsSpurious(bool isSecondary)
    {
        ushort command = isSecondary ? SecondaryCommand : PrimaryCommand;
        Port.Out8(command, ReadInService);
        return (Port.In8(command) & SpuriousBit) == 0;
    }
}
