namespace UeFarm.Actors.Mailbox;

/// <summary>What happens to a message that arrives while older ones wait for the same reachable phone.</summary>
public enum LiveTraffic : byte
{
    /// <summary>It waits its turn: the phone sees one ordered stream.</summary>
    BehindDrain,

    /// <summary>It is forwarded at once and overtakes.</summary>
    Bypass,
}
