namespace UeFarm.Actors.Journal;

/// <summary>What a <see cref="RunFact"/> says. The numbers are written to journals: never give one a new meaning.</summary>
public enum RunFactKind : byte
{
    None = 0,

    /// <summary>A message of the schedule was handed to its phone. Token: its number.</summary>
    Due = 1,

    /// <summary>The schedule sent a phone online.</summary>
    GoOnline = 2,

    /// <summary>The schedule sent a phone offline.</summary>
    GoOffline = 3,

    /// <summary>The phone has a binding, and had none before. Token: its highest SQN, for AKA.</summary>
    Registered = 4,
    RegistrationFailed = 5,
    WentOffline = 6,

    /// <summary>A message is about to leave its phone for the first time. Token, Timestamp, Digest.</summary>
    MessageSent = 7,

    /// <summary>Token, Status.</summary>
    MessageAnswered = 8,

    /// <summary>Token, Failure.</summary>
    MessageFailed = 9,

    /// <summary>Outcome, Timestamp, Digest, IdentityDiffers, Attack; of one that was accepted also Sender, where the replay cache goes by it.</summary>
    MessageReceived = 10,

    ReportDue = 11,

    /// <summary>Token: the number of the message it is about, -1 unknown; Timestamp, Digest.</summary>
    ReportSent = 12,

    /// <summary>Status.</summary>
    ReportEnded = 13,

    /// <summary>Token: the message it is about; ReportStatus, Outcome, Timestamp, Digest, Attack; Sender as above.</summary>
    ReportReceived = 14,

    /// <summary>The phone's actor failed and was started again.</summary>
    Restarted = 15,

    /// <summary>A message was injected. Phone: whom it is for. Attack.</summary>
    AttackSent = 16,

    /// <summary>The application server dropped a message. Digest, Drop.</summary>
    Dropped = 17,

    /// <summary>A message was found in the application server's store at the end. Digest; of an unprotected report instead Token, the number of the message it is about.</summary>
    FoundStored = 18,

    /// <summary>A stream got a new owner, the first or another one; the journal's own fact, in a batch of its own. Token: the epoch.</summary>
    Claimed = 19,

    /// <summary>The stream's owner gives it up in order. Token: the epoch.</summary>
    Released = 20,

    /// <summary>The application server has opened the run's mailboxes: whatever was in them before the run is gone, and what is in them from now on counts.</summary>
    Opened = 21,
}
