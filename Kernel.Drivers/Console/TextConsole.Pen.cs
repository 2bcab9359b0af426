using System;

namespace Kernel.Drivers.Console;

/// <content>How characters look: "select graphic rendition" (ECMA-48, 8.3.117), and character sets.</content>
public sealed partial class TextConsole
{
    private const int ColorCount = 8;
    private const char ShiftOut = '\u000E';
    private const char ShiftIn = '\u000F';

    private enum Rendition
    {
        Default = 0,
        Bold = 1,
        Dim = 2,
        Underlined = 4,
        Inverse = 7,
        NotBold = 22,
        NotUnderlined = 24,
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

        // One of 256 follows.
        Indexed = 5,
    }

    private enum Weight : byte
    {
        Normal,
        Bold,
        Dim,
    }

    private void SelectRenditions(ReadOnlySpan<int> parameters)
    {
        ref Pen pen = ref _stream.Pen;
        if (parameters.IsEmpty)
            pen.ResetLook();
        while (!parameters.IsEmpty)
        {
            var rendition = (Rendition)parameters[0];
            parameters = parameters[1..];
            switch (rendition)
            {
                case Rendition.ExtendedForeground:
                    parameters = ExtendedColors.Select(parameters, ref pen.Ink);
                    break;
                case Rendition.ExtendedBackground:
                    parameters = ExtendedColors.Select(parameters, ref pen.Paper);
                    break;
                default:
                    pen.Select(rendition);
                    break;
            }
        }
    }

    /// <summary>How the next character will look.</summary>
    private struct Pen
    {
        public ConsoleColor Ink;
        public ConsoleColor Paper;

        // Of two character sets, which is in use, and which of them draw lines in place of small letters.
        public bool UsesSecondSet;
        public bool FirstSetDraws;
        public bool SecondSetDraws;

        private const char FirstDrawing = '`';

        private Weight _weight;
        private bool _isUnderlined;
        private bool _isInverse;

        public static Pen Default => new() { Ink = DefaultForeground, Paper = DefaultBackground };

        public readonly ConsoleColor Foreground => _isInverse ? Paper : VisibleInk;

        public readonly ConsoleColor Background => _isInverse ? VisibleInk : Paper;

        // There is one font, so its variants are colours, as on Linux's screen.
        private readonly ConsoleColor VisibleInk
        {
            get
            {
                if (_weight == Weight.Dim)
                    return ConsoleColor.BrightBlack;
                ConsoleColor ink = _isUnderlined && Ink == DefaultForeground ? ConsoleColor.Cyan : Ink;
                return _weight == Weight.Bold && ink < ConsoleColor.BrightBlack ? ink + ColorCount : ink;
            }
        }

        // The "DEC special graphics" from ` to ~, with what is in the font or resembles it.
        private static string Drawings => "+#????\u00B0\u00B1??┘┐┌└┼─────├┤┴┬│<>*!\u00A3\u00B7";

        /// <summary>The character that stands for one in the set in use.</summary>
        public readonly char Translate(char character)
        {
            bool draws = UsesSecondSet ? SecondSetDraws : FirstSetDraws;
            int index = character - FirstDrawing;
            return draws && index >= 0 && index < Drawings.Length ? Drawings[index] : character;
        }

        public void ResetLook()
        {
            Ink = DefaultForeground;
            Paper = DefaultBackground;
            _weight = Weight.Normal;
            _isUnderlined = false;
            _isInverse = false;
        }

        public void Select(Rendition rendition)
        {
            switch (rendition)
            {
                case Rendition.Default:
                    ResetLook();
                    break;
                case Rendition.Bold:
                    _weight = Weight.Bold;
                    break;
                case Rendition.Dim:
                    _weight = Weight.Dim;
                    break;
                case Rendition.NotBold:
                    _weight = Weight.Normal;
                    break;
                case Rendition.Underlined or Rendition.NotUnderlined:
                    _isUnderlined = rendition == Rendition.Underlined;
                    break;
                case Rendition.Inverse or Rendition.NotInverse:
                    _isInverse = rendition == Rendition.Inverse;
                    break;
                default:
                    SelectColor(rendition);
                    break;
            }
        }

