namespace UeFarm.Actors.Ledger;

/// <summary>How a message of the run ended. Each message ends in exactly one.</summary>
public enum MessageOutcome : byte
{
    /// <summary>Not closed yet.</summary>
    Open,

    /// <summary>The recipient's phone verified, opened and accepted it.</summary>
    Accepted,

    /// <summary>The recipient's phone refused it; the reason is a <see cref="Protocol.Messaging.ReceiveOutcome"/>.</summary>
    Rejected,

    /// <summary>The application server dropped it because its expiry had passed.</summary>
    Expired,

    /// <summary>It never reached the recipient's phone; the reason is a <see cref="FailureReason"/>.</summary>
    Failed,

    /// <summary>The application server still holds it.</summary>
    Stored,

    /// <summary>Answered with success, but nobody has it: a broken promise.</summary>
    Unaccounted,
}
