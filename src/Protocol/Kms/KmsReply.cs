using UeFarm.Protocol.Mikey;

namespace UeFarm.Protocol.Kms;

/// <summary>Outcome of a request and what to send back; a null message means nothing. The failure says why, where it is not a success.</summary>
public readonly record struct KmsReply(KmsOutcome Outcome, byte[]? Message, MikeyFailure Failure);
