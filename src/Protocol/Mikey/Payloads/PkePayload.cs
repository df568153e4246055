using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>PKE (RFC 3830 section 6.3): an envelope key under a public key; at most 16,383 bytes.</summary>
internal sealed class PkePayload : MikeyPayload
{
    private const int LengthBits = 14;
    private const int MaxDataBytes = (1 << LengthBits) - 1;

    /// <exception cref="ArgumentOutOfRangeException">The data exceed the 14 bits of their length field.</exception>
    public PkePayload(EnvelopeCaching caching, ReadOnlyMemory<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(data.Length, MaxDataBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((byte)caching, (byte)3);
        Caching = caching;
        Data = data;
    }

    public EnvelopeCaching Caching { get; }

    public ReadOnlyMemory<byte> Data { get; }

    public override MikeyPayloadType Type => MikeyPayloadType.Pke;

    public override int BodyLength => 2 + Data.Length;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        if (!reader.TryReadUInt16("PKE.Data len", out var field) || !reader.TryReadBytes("PKE.Data", field & MaxDataBytes, out var data))
        {
            return false;
        }

        payload = new PkePayload((EnvelopeCaching)(field >> LengthBits), data);
        return true;
    }

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteUInt16((ushort)(((int)Caching << LengthBits) | Data.Length));
        writer.WriteBytes(Data.Span);
    }
}
