using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>CERT (RFC 3830 section 6.7): one certificate, or where to find it.</summary>
internal sealed class CertificatePayload(CertificateType certificateType, ReadOnlyMemory<byte> data) : MikeyPayload
{
    public CertificateType CertificateType { get; } = certificateType;

    public ReadOnlyMemory<byte> Data { get; } = data;

    public override MikeyPayloadType Type => MikeyPayloadType.Certificate;

    public override int BodyLength => 3 + Data.Length;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        if (!reader.TryReadByte("CERT.Cert type", out var type) || !reader.TryReadBytesWithLength16("CERT.Cert data", out var data))
        {
            return false;
        }

        payload = new CertificatePayload((CertificateType)type, data);
        return true;
    }

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteByte((byte)CertificateType);
        writer.WriteBytesWithLength16(Data.Span);
    }
}
