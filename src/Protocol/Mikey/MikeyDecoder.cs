using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey;

/// <summary>Decodes the form of any message of RFC 3830 and RFC 6043; what a message of a certain type must hold is checked by its exchange.</summary>
internal static class MikeyDecoder
{
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, MikeyLimits limits, out MikeyMessage? message, out MikeyFailure failure)
    {
        message = null;
        if (bytes.Length > limits.MaxMessageBytes)
        {
            return MikeyFailure.Set(out failure, MikeyFault.LimitExceeded, "message", limits.MaxMessageBytes);
        }

        var reader = new MikeyReader(bytes, limits);
        if (!MikeyHeader.TryRead(ref reader, out var header, out var first)
            || !PayloadChain.TryRead(ref reader, first, "message", out var payloads))
        {
            failure = reader.Failure;
            return false;
        }

        failure = default;
        message = new MikeyMessage(header!, payloads, bytes);
        return true;
    }
}
