using System;

namespace Kernel.Drivers.Console;

/// <content>Colours of what is written: "select graphic rendition" (ECMA-48, 8.3.117).</content>
public sealed partial class TextConsole
{
    private const int ColorCount = 8;

    private ConsoleColor _foreground;
    private ConsoleColor _background;
    private bool _isBold;
    private bool _isInverse;

    private enum Rendition
    {
        Default = 0,
        Bold = 1,
        Inverse = 7,
        NotBold = 22,
        NotInverse = 27,
        Foreground = 30,
        ExtendedForeground = 38,
        DefaultForeground = 39,
        Background = 40,
        ExtendedBackground = 48,
        DefaultBackground = 49,
        BrightForeground = 90,
        BrightBackground = 100,
    }

    private enum ExtendedColor
    {
        // Red, green and blue follow.
        Rgb = 2,

        // One of 256 follows, the first sixteen of which are the usual ones.
        Indexed = 5,
    }

    private ConsoleColor PenForeground => _isInverse ? _background : InkColor;

    private ConsoleColor PenBackground => _isInverse ? InkColor : _background;

    // Bold is shown as a brighter colour: there is one font.
    private ConsoleColor InkColor =>
        _isBold && _foreground < ConsoleColor.BrightBlack ? _foreground + ColorCount : _foreground;

    private void ResetPen()
    {
        _foreground = DefaultForeground;
        _background = DefaultBackground;
        _isBold = false;
        _isInverse = false;
    }

    private void SelectRenditions(ReadOnlySpan<int> parameters)
    {
        if (parameters.IsEmpty)
            ResetPen();
        while (!parameters.IsEmpty)
        {
            var rendition = (Rendition)parameters[0];
            parameters = parameters[1..];
            switch (rendition)
            {
                case Rendition.ExtendedForeground:
                    parameters = SelectExtended(parameters, ref _foreground);
                    break;
                case Rendition.ExtendedBackground:
                    parameters = SelectExtended(parameters, ref _background);
                    break;
                default:
                    SelectRendition(rendition);
                    break;
            }
        }
    }

    private void SelectRendition(Rendition rendition)
    {
        switch (rendition)
        {
            case Rendition.Default:
                ResetPen();
                break;
            case Rendition.Bold:
                _isBold = true;
                break;
            case Rendition.NotBold:
                _isBold = false;
                break;
            case Rendition.Inverse:
                _isInverse = true;
                break;
            case Rendition.NotInverse:
                _isInverse = false;
                break;
            case Rendition.DefaultForeground:
                _foreground = DefaultForeground;
                break;
            case Rendition.DefaultBackground:
                _background = DefaultBackground;
                break;
            case >= Rendition.Foreground and < Rendition.Foreground + ColorCount:
                _foreground = (ConsoleColor)(rendition - Rendition.Foreground);
                break;
            case >= Rendition.Background and < Rendition.Background + ColorCount:
                _background = (ConsoleColor)(rendition - Rendition.Background);
                break;
            case >= Rendition.BrightForeground and < Rendition.BrightForeground + ColorCount:
                _foreground = (ConsoleColor)(ColorCount + (rendition - Rendition.BrightForeground));
                break;
            case >= Rendition.BrightBackground and < Rendition.BrightBackground + ColorCount:
                _background = (ConsoleColor)(ColorCount + (rendition - Rendition.BrightBackground));
                break;
        }
    }

    /// <summary>Takes a colour beyond the sixteen; those that this screen doesn't have change nothing.</summary>
    /// <returns>The parameters after it.</returns>
    private static ReadOnlySpan<int> SelectExtended(ReadOnlySpan<int> parameters, ref ConsoleColor color)
    {
        const int RgbLength = 4;
        const int IndexedLength = 2;
        if (parameters.IsEmpty)
            return parameters;
        if ((ExtendedColor)parameters[0] == ExtendedColor.Rgb)
            return parameters[Math.Min(RgbLength, parameters.Length)..];
        if ((ExtendedColor)parameters[0] != ExtendedColor.Indexed || parameters.Length < IndexedLength)
            return default;
        if (parameters[1] <= (int)ConsoleColor.BrightWhite)
            color = (ConsoleColor)parameters[1];
        return parameters[IndexedLength..];
    }
}
