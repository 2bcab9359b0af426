using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace System.Collections.Generic;

/// <summary>A hash map. Removed entries are reused; growing doubles the arrays and does not give the old ones back.</summary>
public class Dictionary<TKey, TValue> : IDictionary<TKey, TValue>, IReadOnlyDictionary<TKey, TValue> where TKey : notnull
{
    private const int InitialCapacity = 4;
    private const int EndOfChain = -1;

    // An unused entry's Next is FreeListBase - (index of the next unused one), which is below EndOfChain.
    private const int FreeListBase = -3;

    private readonly IEqualityComparer<TKey>? _comparer;
    private int[]? _buckets;
    private Entry[] _entries;
    private int _used;
    private int _freeList;
    private int _freeCount;
    private int _version;

    /// <summary>An empty dictionary without arrays.</summary>
    public Dictionary() : this(0, null)
    {
    }

    /// <summary>An empty dictionary with room for <paramref name="capacity"/> keys.</summary>
    public Dictionary(int capacity) : this(capacity, null)
    {
    }

    /// <summary>An empty dictionary with its own notion of equality.</summary>
    public Dictionary(IEqualityComparer<TKey>? comparer) : this(0, comparer)
    {
    }

    /// <summary>An empty dictionary with room for <paramref name="capacity"/> keys and its own notion of equality.</summary>
    public Dictionary(int capacity, IEqualityComparer<TKey>? comparer)
    {
        if (capacity < 0)
            ThrowHelper.ArgumentOutOfRange(nameof(capacity));
        _comparer = comparer;
        _entries = [];
        _freeList = EndOfChain;
        if (capacity > 0)
            Resize(capacity);
    }

    /// <summary>Number of keys.</summary>
    public int Count => _used - _freeCount;

    /// <summary>Number of keys that fit without growing.</summary>
    public int Capacity => _entries.Length;

    /// <summary>The comparer in use.</summary>
    public IEqualityComparer<TKey> Comparer => _comparer ?? EqualityComparer<TKey>.Default;

    /// <summary>All keys.</summary>
    public KeyCollection Keys => new(this);

    /// <summary>All values.</summary>
    public ValueCollection Values => new(this);

    bool ICollection<KeyValuePair<TKey, TValue>>.IsReadOnly => false;

    /// <summary>The value of a key. Reading an absent key throws <see cref="KeyNotFoundException"/>; writing adds it.</summary>
    public TValue this[TKey key]
    {
        get
        {
            int index = Find(key, Hash(key));
            if (index < 0)
                ThrowHelper.KeyNotFound();
            return _entries[index].Value;
        }
        set => GetOrAddValueRef(key, out _) = value;
    }

    /// <summary>Adds a key; throws <see cref="ArgumentException"/> when it is there.</summary>
    public void Add(TKey key, TValue value)
    {
        if (!TryAdd(key, value))
            ThrowHelper.DuplicateKey();
    }

    /// <summary>Adds a key unless it is there.</summary>
    public bool TryAdd(TKey key, TValue value)
    {
        ref TValue? slot = ref GetOrAddValueRef(key, out bool exists);
        if (exists)
            return false;
        slot = value;
        return true;
    }

    /// <summary>Whether the key is there.</summary>
    public bool ContainsKey(TKey key) => Find(key, Hash(key)) >= 0;

    /// <summary>Whether any key has this value; looks at all.</summary>
    public bool ContainsValue(TValue value)
    {
        foreach (KeyValuePair<TKey, TValue> pair in this)
        {
            if (EqualityComparer<TValue>.Default.Equals(pair.Value, value))
                return true;
        }

        return false;
    }

