using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>DH (RFC 3830 section 6.4); not used by MIKEY-TICKET, but can be read past.</summary>
internal sealed class DiffieHellmanPayload : MikeyPayload
{
    /// <exception cref="ArgumentException">The value has another length than its group gives.</exception>
    public DiffieHellmanPayload(DiffieHellmanGroup group, ReadOnlyMemory<byte> value, KeyValidity validity)
    {
        if (!TryGetLength(group, out var length) || value.Length != length)
        {
            throw new ArgumentException("The value does not fit its group.", nameof(value));
        }

        Group = group;
        Value = value;
        Validity = validity;
    }

    public DiffieHellmanGroup Group { get; }

    public ReadOnlyMemory<byte> Value { get; }

    public KeyValidity Validity { get; }

    public override MikeyPayloadType Type => MikeyPayloadType.DiffieHellman;

    public override int BodyLength => 2 + Value.Length + Validity.EncodedLength;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        var start = reader.Offset;
        if (!reader.TryReadByte("DH.DH-Group", out var group))
        {
            return false;
        }

        if (!TryGetLength((DiffieHellmanGroup)group, out var length))
        {
            return reader.Fail(MikeyFault.UnsupportedAlgorithm, "DH.DH-Group", start);
        }

        if (!reader.TryReadBytes("DH.DH-value", length, out var value))
        {
            return false;
        }

        // The four bits above KV are reserved and ignored.
        var validityOffset = reader.Offset;
        if (!reader.TryReadByte("DH.KV", out var kind)
            || !KeyValidity.TryRead(ref reader, (KeyValidityType)(kind & 0x0F), validityOffset, out var validity))
        {
            return false;
        }

        payload = new DiffieHellmanPayload((DiffieHellmanGroup)group, value, validity);
        return true;
    }

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteByte((byte)Group);
        writer.WriteBytes(Value.Span);
        writer.WriteByte((byte)Validity.Type);
        Validity.Write(ref writer);
    }

    private static bool TryGetLength(DiffieHellmanGroup group, out int length)
    {
        length = group switch
        {
            DiffieHellmanGroup.Oakley5 => 192,
            DiffieHellmanGroup.Oakley1 => 96,
            DiffieHellmanGroup.Oakley2 => 128,
            _ => 0,
        };
        return length > 0;
    }
}
