using System.Runtime.CompilerServices;

namespace Kernel.Processes;

/// <summary>What a process does about each signal; shared by those that were made with CLONE_SIGHAND.</summary>
/// <remarks>The lock of <see cref="ProcessTree"/> guards it.</remarks>
internal sealed class SignalActions
{
    private ActionTable _actions;

    // Whether any action was ever set: most programs never do.
    private bool _hasAny;

    /// <summary>Processes that have it.</summary>
    public int References { get; set; } = 1;

    /// <summary>The action for a signal.</summary>
    public ref readonly SignalAction this[Signal signal] => ref _actions[(int)signal - 1];

    /// <summary>Sets the action for a signal.</summary>
    public void Set(Signal signal, in SignalAction action)
    {
        _hasAny = true;
        _actions[(int)signal - 1] = action;
    }

    /// <summary>From now on the signal does what it does to a process that never said anything. Flags stay.</summary>
    public void SetDefault(Signal signal) => _actions[(int)signal - 1].Handler = SignalAction.Default;

    /// <summary>Copies all actions to a new record.</summary>
    public void CopyFrom(SignalActions other)
    {
        if (!other._hasAny)
            return;
        _actions = other._actions;
        _hasAny = true;
    }

    /// <summary>For a new program: handlers are gone, ignored signals stay ignored.</summary>
    public void ResetHandlers()
    {
        if (!_hasAny)
            return;
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
