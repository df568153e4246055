namespace UeFarm.Protocol.Messaging;

/// <summary>Why a phone gave up on a message that it was to send.</summary>
public enum SendFailure : byte
{
    None,

    /// <summary>No final response within Timer F, in every attempt.</summary>
    Timeout,

    /// <summary>The connection could not be made or broke, in every attempt.</summary>
    Transport,

    /// <summary>The KMS refused a ticket or could not be asked.</summary>
    Kms,

    /// <summary>More messages waited on this phone than it queues.</summary>
    QueueFull,

    /// <summary>The phone was not online, or left with the message in hand.</summary>
    Offline,

    /// <summary>Not a recipient that the farm sends to: another scheme than sip, sips or tel, or an emergency service (RFC 5031).</summary>
    Recipient,

    /// <summary>The phone's machine was lost with the message in it.</summary>
    Crash,
}
