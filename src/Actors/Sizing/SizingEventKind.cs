namespace UeFarm.Actors.Sizing;

/// <summary>Kinds of <see cref="SizingEvent"/>.</summary>
internal enum SizingEventKind : byte
{
    /// <summary>Phone, Attempt (session): the 200 to its REGISTER is there, and so is the server's news.</summary>
    Registered,

    /// <summary>Phone, Attempt (session): a de-registration is complete.</summary>
    Deregistered,

    /// <summary>Message: it is at its server.</summary>
    AtServer,

    /// <summary>Phone, Server, Arrival, Attempt: a delivery is at the phone, or where the phone was.</summary>
    AtPhone,

    /// <summary>Phone, Server, Arrival, Attempt, Status: the answer to a delivery is at the server; 0: there was none in time.</summary>
    DeliveryResult,

    /// <summary>Message, Status: the server's answer is at the sender.</summary>
    Answered,

    /// <summary>Phone, Server: the mailbox wanted to be woken.</summary>
    MailboxWake,

    /// <summary>Server: its drain may go on.</summary>
    DrainTurn,

    /// <summary>A message that has arrived before is sent to its phone again.</summary>
    Replay,
}
