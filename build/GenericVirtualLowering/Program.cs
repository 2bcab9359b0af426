using System;
using System.IO;

namespace CosmosVm.GenericVirtualLowering;

/// <summary>Command line of the tool; README.md tells what it is for.</summary>
public static class Program
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int WrongUse = 2;

    /// <summary>Lowers the assemblies given; returns the exit code.</summary>
    public static int Main(string[] arguments)
    {
        if (arguments is not [var folder, _, ..])
        {
            Console.Error.WriteLine("usage: GenericVirtualLowering FOLDER ASSEMBLY...   write lowered copies of all assemblies to FOLDER");
            return WrongUse;
        }

        try
        {
            using var world = new ClosedWorld(arguments[1..]);
            Lowering.Run(world);
            world.Save(folder);
            return Success;
        }
        catch (Exception error) when (error is LoweringException or IOException or BadImageFormatException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"GenericVirtualLowering : error : {error.Message}");
            return Failure;
        }
    }
}
