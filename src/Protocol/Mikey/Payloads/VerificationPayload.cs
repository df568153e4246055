using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>V (RFC 3830 section 6.9): the MAC of a message or ticket, never truncated.</summary>
internal sealed class VerificationPayload : MikeyPayload
{
    /// <exception cref="ArgumentException">The MAC has another length than its algorithm gives.</exception>
    public VerificationPayload(MacAlgorithm algorithm, ReadOnlyMemory<byte> mac)
    {
        if (!MikeyMac.TryGetLength(algorithm, out var length) || mac.Length != length)
        {
            throw new ArgumentException("The MAC does not fit its algorithm.", nameof(mac));
        }

        Algorithm = algorithm;
        Mac = mac;
    }

    public MacAlgorithm Algorithm { get; }

    public ReadOnlyMemory<byte> Mac { get; }

    public override MikeyPayloadType Type => MikeyPayloadType.Verification;

    public override int BodyLength => 1 + Mac.Length;

    /// <summary>Where the MAC begins in the message it was decoded from: what a MAC covers ends there.</summary>
    public int MacOffset => Offset + 2;

    public static VerificationPayload Empty(MacAlgorithm algorithm)
    {
        _ = MikeyMac.TryGetLength(algorithm, out var length);
        return new VerificationPayload(algorithm, new byte[length]);
    }

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        var start = reader.Offset;
        if (!reader.TryReadByte("V.Auth alg", out var number))
        {
            return false;
        }

        var algorithm = (MacAlgorithm)number;
        if (!MikeyMac.TryGetLength(algorithm, out var length))
        {
            return reader.Fail(MikeyFault.UnsupportedAlgorithm, "V.Auth alg", start);
        }

        if (!reader.TryReadBytes("V.Ver data", length, out var mac))
        {
            return false;
        }

        payload = new VerificationPayload(algorithm, mac);
        return true;
    }

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteByte((byte)Algorithm);
        writer.WriteBytes(Mac.Span);
    }
}