    /// <summary>Finds the value of a key.</summary>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        int index = Find(key, Hash(key));
        value = index < 0 ? default : _entries[index].Value;
        return index >= 0;
    }

    /// <summary>The value of a key, or the default value.</summary>
    public TValue? GetValueOrDefault(TKey key) => TryGetValue(key, out TValue? value) ? value : default;

    /// <summary>Removes a key; false when absent.</summary>
    public bool Remove(TKey key) => Remove(key, out _);

    /// <summary>Removes a key and returns its value; false when absent.</summary>
    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (_buckets is null)
            return false;
        int hash = Hash(key);
        ref int link = ref BucketOf(hash);
        while (link != EndOfChain)
        {
            int index = link;
            ref Entry entry = ref _entries[index];
            if (entry.Hash == hash && AreEqual(entry.Key, key))
            {
                link = entry.Next;
                value = entry.Value;
                entry = default;
                entry.Next = FreeListBase - _freeList;
                _freeList = index;
                _freeCount++;
                return true;
            }

            link = ref entry.Next;
        }

        return false;
    }

    /// <summary>Removes everything; keeps the arrays.</summary>
    public void Clear()
    {
        if (_buckets is null)
            return;
        _buckets.AsSpan().Fill(EndOfChain);
        _entries.AsSpan(0, _used).Clear();
        _used = 0;
        _freeCount = 0;
        _freeList = EndOfChain;
        _version++;
    }

    /// <summary>Makes room for <paramref name="capacity"/> keys; returns the capacity.</summary>
    public int EnsureCapacity(int capacity)
    {
        if (capacity > _entries.Length)
            Resize(capacity);
        return _entries.Length;
    }

    /// <summary>An enumerator that is no object. The order is unspecified.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICollection<KeyValuePair<TKey, TValue>>.Add(KeyValuePair<TKey, TValue> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<TKey, TValue>>.Contains(KeyValuePair<TKey, TValue> item) =>
        TryGetValue(item.Key, out TValue? value) && EqualityComparer<TValue>.Default.Equals(value, item.Value);

    bool ICollection<KeyValuePair<TKey, TValue>>.Remove(KeyValuePair<TKey, TValue> item) =>
        ((ICollection<KeyValuePair<TKey, TValue>>)this).Contains(item) && Remove(item.Key);

    void ICollection<KeyValuePair<TKey, TValue>>.CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex)
    {
        foreach (KeyValuePair<TKey, TValue> pair in this)
            array[arrayIndex++] = pair;
    }

    /// <summary>The value of a key in place, added with the default value when absent.</summary>
    internal ref TValue? GetOrAddValueRef(TKey key, out bool exists)
    {
        int hash = Hash(key);
        int index = Find(key, hash);
        exists = index >= 0;
        if (!exists)
            index = Insert(key, hash);
        return ref _entries[index].Value!;
    }

    private int Insert(TKey key, int hash)
    {
        int index;
        if (_freeCount > 0)
        {
            index = _freeList;
            _freeList = FreeListBase - _entries[index].Next;
            _freeCount--;
        }
        else
        {
            if (_used == _entries.Length)
                Resize(int.Max(InitialCapacity, _entries.Length * 2));
            index = _used++;
        }

        ref int bucket = ref BucketOf(hash);
        ref Entry entry = ref _entries[index];
        entry.Hash = hash;
        entry.Key = key;
        entry.Next = bucket;
        bucket = index;
        _version++;
        return index;
    }

    private int Find(TKey key, int hash)
    {
        if (_buckets is null)
            return EndOfChain;
        Entry[] entries = _entries;
        for (int index = BucketOf(hash); index != EndOfChain; index = entries[index].Next)
        {
            ref Entry entry = ref entries[index];
            if (entry.Hash == hash && AreEqual(entry.Key, key))
                return index;
        }

        return EndOfChain;
    }

    private void Resize(int capacity)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)capacity);
        var entries = new Entry[size];
        _entries.AsSpan(0, _used).CopyTo(entries);
        _entries = entries;
        _buckets = new int[size];
        _buckets.AsSpan().Fill(EndOfChain);
        for (int index = 0; index < _used; index++)
        {
            if (entries[index].Next < EndOfChain)
                continue;
            ref int bucket = ref BucketOf(entries[index].Hash);
            entries[index].Next = bucket;
            bucket = index;
        }
    }

    /// <summary>The head of a hash's chain. Fibonacci hashing spreads keys that differ in few bits, such as addresses.</summary>
    private ref int BucketOf(int hash)
    {
        const uint GoldenRatio = 0x9E3779B9;
        int[] buckets = _buckets!;
        return ref buckets[(int)(((uint)hash * GoldenRatio * (ulong)buckets.Length) >> BitOperations.BitsPerUInt32)];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Hash(TKey key)
    {
        if (key is null)
            ThrowHelper.ArgumentNull(nameof(key));
        return _comparer is null ? EqualityComparer<TKey>.Default.GetHashCode(key) : _comparer.GetHashCode(key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool AreEqual(TKey left, TKey right) => _comparer is null ? EqualityComparer<TKey>.Default.Equals(left, right) : _comparer.Equals(left, right);

    private struct Entry
    {
        public int Hash;
        public int Next;
        public TKey Key;
        public TValue Value;
    }

    /// <summary>Walks a dictionary; throws <see cref="InvalidOperationException"/> when a key is added meanwhile.</summary>
    public struct Enumerator : IEnumerator<KeyValuePair<TKey, TValue>>
    {
        private readonly Dictionary<TKey, TValue> _dictionary;
        private readonly int _version;
        private int _index;
        private KeyValuePair<TKey, TValue> _current;

        internal Enumerator(Dictionary<TKey, TValue> dictionary)
        {
            _dictionary = dictionary;
            _version = dictionary._version;
        }

        /// <inheritdoc/>
        public readonly KeyValuePair<TKey, TValue> Current => _current;

        readonly object IEnumerator.Current => _current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            if (_version != _dictionary._version)
                ThrowHelper.CollectionChanged();
            while (_index < _dictionary._used)
            {
                ref Entry entry = ref _dictionary._entries[_index++];
                if (entry.Next < EndOfChain)
                    continue;
                _current = new KeyValuePair<TKey, TValue>(entry.Key, entry.Value);
                return true;
            }

            _current = default;
            return false;
        }

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }

        void IEnumerator.Reset()
        {
            _index = 0;
            _current = default;
        }
    }

    /// <summary>The keys of a dictionary. Differs from .NET: a struct.</summary>
    public readonly struct KeyCollection : IReadOnlyCollection<TKey>
    {
        private readonly Dictionary<TKey, TValue> _dictionary;

        internal KeyCollection(Dictionary<TKey, TValue> dictionary) => _dictionary = dictionary;

        /// <inheritdoc/>
        public int Count => _dictionary.Count;

        /// <summary>Walks the keys.</summary>
        public IEnumerator<TKey> GetEnumerator()
        {
            foreach (KeyValuePair<TKey, TValue> pair in _dictionary)
                yield return pair.Key;
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>The values of a dictionary. Differs from .NET: a struct.</summary>
    public readonly struct ValueCollection : IReadOnlyCollection<TValue>
    {
        private readonly Dictionary<TKey, TValue> _dictionary;

        internal ValueCollection(Dictionary<TKey, TValue> dictionary) => _dictionary = dictionary;

        /// <inheritdoc/>
        public int Count => _dictionary.Count;

        /// <summary>Walks the values.</summary>
        public IEnumerator<TValue> GetEnumerator()
        {
            foreach (KeyValuePair<TKey, TValue> pair in _dictionary)
                yield return pair.Value;
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
