using System.Buffers.Binary;

namespace UeFarm.Protocol.Tests.Smime;

/// <summary>Hands out given bytes, to reproduce vectors; fails when they run out.</summary>
internal sealed class ScriptedRandomSource(params byte[] bytes) : IRandomSource
{
    private int _position;

    public void Fill(Span<byte> destination)
    {
        bytes.AsSpan(_position, destination.Length).CopyTo(destination);
        _position += destination.Length;
    }

    public ulong NextUInt64()
    {
        Span<byte> word = stackalloc byte[8];
        Fill(word);
        return BinaryPrimitives.ReadUInt64BigEndian(word);
    }
}
