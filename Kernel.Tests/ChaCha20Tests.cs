using Kernel.Randomness;
using Xunit;

namespace Kernel.Tests;

public sealed class ChaCha20Tests
{
    [Fact]
    public unsafe void Block_is_that_of_the_standard()
    {
        // RFC 8439, 2.3.2: key 00 01 02 … 1f, counter 1, nonce 00 00 00 09 00 00 00 4a 00 00 00 00.
        uint* state = stackalloc uint[ChaCha20.BlockWords], block = stackalloc uint[ChaCha20.BlockWords];
        ChaCha20.SetConstants(state);
        for (uint word = 0; word < 8; word++)
            state[4 + word] = 0x0302_0100 + word * 0x0404_0404;
        (state[12], state[13], state[14], state[15]) = (1, 0x0900_0000, 0x4a00_0000, 0);
        ChaCha20.Generate(state, block);
        uint[] expected =
        [
            0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033, 0x9aaa2204, 0x4e6cd4c3,
            0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9, 0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2,
        ];
        Assert.Equal(expected, new System.ReadOnlySpan<uint>(block, ChaCha20.BlockWords).ToArray());
    }
}
