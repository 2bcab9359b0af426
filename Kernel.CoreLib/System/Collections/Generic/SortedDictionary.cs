using System.Diagnostics.CodeAnalysis;

namespace System.Collections.Generic;

/// <summary>A map in key order: an AVL tree whose nodes also form a list in that order.</summary>
/// <remarks>All nodes lie in one array that doubles, and removed nodes are used again, so steady use allocates nothing.</remarks>
public class SortedDictionary<TKey, TValue> : IDictionary<TKey, TValue>, IReadOnlyDictionary<TKey, TValue> where TKey : notnull
{
    private const int InitialCapacity = 4;

    // Node 0 stands for "no node": its height is 0, and as a list node it joins the last to the first.
    private const int None = 0;

    private readonly IComparer<TKey> _comparer;
    private Node[] _nodes = new Node[InitialCapacity];
    private int _used = None + 1;
    private int _free;
    private int _root;
    private int _version;

    /// <summary>An empty map in the default order.</summary>
    public SortedDictionary() : this(null)
    {
    }

    /// <summary>An empty map in its own order.</summary>
    public SortedDictionary(IComparer<TKey>? comparer) => _comparer = comparer ?? Comparer<TKey>.Default;

    /// <summary>Number of keys.</summary>
    public int Count { get; private set; }

    bool ICollection<KeyValuePair<TKey, TValue>>.IsReadOnly => false;

    /// <summary>The value of a key. Reading an absent key throws <see cref="KeyNotFoundException"/>; writing adds it.</summary>
    public TValue this[TKey key]
    {
        get
        {
            int node = Find(key);
            if (node == None)
                ThrowHelper.KeyNotFound();
            return _nodes[node].Value;
        }
        set
        {
            if (TryAdd(key, value))
                return;
            _nodes[Find(key)].Value = value;
            _version++;
        }
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
        if (Find(key) != None)
            return false;
        int added = Allocate();
        _nodes[added].Key = key;
        _nodes[added].Value = value;
        _nodes[added].Height = 1;
        _root = Insert(_root, added, None, None);
        Count++;
        _version++;
        return true;
    }

    /// <summary>Whether the key is there.</summary>
    public bool ContainsKey(TKey key) => Find(key) != None;

