using UeFarm.Protocol.Sip.Authentication;

namespace UeFarm.Protocol.Messaging;

/// <summary>What one phone is. Public identity: its SIP URI, as others write it. Psk: what it shares with the KMS, 16 or 32 bytes as the suite says.</summary>
public sealed record UeProfile(int Index, string PublicIdentity, SubscriberCredentials Credentials, ReadOnlyMemory<byte> Psk)
{
    /// <summary>Names the phone only: secrets never reach a log.</summary>
    public override string ToString() => PublicIdentity;
}
