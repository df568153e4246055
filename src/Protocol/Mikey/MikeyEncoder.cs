using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;
using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey;

/// <summary>Encodes messages, with or without a MAC.</summary>
internal static class MikeyEncoder
{
    public static byte[] Encode(MikeyHeader header, IReadOnlyList<MikeyPayload> payloads)
    {
        var bytes = new byte[header.EncodedLength + PayloadChain.EncodedLength(payloads)];
        var writer = new WireWriter(bytes);
        header.Write(ref writer, PayloadChain.FirstType(payloads));
        PayloadChain.Write(ref writer, payloads);
        if (writer.Remaining != 0)
        {
            throw new InvalidOperationException("A payload announced more bytes than it wrote.");
        }

        return bytes;
    }

    /// <summary>Encodes the payloads and a V behind them; its MAC covers the message and then the two further inputs (RFC 6043 section 5.5).</summary>
    public static byte[] EncodeProtected(
        MikeyHeader header, IEnumerable<MikeyPayload> payloads, MacAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third)
    {
        var verification = VerificationPayload.Empty(algorithm);
        var bytes = Encode(header, [.. payloads, verification]);
        var covered = bytes.Length - verification.Mac.Length;
        MikeyMac.Compute(algorithm, key, new MacInput(bytes.AsSpan(0, covered), second, third), bytes.AsSpan(covered));
        return bytes;
    }
}
