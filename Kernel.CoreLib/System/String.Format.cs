using System.Text;

namespace System;

public sealed partial class String
{
    private const int MaxFormattedArgument = 128;

    /// <summary>Fills in the holes {index[,alignment][:format]} of a composite format. Boxes and allocates: interpolate instead.</summary>
    public static string Format(string format, params object?[] args) => Format(null, format, args);

    /// <summary>Fills in the holes {index[,alignment][:format]} of a composite format; the provider is ignored.</summary>
    public static string Format(IFormatProvider? provider, string format, params object?[] args)
    {
        var builder = new StringBuilder();
        ReadOnlySpan<char> rest = format;
        while (!rest.IsEmpty)
        {
            int brace = rest.IndexOfAny('{', '}');
            if (brace < 0)
                break;
            builder.Append(rest[..brace]);
            if (brace + 1 < rest.Length && rest[brace + 1] == rest[brace])
            {
                builder.Append(rest[brace]);
                rest = rest[(brace + 2)..];
                continue;
            }

            int end = rest.IndexOf('}');
            if (rest[brace] == '}' || end < 0)
                ThrowHelper.Format();
            AppendHole(builder, rest[(brace + 1)..end], args);
            rest = rest[(end + 1)..];
        }

        return builder.Append(rest).ToString();
    }

    private static void AppendHole(StringBuilder builder, ReadOnlySpan<char> hole, object?[] args)
    {
        int colon = hole.IndexOf(':');
        ReadOnlySpan<char> itemFormat = colon < 0 ? default : hole[(colon + 1)..];
        ReadOnlySpan<char> position = colon < 0 ? hole : hole[..colon];
        int comma = position.IndexOf(',');
        int alignment = comma < 0 ? 0 : int.Parse(position[(comma + 1)..]);
        int index = int.Parse(comma < 0 ? position : position[..comma]);
        if ((uint)index >= (uint)args.Length)
            ThrowHelper.Format();

        Span<char> buffer = stackalloc char[MaxFormattedArgument];
        ReadOnlySpan<char> text = args[index] is ISpanFormattable formattable && formattable.TryFormat(buffer, out int written, itemFormat, null)
            ? buffer[..written]
            : args[index]?.ToString();
        int padding = Math.Abs(alignment) - text.Length;
        if (padding > 0 && alignment > 0)
            builder.Append(' ', padding);
        builder.Append(text);
        if (padding > 0 && alignment < 0)
            builder.Append(' ', padding);
    }
}
