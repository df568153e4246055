namespace UeFarm.Actors.Ledger;

/// <summary>Why a message did not reach the recipient's phone. The names, in kebab case, are the reason labels of metrics and reports.</summary>
public enum FailureReason : byte
{
    None,

    /// <summary>No final response within Timer F, in every attempt.</summary>
    Timeout,

    /// <summary>The connection could not be made or broke.</summary>
    Transport,

    /// <summary>The KMS refused a ticket or could not be reached.</summary>
    Kms,

    /// <summary>More messages were due on one phone than it queues.</summary>
    QueueFull,

    /// <summary>The sending phone was not registered, or was cut off with the message in hand.</summary>
    Offline,

    /// <summary>An address that the farm never sends to: another scheme than sip, sips or tel, or an emergency service.</summary>
    Recipient,

    /// <summary>The sending phone's actor failed with the message in hand.</summary>
    Crash,

    /// <summary>Refused with a 3xx or 4xx response.</summary>
    Refused4xx,

    /// <summary>Refused with a 5xx response.</summary>
    Refused5xx,

    /// <summary>Refused with a 6xx response.</summary>
    Refused6xx,

    /// <summary>Taken by the application server, which could not deliver it for a permanent reason.</summary>
    Undeliverable,

    /// <summary>Taken by the application server, whose operator took it out again.</summary>
    Purged,

    /// <summary>The run ended before any final answer.</summary>
    Unanswered,
}
