namespace UeFarm.Actors.Mailbox;

/// <summary>How an application server learns whether a phone is registered.</summary>
public enum PresenceSource : byte
{
    /// <summary>The core tells it of every phone (TS 24.229 clause 5.4.1.7).</summary>
    ThirdPartyRegister,

    /// <summary>It subscribes to the phones for which it has messages (RFC 3680).</summary>
    RegEvent,
}