        private void SelectColor(Rendition rendition)
        {
            switch (rendition)
            {
                case Rendition.DefaultForeground:
                    Ink = DefaultForeground;
                    break;
                case Rendition.DefaultBackground:
                    Paper = DefaultBackground;
                    break;
                case >= Rendition.Foreground and < Rendition.Foreground + ColorCount:
                    Ink = (ConsoleColor)(rendition - Rendition.Foreground);
                    break;
                case >= Rendition.Background and < Rendition.Background + ColorCount:
                    Paper = (ConsoleColor)(rendition - Rendition.Background);
                    break;
                case >= Rendition.BrightForeground and < Rendition.BrightForeground + ColorCount:
                    Ink = (ConsoleColor)(ColorCount + (rendition - Rendition.BrightForeground));
                    break;
                case >= Rendition.BrightBackground and < Rendition.BrightBackground + ColorCount:
                    Paper = (ConsoleColor)(ColorCount + (rendition - Rendition.BrightBackground));
                    break;
            }
        }
    }

    /// <summary>Colours beyond the sixteen, of which the nearest is taken.</summary>
    private static class ExtendedColors
    {
        private const int RgbLength = 4;
        private const int IndexedLength = 2;
        private const int FirstCubeColor = 16;
        private const int CubeEdge = 6;
        private const int FirstGrey = FirstCubeColor + (CubeEdge * CubeEdge * CubeEdge);
        private const int ColorTotal = 256;
        private const int GreyStep = 10;
        private const int Darkest = 0x30;
        private const int DarkestBright = 0xC0;
        private const int DarkestWhite = 0x90;

        private enum Primary
        {
            Red = 1,
            Green = 2,
            Blue = 4,
        }

        /// <summary>Takes what follows 38 or 48.</summary>
        /// <returns>The parameters after it.</returns>
        public static ReadOnlySpan<int> Select(ReadOnlySpan<int> parameters, ref ConsoleColor color)
        {
            if (parameters.IsEmpty)
                return parameters;
            if ((ExtendedColor)parameters[0] == ExtendedColor.Rgb && parameters.Length >= RgbLength)
            {
                color = Nearest(parameters[1], parameters[2], parameters[3]);
                return parameters[RgbLength..];
            }
            if ((ExtendedColor)parameters[0] != ExtendedColor.Indexed || parameters.Length < IndexedLength)
                return default;
            if (parameters[1] < ColorTotal)
                color = FromIndex(parameters[1]);
            return parameters[IndexedLength..];
        }

        private static ConsoleColor FromIndex(int index)
        {
            if (index < FirstCubeColor)
                return (ConsoleColor)index;
            if (index >= FirstGrey)
            {
                int grey = (index - FirstGrey) * GreyStep;
                return Nearest(grey, grey, grey);
            }
            index -= FirstCubeColor;
            return Nearest(CubeLevel(index / (CubeEdge * CubeEdge)), CubeLevel(index / CubeEdge % CubeEdge), CubeLevel(index % CubeEdge));
        }

        private static int CubeLevel(int step) => step * byte.MaxValue / (CubeEdge - 1);

        private static ConsoleColor Nearest(int red, int green, int blue)
        {
            int most = Math.Max(red, Math.Max(green, blue));
            if (most < Darkest)
                return ConsoleColor.Black;
            int color = (red * 2 > most ? (int)Primary.Red : 0) | (green * 2 > most ? (int)Primary.Green : 0) | (blue * 2 > most ? (int)Primary.Blue : 0);
            bool isGrey = color == (int)ConsoleColor.White;
            if (isGrey && most < DarkestWhite)
                return ConsoleColor.BrightBlack;
            return (ConsoleColor)(most > DarkestBright + (isGrey ? GreyStep * 2 : 0) ? color + ColorCount : color);
        }
    }
}