    /// <summary>Finds the value of a key.</summary>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        int node = Find(key);
        value = node == None ? default : _nodes[node].Value;
        return node != None;
    }

    /// <summary>Finds the pair of the largest key that is not above <paramref name="key"/>. Not in .NET.</summary>
    public bool TryGetFloor(TKey key, out KeyValuePair<TKey, TValue> pair)
    {
        int floor = None;
        for (int node = _root; node != None;)
        {
            bool above = _comparer.Compare(_nodes[node].Key, key) > 0;
            if (!above)
                floor = node;
            node = above ? _nodes[node].Left : _nodes[node].Right;
        }

        pair = floor == None ? default : _nodes[floor].Pair;
        return floor != None;
    }

    /// <summary>Removes a key; false when absent.</summary>
    public bool Remove(TKey key)
    {
        int node = Find(key);
        if (node == None)
            return false;
        _root = Remove(_root, key);
        ref Node removed = ref _nodes[node];
        _nodes[removed.Previous].Next = removed.Next;
        _nodes[removed.Next].Previous = removed.Previous;
        removed = default;
        removed.Next = _free;
        _free = node;
        Count--;
        _version++;
        return true;
    }

    /// <summary>Removes everything; keeps the array.</summary>
    public void Clear()
    {
        _nodes.AsSpan(0, _used).Clear();
        _used = None + 1;
        _free = None;
        _root = None;
        Count = 0;
        _version++;
    }

    /// <summary>An enumerator that is no object, in key order.</summary>
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

    private int Find(TKey key)
    {
        int node = _root;
        while (node != None)
        {
            int order = _comparer.Compare(key, _nodes[node].Key);
            if (order == 0)
                break;
            node = order < 0 ? _nodes[node].Left : _nodes[node].Right;
        }

        return node;
    }

    private int Allocate()
    {
        int node = _free;
        if (node != None)
        {
            _free = _nodes[node].Next;
            return node;
        }

        if (_used == _nodes.Length)
            Array.Resize(ref _nodes!, _used * 2);
        return _used++;
    }

    /// <summary>Hangs a node below <paramref name="root"/>, whose keys lie between two neighbours; returns the new root.</summary>
    private int Insert(int root, int added, int previous, int next)
    {
        if (root == None)
        {
            _nodes[added].Previous = previous;
            _nodes[added].Next = next;
            _nodes[previous].Next = added;
            _nodes[next].Previous = added;
            return added;
        }

        if (_comparer.Compare(_nodes[added].Key, _nodes[root].Key) < 0)
            _nodes[root].Left = Insert(_nodes[root].Left, added, previous, root);
        else
            _nodes[root].Right = Insert(_nodes[root].Right, added, root, next);
        return Balance(root);
    }

    /// <summary>Takes the node of a key that is there out of the tree below <paramref name="root"/>; returns the new root.</summary>
    private int Remove(int root, TKey key)
    {
        ref Node node = ref _nodes[root];
        int order = _comparer.Compare(key, node.Key);
        if (order < 0)
        {
            node.Left = Remove(node.Left, key);
            return Balance(root);
        }

        if (order > 0)
        {
            node.Right = Remove(node.Right, key);
            return Balance(root);
        }

        if (node.Left == None || node.Right == None)
            return node.Left + node.Right;
        int right = RemoveFirst(node.Right, out int successor);
        _nodes[successor].Left = node.Left;
        _nodes[successor].Right = right;
        return Balance(successor);
    }

    private int RemoveFirst(int root, out int first)
    {
        if (_nodes[root].Left == None)
        {
            first = root;
            return _nodes[root].Right;
        }

        _nodes[root].Left = RemoveFirst(_nodes[root].Left, out first);
        return Balance(root);
    }

    /// <summary>Restores the invariant that the heights of both sides differ by one at most; returns the new root.</summary>
    private int Balance(int root)
    {
        ref Node node = ref _nodes[root];
        int lean = HeightOf(node.Left) - HeightOf(node.Right);
        if (lean > 1)
        {
            if (HeightOf(_nodes[node.Left].Left) < HeightOf(_nodes[node.Left].Right))
                node.Left = RotateLeft(node.Left);
            return RotateRight(root);
        }

        if (lean < -1)
        {
            if (HeightOf(_nodes[node.Right].Right) < HeightOf(_nodes[node.Right].Left))
                node.Right = RotateRight(node.Right);
            return RotateLeft(root);
        }

        UpdateHeight(root);
        return root;
    }

    private int RotateLeft(int root)
    {
        int right = _nodes[root].Right;
        _nodes[root].Right = _nodes[right].Left;
        _nodes[right].Left = root;
        UpdateHeight(root);
        UpdateHeight(right);
        return right;
    }

    private int RotateRight(int root)
    {
        int left = _nodes[root].Left;
        _nodes[root].Left = _nodes[left].Right;
        _nodes[left].Right = root;
        UpdateHeight(root);
        UpdateHeight(left);
        return left;
    }

    private int HeightOf(int node) => _nodes[node].Height;

    private void UpdateHeight(int node) => _nodes[node].Height = int.Max(HeightOf(_nodes[node].Left), HeightOf(_nodes[node].Right)) + 1;

    private struct Node
    {
        public TKey Key;
        public TValue Value;
        public int Left;
        public int Right;
        public int Height;
        public int Previous;
        public int Next;

        public readonly KeyValuePair<TKey, TValue> Pair => new(Key, Value);
    }

    /// <summary>Walks a map in key order; throws <see cref="InvalidOperationException"/> when it changes meanwhile.</summary>
    public struct Enumerator : IEnumerator<KeyValuePair<TKey, TValue>>
    {
        private readonly SortedDictionary<TKey, TValue> _map;
        private readonly int _version;
        private int _node;

        internal Enumerator(SortedDictionary<TKey, TValue> map)
        {
            _map = map;
            _version = map._version;
        }

        /// <inheritdoc/>
        public readonly KeyValuePair<TKey, TValue> Current => _map._nodes[_node].Pair;

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            if (_version != _map._version)
                ThrowHelper.CollectionChanged();
            _node = _map._nodes[_node].Next;
            return _node != None;
        }

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }

        void IEnumerator.Reset() => _node = None;
    }
}
