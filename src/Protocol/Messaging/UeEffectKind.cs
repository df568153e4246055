namespace UeFarm.Protocol.Messaging;

/// <summary>What a phone asks for (the first two) or reports. Which fields of <see cref="UeEffect"/> go with each is said there.</summary>
public enum UeEffectKind : byte
{
    Transmit,
    QueryKms,

    /// <summary>The phone has a binding now, and had none before. Refreshes are not reported.</summary>
    Registered,

    /// <summary>One attempt to register or to refresh failed; the phone tries again while it wants to be online.</summary>
    RegistrationFailed,

    /// <summary>The phone went off, or its binding ran out before a refresh succeeded.</summary>
    WentOffline,

    /// <summary>A message left for the first time. At most once per send, always before the two below.</summary>
    MessageSent,

    /// <summary>The final answer to a message. Each send ends with exactly one of this and <see cref="MessageFailed"/>.</summary>
    MessageAnswered,

    /// <summary>A message ended without a final answer.</summary>
    MessageFailed,

    /// <summary>The phone owes a delivery report for a message that it took.</summary>
    ReportDue,

    /// <summary>The report left for the first time. At most once per report, always before its end.</summary>
    ReportSent,

    /// <summary>The report got its final answer, or was given up. Each ends exactly once, unless the run ends before.</summary>
    ReportEnded,

    /// <summary>A delivery report arrived, instead of <see cref="MessageReceived"/>.</summary>
    ReportReceived,

    /// <summary>What became of a received MESSAGE: exactly one per server transaction that the phone lived to answer.</summary>
    MessageReceived,
}
