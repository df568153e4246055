using UeFarm.Protocol;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Attack;

/// <summary>A genuine MESSAGE as it reached its phone: what an attacker on the path has to work with.</summary>
internal sealed record CapturedMessage(SipRequest Request, NtpTimestamp Timestamp);
