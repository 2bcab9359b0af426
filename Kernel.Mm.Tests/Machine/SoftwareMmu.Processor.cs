using System.Collections.Generic;
using System.Threading;

namespace Kernel.Mm.Tests;

/// <content>What each processor has of its own.</content>
public sealed partial class SoftwareMmu
{
    private sealed class Processor
    {
        public Processor(int index)
        {
            Index = index;
            Cache = CacheOf(0);
        }

        public int Index { get; }

        /// <summary>Guards everything else.</summary>
        public Lock Lock { get; } = new();

        /// <summary>The root table; null until one is loaded.</summary>
        public PhysicalAddress? Root { get; private set; }

        public ushort Id { get; private set; }

        /// <summary>What is cached under the loaded id.</summary>
        public TranslationCache Cache { get; private set; }

        /// <summary>Global pages: used with every id.</summary>
        public TranslationCache Global { get; } = new();

        /// <summary>What is cached under each id.</summary>
        public Dictionary<ushort, TranslationCache> Caches { get; } = [];

        public TranslationCache CacheOf(ushort id)
        {
            if (!Caches.TryGetValue(id, out TranslationCache? cache))
                Caches.Add(id, cache = new TranslationCache());
            return cache;
        }

        public void Load(PhysicalAddress root, ushort id)
        {
            Root = root;
            Id = id;
            Cache = CacheOf(id);
        }

        /// <summary>
        /// A page fault forgets what would be used for its address, so that it doesn't happen again for what was only
        /// stale (Intel SDM vol. 3, 4.10.4.1).
        /// </summary>
        public void ForgetAfterFault(VirtualAddress address)
        {
            Global.DropPage(address);
            Cache.DropPage(address);
            Cache.DropUpper(address);
        }
    }
}
