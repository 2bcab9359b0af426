using System.Linq;

namespace Kernel.Drivers.Tests.Acpi;

/// <summary>Shows all properties of an object, to compare entries of tables, which are classes without equality.</summary>
internal static class PropertyText
{
    public static string Of<T>(T value) =>
        string.Join(", ", typeof(T).GetProperties().Select(property => $"{property.Name} {property.GetValue(value)}"));
}
