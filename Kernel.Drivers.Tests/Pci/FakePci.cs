using System.Collections.Generic;
using Kernel.Drivers.Pci;

namespace Kernel.Drivers.Tests.Pci;

/// <summary>Configuration space of some functions, with registers as devices have them.</summary>
internal sealed class FakePci : PciConfiguration
{
    private readonly Dictionary<ushort, Function> _functions = [];

    public override int Length => 256;

    /// <summary>Whether a window's register was ever written while the function answered.</summary>
    public bool WasProbedWhileDecoding { get; private set; }

    public Function Add(byte bus, byte device, byte function, uint id, uint classes)
    {
        var added = new Function();
        added.Registers[0] = id;
        added.Registers[1] = 0x0010_0003;
        added.Registers[2] = classes;
        _functions.Add(new PciAddress(bus, device, function).Number, added);
        return added;
    }

    public override uint Read32(PciAddress address, int offset) =>
        _functions.TryGetValue(address.Number, out Function? function) ? function.Registers[offset / 4] : uint.MaxValue;

    public override void Write32(PciAddress address, int offset, uint value)
    {
        if (!_functions.TryGetValue(address.Number, out Function? function))
            return;
        WasProbedWhileDecoding |= (function.Registers[1] & 3) != 0;
        int index = offset / 4;
        uint writable = function.Writable[index];
        function.Registers[index] = (function.Registers[index] & ~writable) | (value & writable);
    }

    public override void Write16(PciAddress address, int offset, ushort value)
    {
        ref uint register = ref _functions[address.Number].Registers[offset / 4];
        int shift = 8 * (offset & 2);
        register = (register & ~(0xffffu << shift)) | ((uint)value << shift);
    }

    public sealed class Function
    {
        public uint[] Registers { get; } = new uint[64];

        /// <summary>The bits that a write changes.</summary>
        public uint[] Writable { get; } = new uint[64];

        public Function WithWindow(int index, uint value, uint writable)
        {
            (Registers[4 + index], Writable[4 + index]) = (value, writable);
            return this;
        }

        public Function WithHeader(byte type)
        {
            Registers[3] = (uint)type << 16;
            return this;
        }

        public Function WithSecondaryBus(byte bus)
        {
            Registers[6] = (uint)bus << 8;
            return this;
        }
    }
}
