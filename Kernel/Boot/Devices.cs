using Kernel.Arch.X64;
using Kernel.Drivers;
using Kernel.Drivers.Acpi;
using Kernel.Drivers.Input;
using Kernel.Drivers.Interrupts;
using Kernel.Drivers.Pci;
using Kernel.Drivers.Serial;
using Kernel.Drivers.Time;
using Kernel.Terminals;

namespace Kernel.Boot;

/// <summary>Starts the machine's devices and connects their interrupts.</summary>
/// <remarks>Handlers run with interrupts off, on the interrupted stack, and end their interrupt themselves.</remarks>
internal static unsafe class Devices
{
    /// <summary>The keyboard; null if there is none.</summary>
    public static Keyboard? Keyboard { get; private set; }

    /// <summary>Starts everything, with interrupts off, and enables interrupts at the end.</summary>
    public static void Start()
    {
        AcpiTables.Initialize(KernelEntry.Boot.AcpiRootPointer);
        InterruptController.Initialize();
        Traps.SetHandler(InterruptVector.Spurious, &IgnoreSpurious);
        Timekeeping.Initialize(KernelEntry.Boot.EntryTicks, InterruptVector.Timer);
        Log.NanosecondSource = &Nanoseconds;
        if (TimerDevice.IsPresent)
            Traps.SetHandler(TimerDevice.Vector, &HandleTimer);
        Keyboard = Keyboard.TryOpen(Startup.Input);
        if (Keyboard is not null && Keyboard.EnableInterrupts())
            Connect(Keyboard.Request, InterruptVector.Keyboard, &HandleKeyboard);
        else
            Log.Info($"keyboard: none");
        if (Startup.Serial is not null)
        {
            Connect(SerialPort.Com1Request, InterruptVector.Serial, &HandleSerial);
            Startup.Serial.EnableInterrupts();
        }
        PciBus.Enumerate();
        // What came before its interrupt was routed raised none, and would keep the next from being raised.
        PollInput();
        Instructions.EnableInterrupts();
    }

    /// <summary>Takes input from devices that can't interrupt.</summary>
    public static void PollInput()
    {
        Startup.Serial?.Poll();
        Keyboard?.Poll();
    }

    private static void Connect(int request, byte wanted, delegate*<TrapFrame*, void> handler)
    {
        byte vector = InterruptController.Route((byte)request, wanted);
        if (vector == 0)
        {
            Log.Warn($"interrupts: request {request} arrives at no controller");
            return;
        }
        Traps.SetHandler(vector, handler);
        InterruptController.Unmask((byte)request);
    }

    private static ulong Nanoseconds() => Clock.Nanoseconds;

    private static void HandleTimer(TrapFrame* frame) => InterruptController.EndOfInterrupt((byte)frame->Vector);

    private static void HandleKeyboard(TrapFrame* frame)
    {
        Keyboard!.HandleInterrupt();
        TerminalDevices.Screen?.Pump();
        InterruptController.EndOfInterrupt((byte)frame->Vector);
    }

    private static void HandleSerial(TrapFrame* frame)
    {
        Startup.Serial!.HandleInterrupt();
        TerminalDevices.Serial?.Pump();
        InterruptController.EndOfInterrupt((byte)frame->Vector);
    }

    private static void IgnoreSpurious(TrapFrame* frame)
    {
    }
}
