using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>KEMAC (RFC 3830 section 6.2, RFC 6043 section 6.2): encrypted Key data. In MIKEY-TICKET its MAC algorithm is NULL, since V authenticates.</summary>
internal sealed class KemacPayload : MikeyPayload
{
    /// <summary>With a NULL MAC.</summary>
    public KemacPayload(EncryptionAlgorithm encryption, ReadOnlyMemory<byte> encryptedData)
        : this(encryption, encryptedData, MacAlgorithm.Null, default)
    {
    }

    /// <exception cref="ArgumentException">The MAC has another length than its algorithm gives.</exception>
    public KemacPayload(EncryptionAlgorithm encryption, ReadOnlyMemory<byte> encryptedData, MacAlgorithm macAlgorithm, ReadOnlyMemory<byte> mac)
    {
        if (!MikeyMac.TryGetLength(macAlgorithm, out var length) || mac.Length != length)
        {
            throw new ArgumentException("The MAC does not fit its algorithm.", nameof(mac));
        }

        Encryption = encryption;
        EncryptedData = encryptedData;
        MacAlgorithm = macAlgorithm;
        Mac = mac;
    }

    public EncryptionAlgorithm Encryption { get; }

    public ReadOnlyMemory<byte> EncryptedData { get; }

    public MacAlgorithm MacAlgorithm { get; }

    public ReadOnlyMemory<byte> Mac { get; }

    public override MikeyPayloadType Type => MikeyPayloadType.Kemac;

    public override int BodyLength => 4 + EncryptedData.Length + Mac.Length;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        if (!reader.TryReadByte("KEMAC.Encr alg", out var encryption)
            || !reader.TryReadBytesWithLength16("KEMAC.Encr data", out var data))
        {
            return false;
        }

        var start = reader.Offset;
        if (!reader.TryReadByte("KEMAC.MAC alg", out var algorithm))
        {
            return false;
        }

        if (!MikeyMac.TryGetLength((MacAlgorithm)algorithm, out var length))
        {
            return reader.Fail(MikeyFault.UnsupportedAlgorithm, "KEMAC.MAC alg", start);
        }

        if (!reader.TryReadBytes("KEMAC.MAC", length, out var mac))
        {
            return false;
        }

        payload = new KemacPayload((EncryptionAlgorithm)encryption, data, (MacAlgorithm)algorithm, mac);
        return true;
    }

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteByte((byte)Encryption);
        writer.WriteBytesWithLength16(EncryptedData.Span);
        writer.WriteByte((byte)MacAlgorithm);
        writer.WriteBytes(Mac.Span);
    }
}
