using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>
/// Initiator Data of a forked ticket (RFC 6043 section 6.10): Vi repeats the MAC of the TRANSFER_INIT, Vr proves to the KMS
/// that the Initiator holds MPKr. Interpretation: Vi is written with Next payload V, so that Vr can be reached; on receipt a
/// Next payload of 0 is accepted there too, for the reading that Vi repeats the V payload byte by byte.
/// </summary>
internal sealed class InitiatorData
{
    private InitiatorData(ReadOnlyMemory<byte> bytes, MacAlgorithm algorithm, int macLength)
    {
        Bytes = bytes;
        Algorithm = algorithm;
        InitiatorMac = bytes.Slice(3, macLength);
        ResponderMac = bytes.Slice(5 + macLength, macLength);
        Covered = bytes[..(5 + macLength)];
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Of Vi and Vr alike.</summary>
    public MacAlgorithm Algorithm { get; }

    /// <summary>The MAC in Vi.</summary>
    public ReadOnlyMemory<byte> InitiatorMac { get; }

    /// <summary>The MAC in Vr.</summary>
    public ReadOnlyMemory<byte> ResponderMac { get; }

    /// <summary>What the MAC in Vr covers: everything before it.</summary>
    public ReadOnlyMemory<byte> Covered { get; }

    /// <summary>With the MAC of Vr still zero.</summary>
    public static InitiatorData Create(MacAlgorithm algorithm, ReadOnlyMemory<byte> initiatorMac) =>
        Create(new VerificationPayload(algorithm, initiatorMac), VerificationPayload.Empty(algorithm));

    public InitiatorData WithResponderMac(ReadOnlyMemory<byte> responderMac) =>
        Create(new VerificationPayload(Algorithm, InitiatorMac), new VerificationPayload(Algorithm, responderMac));

    public static bool TryRead(ReadOnlyMemory<byte> bytes, out InitiatorData? data, out MikeyFailure failure)
    {
        data = null;
        var reader = new MikeyReader(bytes, MikeyLimits.Default);
        if (!reader.TryReadByte("Initiator Data.First payload", out var first)
            || !TryReadVerification(ref reader, "Initiator Data.Vi", out var afterInitiator, out var initiator)
            || !TryReadVerification(ref reader, "Initiator Data.Vr", out var afterResponder, out var responder))
        {
            failure = reader.Failure;
            return false;
        }

        if (!reader.IsAtEnd)
        {
            return MikeyFailure.Set(out failure, MikeyFault.TrailingBytes, "Initiator Data", reader.Offset);
        }

        if (first != (byte)MikeyPayloadType.Verification
            || afterInitiator is not ((byte)MikeyPayloadType.Verification) and not ((byte)MikeyPayloadType.Last)
            || afterResponder != (byte)MikeyPayloadType.Last)
        {
            return MikeyFailure.Set(out failure, MikeyFault.MisplacedPayload, "Initiator Data", 0);
        }

        if (initiator!.Algorithm == MacAlgorithm.Null || initiator.Algorithm != responder!.Algorithm)
        {
            return MikeyFailure.Set(out failure, MikeyFault.UnsupportedAlgorithm, "Initiator Data.Auth alg", 0);
        }

        failure = default;
        data = new InitiatorData(bytes, initiator.Algorithm, initiator.Mac.Length);
        return true;
    }

    private static InitiatorData Create(VerificationPayload initiator, VerificationPayload responder)
    {
        var bytes = new byte[1 + initiator.EncodedLength + responder.EncodedLength];
        var writer = new WireWriter(bytes);
        writer.WriteByte((byte)MikeyPayloadType.Verification);
        initiator.Write(ref writer, MikeyPayloadType.Verification);
        responder.Write(ref writer, MikeyPayloadType.Last);
        return new InitiatorData(bytes, initiator.Algorithm, initiator.Mac.Length);
    }

    private static bool TryReadVerification(ref MikeyReader reader, string field, out byte next, out VerificationPayload? verification)
    {
        verification = null;
        if (!reader.TryReadByte(field, out next) || !VerificationPayload.TryRead(ref reader, out var payload))
        {
            return false;
        }

        verification = (VerificationPayload)payload!;
        return true;
    }
}
