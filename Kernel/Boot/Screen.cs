using Kernel.Drivers;
using Kernel.Drivers.Console;

namespace Kernel.Boot;

/// <summary>The machine's screen: the boot loader's framebuffer, else VGA text if there is a VGA, else none.</summary>
internal static class Screen
{
    /// <summary>The console on it; null if there is no screen or <c>screen=off</c> was given.</summary>
    public static TextConsole? Console { get; private set; }

    /// <summary>Opens the screen and shows the log so far on it.</summary>
    public static void Open(in BootInformation boot)
    {
        if (Startup.IsOff("screen"u8))
            return;
        CellSurface? surface = OpenFramebuffer(boot.Framebuffer);
        if (surface is not null)
            Log.Info($"screen: framebuffer {boot.Framebuffer.Width} x {boot.Framebuffer.Height}, {boot.Framebuffer.BitsPerPixel} bits, {surface.Columns} x {surface.Rows} characters");
        else if ((surface = VgaTextSurface.TryOpen()) is not null)
            Log.Info($"screen: VGA text, {surface.Columns} x {surface.Rows} characters");
        if (surface is null)
        {
            Log.Info($"screen: none");
            return;
        }
        Console = new TextConsole(surface);
        Log.AddSink(Console);
    }

    private static FramebufferSurface? OpenFramebuffer(in BootFramebuffer framebuffer)
    {
        if (framebuffer.Address.Value == 0)
            return null;
        var format = new PixelFormat(
            framebuffer.BitsPerPixel,
            new PixelFormat.Channel(framebuffer.RedPosition, framebuffer.RedSize),
            new PixelFormat.Channel(framebuffer.GreenPosition, framebuffer.GreenSize),
            new PixelFormat.Channel(framebuffer.BluePosition, framebuffer.BlueSize));
        return FramebufferSurface.TryOpen(framebuffer.Address, framebuffer.Width, framebuffer.Height, framebuffer.Pitch, format);
    }
}
