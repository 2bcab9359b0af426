using Kernel.Mm;

namespace Kernel.Arch.X64;

/// <summary>The machine as the memory manager sees it.</summary>
internal sealed unsafe class KernelHardware : Hardware
{
    /// <inheritdoc/>
    public override int MaximumProcessors => Processor.Maximum;

    /// <inheritdoc/>
    public override int CurrentProcessor => (int)Processor.Current->Index;

    /// <inheritdoc/>
    // All memory is node zero until processors and memory are assigned to the nodes of the ACPI tables.
    public override int CurrentNode => 0;

    /// <inheritdoc/>
    public override ulong EnterCriticalSection() => Instructions.SaveAndDisableInterrupts();

    /// <inheritdoc/>
    public override void LeaveCriticalSection(ulong state) => Instructions.RestoreInterrupts(state);

    /// <inheritdoc/>
    public override void Pause() => Instructions.Pause();
}
