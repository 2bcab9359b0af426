using System;
using System.Threading;
using Kernel.Mm.PageTables;

namespace Kernel.Mm.Tests;

/// <content>The only ways to make processors forget, besides page faults.</content>
public sealed partial class SoftwareMmu
{
    private const int Ids = 4096;

    // The root that each id was last loaded with, on any processor.
    private readonly ulong[] _rootOfId = new ulong[Ids];

    /// <summary>Makes a page table a processor's. With id zero it forgets what has no id and isn't global; else nothing.</summary>
    public void LoadRoot(int processor, TranslationSpace space)
    {
        Processor loading = _processors[processor];
        lock (loading.Lock)
        {
            loading.Load(space.Root, space.Id);
            if (space.Id == 0)
                loading.Cache.DropAll();
            Volatile.Write(ref _rootOfId[space.Id], space.Root.Value);
        }
    }

    /// <summary>As <see cref="Hardware.Invalidate"/>. Global pages stay.</summary>
    public void Invalidate(TranslationSpace space, ulong processors, ReadOnlySpan<VirtualAddress> pages)
    {
        foreach (Processor processor in _processors)
        {
            if ((processors & (1UL << processor.Index)) == 0)
                continue;
            lock (processor.Lock)
            {
                // Without an id, what another root left behind was forgotten when this one was loaded.
                if (space.Id == 0 && (processor.Id != 0 || processor.Root != space.Root))
                    continue;
                TranslationCache cache = processor.CacheOf(space.Id);
                foreach (VirtualAddress page in pages)
                    cache.DropPage(page);
                cache.DropAllUpper();
                if (pages.IsEmpty)
                    cache.DropAll();
            }
        }
    }

    /// <summary>As <see cref="Hardware.InvalidateSpaces"/>. Global pages stay.</summary>
    public void InvalidateSpaces()
    {
        foreach (Processor processor in _processors)
        {
            lock (processor.Lock)
            {
                foreach (TranslationCache cache in processor.Caches.Values)
                {
                    cache.DropAllUpper();
                    cache.DropAll();
                }
            }
        }
    }

    /// <summary>As <see cref="Hardware.InvalidateKernel"/>: under every id, and nothing of the user's half.</summary>
    /// <param name="pages">Empty for all of the kernel's half.</param>
    public void InvalidateKernel(ReadOnlySpan<VirtualAddress> pages)
    {
        foreach (Processor processor in _processors)
        {
            lock (processor.Lock)
            {
                ForgetKernel(processor.Global, pages);
                foreach (TranslationCache cache in processor.Caches.Values)
                    ForgetKernel(cache, pages);
            }
        }
    }

    private static void ForgetKernel(TranslationCache cache, ReadOnlySpan<VirtualAddress> pages)
    {
        foreach (VirtualAddress page in pages)
            cache.DropPage(page);
        if (pages.IsEmpty)
            cache.DropKernelPages();
        cache.DropKernelUpper();
    }
}
