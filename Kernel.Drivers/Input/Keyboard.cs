using System;

namespace Kernel.Drivers.Input;

/// <summary>A PS/2 keyboard with US layout, or what firmware emulates as one. Keys arrive in a queue as a terminal would send them.</summary>
/// <remarks>One lock guards it. The queue's lock is taken inside it.</remarks>
public sealed class Keyboard
{
    /// <summary>Its ISA interrupt request.</summary>
    public const int Request = 1;

    // Bounds the work of one interrupt should a broken controller never stop.
    private const int MaxCodesPerService = 64;

    private InputQueue _input;
    private InterruptLock _lock;
    private ScanCodeDecoder _decoder;

    private Keyboard(InputQueue input) => _input = input;

    /// <summary>Where keys go. What waits in the old queue stays there.</summary>
    public InputQueue Input
    {
        get => _input;
        set
        {
            using InterruptLock.Scope _ = _lock.Enter();
            _input = value;
        }
    }

    /// <summary>Whether the cursor keys send what they do in application mode (DECCKM).</summary>
    public bool HasApplicationCursorKeys
    {
        get
        {
            using InterruptLock.Scope _ = _lock.Enter();
            return _decoder.HasApplicationCursorKeys;
        }

        set
        {
            using InterruptLock.Scope _ = _lock.Enter();
            _decoder.HasApplicationCursorKeys = value;
        }
    }

    /// <summary>Sets the keyboard controller up. Takes a few thousand port reads at most.</summary>
    /// <param name="input">Where keys go.</param>
    /// <returns>Null when there is no working controller.</returns>
    public static Keyboard? TryOpen(InputQueue input) => KeyboardController.Initialize() ? new Keyboard(input) : null;

    /// <summary>Makes the controller interrupt; the handler of its request must call <see cref="HandleInterrupt"/>.</summary>
    /// <returns>False when the controller doesn't obey; <see cref="Poll"/> works still.</returns>
    public bool EnableInterrupts()
    {
        using InterruptLock.Scope _ = _lock.Enter();
        return KeyboardController.EnableInterrupt();
    }

    /// <summary>Serves the controller's interrupt.</summary>
    public void HandleInterrupt() => Poll();

    /// <summary>Takes what was typed, for when interrupts are not or not yet in use.</summary>
    public void Poll()
    {
        Span<byte> bytes = stackalloc byte[ScanCodeDecoder.MaxLength];
        using InterruptLock.Scope _ = _lock.Enter();
        for (int count = 0; count < MaxCodesPerService && KeyboardController.TryReadScanCode(out byte code); count++)
        {
            int length = _decoder.Decode(code, bytes);
            if (length > 0)
                _input.Write(bytes[..length]);
        }
    }
}
