using System.Security.Cryptography;
using UeFarm.Protocol.Mikey.Payloads;
using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Keys;

/// <summary>Puts Key data into a KEMAC and takes them out (RFC 3830 section 6.2). A KEMAC of MIKEY-TICKET has a NULL MAC; NULL encryption is refused.</summary>
internal static class KeyTransport
{
    public static KemacPayload Seal(ProtectionKeys keys, uint csbId, MikeyTimestamp timestamp, IReadOnlyList<KeyDataPayload> keyData)
    {
        var plaintext = Encode(keyData);
        var encrypted = Transform(keys, csbId, timestamp, plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        return new KemacPayload(keys.Suite.Encryption(), encrypted);
    }

    /// <summary>
    /// Decrypts. The keys stand in <paramref name="plaintext"/>, which the caller clears after use. Call it only after the MAC of the message or
    /// ticket was verified: counter mode does not notice changes.
    /// </summary>
    public static bool TryOpen(
        ProtectionKeys keys, uint csbId, MikeyTimestamp timestamp, KemacPayload kemac, out byte[] plaintext, out KeyDataPayload[] keyData,
        out MikeyFailure failure)
    {
        plaintext = [];
        keyData = [];
        if (kemac.Encryption != keys.Suite.Encryption() || kemac.MacAlgorithm != MacAlgorithm.Null)
        {
            return MikeyFailure.Set(out failure, MikeyFault.UnsupportedAlgorithm, "KEMAC.Encr alg", kemac.Offset + 1);
        }

        plaintext = Transform(keys, csbId, timestamp, kemac.EncryptedData.Span);
        if (KeyDataPayload.TryReadAll(plaintext, MikeyLimits.Default, out keyData, out failure))
        {
            return true;
        }

        // The offset lies within the plaintext and would mislead; the place of the KEMAC is what can be named.
        failure = failure with { Offset = kemac.Offset };
        return false;
    }

    /// <summary>The chain of Key data sub-payloads in the clear.</summary>
    public static byte[] Encode(IReadOnlyList<KeyDataPayload> keyData)
    {
        var bytes = new byte[PayloadChain.EncodedLength(keyData)];
        var writer = new WireWriter(bytes);
        PayloadChain.Write(ref writer, keyData);
        return bytes;
    }

    private static byte[] Transform(ProtectionKeys keys, uint csbId, MikeyTimestamp timestamp, ReadOnlySpan<byte> input)
    {
        Span<byte> iv = stackalloc byte[AesCounterMode.BlockBytes];
        AesCounterMode.WriteIv(keys.Salt.Span, csbId, timestamp.CounterModeBits, iv);
        var output = new byte[input.Length];
        AesCounterMode.Transform(keys.Encryption.Span, iv, input, output);
        return output;
    }
}
