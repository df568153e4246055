using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>SIGN (RFC 3830 section 6.5): always last, without a Next payload byte; at most 4,095 bytes.</summary>
internal sealed class SignaturePayload : MikeyPayload
{
    private const int LengthBits = 12;
    private const int MaxSignatureBytes = (1 << LengthBits) - 1;

    /// <exception cref="ArgumentOutOfRangeException">The signature exceeds the 12 bits of its length field.</exception>
    public SignaturePayload(SignatureType signatureType, ReadOnlyMemory<byte> signature)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(signature.Length, MaxSignatureBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((byte)signatureType, (byte)15);
        SignatureType = signatureType;
        Signature = signature;
    }

    public SignatureType SignatureType { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    public override MikeyPayloadType Type => MikeyPayloadType.Signature;

    public override bool HasNextPayload => false;

    public override int BodyLength => 2 + Signature.Length;

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        if (!reader.TryReadUInt16("SIGN.Signature len", out var field)
            || !reader.TryReadBytes("SIGN.Signature", field & MaxSignatureBytes, out var signature))
        {
            return false;
        }

        payload = new SignaturePayload((SignatureType)(field >> LengthBits), signature);
        return true;
    }

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteUInt16((ushort)(((int)SignatureType << LengthBits) | Signature.Length));
        writer.WriteBytes(Signature.Span);
    }
}
