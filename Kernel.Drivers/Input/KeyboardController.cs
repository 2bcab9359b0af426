using System;

namespace Kernel.Drivers.Input;

/// <summary>
/// The PC's keyboard controller, an 8042 or what stands for one. Ports, commands and bits are those of the IBM PS/2
/// hardware interface technical reference, "keyboard and auxiliary device controller". No method needs a clock: each
/// wait is bounded by a number of port reads, of which a PC does about one per microsecond.
/// </summary>
internal static class KeyboardController
{
    private const ushort DataPort = 0x60;
    private const ushort StatusPort = 0x64;
    private const ushort CommandPort = 0x64;
    private const byte NoDevice = 0xFF;
    private const byte SelfTestPassed = 0x55;
    private const byte PortTestPassed = 0x00;
    private const int WaitPolls = 5_000;
    private const int FlushLimit = 64;

    // A key that is pressed meanwhile can stand where an answer is expected.
    private const int Attempts = 5;

    [Flags]
    private enum ControllerStatus : byte
    {
        OutputFull = 1 << 0,
        InputFull = 1 << 1,
        FromAuxiliary = 1 << 5,
    }

    [Flags]
    private enum Configuration : byte
    {
        KeyboardInterrupt = 1 << 0,
        AuxiliaryInterrupt = 1 << 1,
        KeyboardDisabled = 1 << 4,
        AuxiliaryDisabled = 1 << 5,

        // Scan codes are translated from set 2, the keyboard's own, to set 1.
        Translate = 1 << 6,
    }

    private enum Command : byte
    {
        ReadConfiguration = 0x20,
        WriteConfiguration = 0x60,
        DisableAuxiliary = 0xA7,
        SelfTest = 0xAA,
        TestKeyboardPort = 0xAB,
        DisableKeyboard = 0xAD,
        EnableKeyboard = 0xAE,
    }

    private enum KeyboardCommand : byte
    {
        EnableScanning = 0xF4,
    }

    /// <summary>Tests and sets up controller and keyboard, without interrupts and without the mouse.</summary>
    /// <returns>False when there is no working controller. A keyboard that doesn't answer may be plugged in later.</returns>
    public static bool Initialize()
    {
        for (int attempt = 0; attempt < Attempts && Port.In8(StatusPort) != NoDevice; attempt++)
        {
            // A controller that takes no command is dead, and asking it again costs thousands of port reads.
            if (!WaitFor(ControllerStatus.InputFull, false))
                return false;
            if (TryInitialize())
                return true;
        }

        return false;
    }

    private static bool TryInitialize()
    {
        if (!Send(Command.DisableKeyboard) || !Send(Command.DisableAuxiliary))
            return false;
        Flush();
        if (!Send(Command.SelfTest) || !TryReceive(out byte result) || result != SelfTestPassed)
            return false;

        // The self-test resets the configuration of some controllers, so it comes first. The keyboard stays silent until
        // the last answer is read: keys typed while the firmware ran wait in it, more than all attempts could swallow.
        if (!Configure(Configuration.Translate | Configuration.AuxiliaryDisabled | Configuration.KeyboardDisabled))
            return false;
        if (!Send(Command.TestKeyboardPort) || !TryReceive(out result) || result != PortTestPassed)
            return false;
        if (!Send(Command.EnableKeyboard))
            return false;
        if (SendData((byte)KeyboardCommand.EnableScanning))
            TryReceive(out _);
        Flush();
        return true;
    }

    /// <summary>Lets the controller interrupt when a key is pressed or released.</summary>
    public static bool EnableInterrupt() =>
        Configure(Configuration.Translate | Configuration.AuxiliaryDisabled | Configuration.KeyboardInterrupt);

    /// <summary>Takes a scan code if one has arrived; what a mouse sent is dropped.</summary>
    public static bool TryReadScanCode(out byte code)
    {
        code = 0;
        for (int count = 0; count < FlushLimit; count++)
        {
            byte status = Port.In8(StatusPort);
            if (status == NoDevice || !Has(status, ControllerStatus.OutputFull))
                return false;
            code = Port.In8(DataPort);
            if (!Has(status, ControllerStatus.FromAuxiliary))
                return true;
        }

        return false;
    }

    private static bool Configure(Configuration wanted)
    {
        const Configuration Owned = Configuration.KeyboardInterrupt | Configuration.AuxiliaryInterrupt
            | Configuration.KeyboardDisabled | Configuration.AuxiliaryDisabled | Configuration.Translate;
        // A key pressed now would be taken for the answer. The configuration that is written says whether the keyboard may speak.
        if (!Send(Command.DisableKeyboard))
            return false;
        Flush();
        if (!Send(Command.ReadConfiguration) || !TryReceive(out byte current))
            return false;
        Configuration others = (Configuration)current & ~Owned;
        return Send(Command.WriteConfiguration) && SendData((byte)(others | wanted));
    }

    private static void Flush()
    {
        for (int count = 0; count < FlushLimit && Has(Port.In8(StatusPort), ControllerStatus.OutputFull); count++)
            Port.In8(DataPort);
    }

    private static bool Send(Command command)
    {
        if (!WaitFor(ControllerStatus.InputFull, false))
            return false;
        Port.Out8(CommandPort, (byte)command);
        return true;
    }

    private static bool SendData(byte value)
    {
        if (!WaitFor(ControllerStatus.InputFull, false))
            return false;
        Port.Out8(DataPort, value);
        return true;
    }

    private static bool TryReceive(out byte value)
    {
        bool isThere = WaitFor(ControllerStatus.OutputFull, true);
        value = isThere ? Port.In8(DataPort) : (byte)0;
        return isThere;
    }

    private static bool WaitFor(ControllerStatus bit, bool isSet)
    {
        for (int poll = 0; poll < WaitPolls; poll++)
        {
            if (Has(Port.In8(StatusPort), bit) == isSet)
                return true;
        }

        return false;
    }

    private static bool Has(byte status, ControllerStatus bit) => ((ControllerStatus)status & bit) != 0;
}
