using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey.Exchanges;

/// <summary>
/// The phone's memory of a REQUEST_INIT or RESOLVE_INIT it sent: what the answer must fit. RANDRi belongs to a request of a ticket, RANDRr
/// to its resolution; the other one is empty.
/// </summary>
internal sealed record KmsRequestState(MessageStamp Stamp, ReadOnlyMemory<byte> RandI, ReadOnlyMemory<byte> RandR, byte[] Message)
{
    /// <summary>
    /// Decodes the answer and verifies its MAC in constant time; an Error message ends in a failure. Keys are those of response messages.
    /// </summary>
    public bool TryVerify(
        ReadOnlyMemory<byte> answer, MikeyDataType expected, ReadOnlySpan<byte> psk, out MikeyMessage? message, out ProtectionKeys? keys,
        out MikeyFailure failure)
    {
        keys = null;
        if (!MikeyDecoder.TryDecode(answer, MikeyLimits.Default, out message, out failure))
        {
            return false;
        }

        var header = message!.Header;
        if (header.CsbId != Stamp.CsbId)
        {
            return MikeyFailure.Set(out failure, MikeyFault.WrongExchange, "HDR.CSB ID", MikeyHeader.CsbIdOffset);
        }

        if (header.Prf != Stamp.Suite.Prf())
        {
            return MikeyFailure.Set(out failure, MikeyFault.UnsupportedAlgorithm, "HDR.PRF func", 3);
        }

        if (header.DataType == MikeyDataType.Error)
        {
            failure = DescribeError(message, psk);
            return false;
        }

        if (header.DataType != expected)
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadDataType, "HDR.data type", 1);
        }

        if (header.Map is not EmptyCsIdMap)
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadMap, "HDR.CS ID map type", 9);
        }

        if (!PayloadQueries.TryFindVerification(message.Payloads, "V", out var verification, out failure))
        {
            return false;
        }

        if (verification!.Algorithm != Stamp.Suite.Mac())
        {
            return MikeyFailure.Set(out failure, MikeyFault.UnsupportedAlgorithm, "V.Auth alg", verification.Offset + 1);
        }

        var derived = ProtectionKeys.OfMessage(Stamp.Suite, psk, LabelKind.ResponseMessage, Stamp.CsbId, RandI.Span, RandR.Span);
        var input = new MacInput(answer.Span[..verification.MacOffset], Message);
        if (!MikeyMac.Verify(verification.Algorithm, derived.Authentication.Span, input, verification.Mac.Span))
        {
            derived.Dispose();
            return MikeyFailure.Set(out failure, MikeyFault.MacMismatch, "V.Ver data", verification.MacOffset);
        }

        keys = derived;
        return true;
    }

    private MikeyFailure DescribeError(MikeyMessage message, ReadOnlySpan<byte> psk)
    {
        if (!PayloadQueries.TryFindOne<ErrorPayload>(message.Payloads, "ERR", out var error, out var failure))
        {
            return failure;
        }

        var field = $"ERR {(byte)error!.Number} {error.Number}";
        if (!PayloadQueries.TryFindVerification(message.Payloads, "V", out var verification, out _) || verification!.Algorithm != Stamp.Suite.Mac())
        {
            return new MikeyFailure(MikeyFault.UnauthenticatedError, field, error.Offset);
        }

        Span<byte> key = stackalloc byte[MikeyMac.MaxBytes];
        var length = ProtectionKeys.DeriveAuthentication(Stamp.Suite, psk, LabelKind.InitialMessage, Stamp.CsbId, RandI.Span, RandR.Span, key);
        var input = new MacInput(message.Bytes.Span[..verification.MacOffset]);
        return MikeyMac.Verify(verification.Algorithm, key[..length], input, verification.Mac.Span)
            ? new MikeyFailure(MikeyFault.KmsError, field, error.Offset)
            : new MikeyFailure(MikeyFault.UnauthenticatedError, field, error.Offset);
    }
}
