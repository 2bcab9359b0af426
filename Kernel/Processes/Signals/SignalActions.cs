using System.Runtime.CompilerServices;

namespace Kernel.Processes;

/// <summary>What a process does about each signal; shared by those that were made with CLONE_SIGHAND.</summary>
/// <remarks>The lock of <see cref="ProcessTree"/> guards it.</remarks>
internal sealed class SignalActions
{
    private ActionTable _actions;

    /// <summary>Processes that have it.</summary>
    public int References { get; set; } = 1;

    /// <summary>The action for a signal.</summary>
    public ref SignalAction this[Signal signal] => ref _actions[(int)signal - 1];

    /// <summary>Copies all actions.</summary>
    public void CopyFrom(SignalActions other) => _actions = other._actions;

    /// <summary>For a new program: handlers are gone, ignored signals stay ignored.</summary>
    public void ResetHandlers()
    {
        for (int index = 0; index < (int)Signal.Count; index++)
        {
            ulong handler = _actions[index].Handler;
            _actions[index] = new SignalAction { Handler = handler == SignalAction.Ignore ? handler : SignalAction.Default };
        }
    }

    /// <summary>Whether a signal that arrives now has no effect at all.</summary>
    public bool Ignores(Signal signal)
    {
        ulong handler = this[signal].Handler;
        return handler == SignalAction.Ignore
            || (handler == SignalAction.Default && (SignalSet.Of(signal) & SignalSet.IgnoredByDefault) != 0);
    }

    [InlineArray((int)Signal.Count)]
    private struct ActionTable
    {
        private SignalAction _first;
    }
}
