namespace System;

public static partial class MemoryExtensions
{
    /// <summary>Walks the ranges between separators without allocating.</summary>
    public static SpanSplitEnumerator<T> Split<T>(this ReadOnlySpan<T> source, T separator) => new(source, separator);

    /// <summary>Writes the ranges between separators; the last one takes all the rest. Returns how many.</summary>
    public static int Split(this ReadOnlySpan<char> source, Span<Range> destination, char separator, StringSplitOptions options = StringSplitOptions.None)
    {
        int count = 0;
        var parts = new SpanSplitEnumerator(source, new ReadOnlySpan<char>(in separator), options);
        while (count < destination.Length && (count == destination.Length - 1 ? parts.MoveToRest() : parts.MoveNext()))
            destination[count++] = parts.Current;
        return count;
    }

    /// <summary>Walks the ranges of a span between single separators.</summary>
    public ref struct SpanSplitEnumerator<T>
    {
        private readonly ReadOnlySpan<T> _source;
        private readonly T _separator;
        private int _start;
        private int _end;
        private int _next;

        internal SpanSplitEnumerator(ReadOnlySpan<T> source, T separator)
        {
            _source = source;
            _separator = separator;
        }

        /// <summary>The range of the current part.</summary>
        public readonly Range Current => _start.._end;

        /// <summary>The span that is being split.</summary>
        public readonly ReadOnlySpan<T> Source => _source;

        /// <summary>This enumerator.</summary>
        public readonly SpanSplitEnumerator<T> GetEnumerator() => this;

        /// <summary>Goes to the next part; an empty span has one empty part.</summary>
        public bool MoveNext()
        {
            if (_next > _source.Length)
                return false;
            int length = _source[_next..].IndexOf(_separator);
            _start = _next;
            _end = length < 0 ? _source.Length : _next + length;
            _next = _end + 1;
            return true;
        }
    }

    /// <summary>Walks the ranges of a text between separators of any length, with options.</summary>
    internal ref struct SpanSplitEnumerator
    {
        private readonly ReadOnlySpan<char> _source;
        private readonly ReadOnlySpan<char> _separator;
        private readonly StringSplitOptions _options;
        private int _start;
        private int _end;
        private int _next;

        internal SpanSplitEnumerator(ReadOnlySpan<char> source, ReadOnlySpan<char> separator, StringSplitOptions options)
        {
            _source = source;
            _separator = separator;
            _options = options;
        }

        public readonly Range Current => _start.._end;

        public readonly SpanSplitEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_next <= _source.Length)
            {
                int length = _separator.IsEmpty ? -1 : _source[_next..].IndexOf(_separator);
                if (TakePart(length < 0 ? _source.Length : _next + length))
                    return true;
            }

            return false;
        }

        /// <summary>Goes to the part that reaches to the end, separators included.</summary>
        internal bool MoveToRest()
        {
            while ((_options & StringSplitOptions.RemoveEmptyEntries) != 0 && _next <= _source.Length && _source[_next..].StartsWith(_separator))
                _next += _separator.Length;
            return _next <= _source.Length && TakePart(_source.Length);
        }

        private bool TakePart(int end)
        {
            _start = _next;
            _end = end;
            _next = end == _source.Length ? _source.Length + 1 : end + _separator.Length;
            if ((_options & StringSplitOptions.TrimEntries) != 0)
            {
                ReadOnlySpan<char> part = _source[_start.._end];
                _start += part.Length - part.TrimStart().Length;
                _end = _start + part.Trim().Length;
            }

            return _end > _start || (_options & StringSplitOptions.RemoveEmptyEntries) == 0;
        }
    }
}
