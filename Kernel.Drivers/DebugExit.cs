namespace Kernel.Drivers;

/// <summary>QEMU's isa-debug-exit device at its usual place: <c>-device isa-debug-exit,iobase=0xf4,iosize=0x04</c>.</summary>
public static class DebugExit
{
    /// <summary>All self-tests passed: QEMU's exit status is 33.</summary>
    public const byte Success = 0x10;

    /// <summary>A self-test failed or the kernel panicked: QEMU's exit status is 35.</summary>
    public const byte Failure = 0x11;

    private const ushort ExitPort = 0xF4;

    /// <summary>Ends QEMU with the exit status <c>2 * value + 1</c>. Returns where there is no such device.</summary>
    public static void Exit(byte value) => Port.Out8(ExitPort, value);
}
