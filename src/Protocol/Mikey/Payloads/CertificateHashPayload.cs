using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>CHASH (RFC 3830 section 6.8, RFC 6043 section 6.7): hash of the certificate that was used.</summary>
internal sealed class CertificateHashPayload : MikeyPayload
{
    /// <exception cref="ArgumentException">The hash has another length than its function gives.</exception>
    public CertificateHashPayload(HashFunction function, ReadOnlyMemory<byte> hash)
    {
        if (!TryGetLength(function, out var length) || hash.Length != length)
        {
            throw new ArgumentException("The hash does not fit its function.", nameof(hash));
        }

        Function = function;
        Hash = hash;
    }

    public HashFunction Function { get; }

    public ReadOnlyMemory<byte> Hash { get; }

    public override MikeyPayloadType Type => MikeyPayloadType.CertificateHash;

    public override int BodyLength => 1 + Hash.Length;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        var start = reader.Offset;
        if (!reader.TryReadByte("CHASH.Hash func", out var function))
        {
            return false;
        }

        if (!TryGetLength((HashFunction)function, out var length))
        {
            return reader.Fail(MikeyFault.UnsupportedAlgorithm, "CHASH.Hash func", start);
        }

        if (!reader.TryReadBytes("CHASH.hash", length, out var hash))
        {
            return false;
        }

        payload = new CertificateHashPayload((HashFunction)function, hash);
        return true;
    }

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteByte((byte)Function);
        writer.WriteBytes(Hash.Span);
    }

    private static bool TryGetLength(HashFunction function, out int length)
    {
        length = function switch
        {
            HashFunction.Sha1 => 20,
            HashFunction.Md5 => 16,
            HashFunction.Sha256 => 32,
            _ => 0,
        };
        return length > 0;
    }
}
