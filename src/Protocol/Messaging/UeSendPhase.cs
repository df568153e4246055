namespace UeFarm.Protocol.Messaging;

/// <summary>Where a send stands.</summary>
internal enum UeSendPhase : byte
{
    /// <summary>Behind an earlier one to the same target.</summary>
    Queued,

    AwaitingTicket,
    InFlight,

    /// <summary>Will go out again at its deadline.</summary>
    AwaitingRetry,
}
