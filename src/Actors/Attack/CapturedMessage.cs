using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Attack;

/// <summary>A genuine MESSAGE that a phone has taken: what an attacker on the path has to work with.</summary>
/// <param name="Request">As it reached that phone, or as its sender sent it.</param>
/// <param name="Timestamp">Of its TRANSFER_INIT.</param>
/// <param name="Phone">Who took it; -1 for a phone that was elsewhere.</param>
/// <param name="Recipient">The public identity of a phone that was elsewhere.</param>
internal sealed record CapturedMessage(SipRequest Request, NtpTimestamp Timestamp, int Phone, string Recipient = "")
{
    /// <summary>The two parts of a protected body, also out of a wrapper that asks for reports. What is made of them goes without one.</summary>
    public static bool TrySplit(SipRequest request, out ReadOnlyMemory<byte> mikey, out ReadOnlyMemory<byte> cms)
    {
        mikey = cms = default;
        return request.TryGetHeader(SipHeaderId.ContentType, out var contentType)
            && MessageBody.TryOpen(contentType, request.Body, out var body, out _) && body.TrySplit(out mikey, out cms);
    }
}
