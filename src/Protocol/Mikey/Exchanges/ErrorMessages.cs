using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey.Exchanges;

/// <summary>
/// Error messages (RFC 6043 section 5.4). Interpretation: version, PRF func and CSB ID are those of the message in error, as
/// required; #CS is 0 with the Empty map, which the RFC leaves open.
/// </summary>
internal static class ErrorMessages
{
    /// <summary>HDR, T, ERR, V. The MAC covers the message only; its key is that of the message in error.</summary>
    public static byte[] Encode(MessageStamp stamp, MikeyErrorNumber number, ReadOnlySpan<byte> authenticationKey)
    {
        var header = new MikeyHeader(MikeyDataType.Error, IsResponseExpected: false, stamp.Suite.Prf(), stamp.CsbId, EmptyCsIdMap.Instance);
        MikeyPayload[] payloads = [new TimestampPayload(stamp.Timestamp), new ErrorPayload(number)];
        return MikeyEncoder.EncodeProtected(header, payloads, stamp.Suite.Mac(), authenticationKey, default, default);
    }
}
