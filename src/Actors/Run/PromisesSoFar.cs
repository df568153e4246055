namespace UeFarm.Actors.Run;

/// <summary>The promises that running totals can tell of, while a run goes on. Those about the whole ledger (1 and 2) are looked at when its books are closed.</summary>
public static class PromisesSoFar
{
    /// <param name="counters">Of the run.</param>
    /// <param name="acceptedTwice">Messages that a phone accepted more than once.</param>
    /// <param name="misorderedByServer">Deliveries out of order that the application server saw itself.</param>
    /// <param name="hasApplicationServer">Whether the order is ours to promise.</param>
    public static IReadOnlyList<InvariantCheck> Of(RunCounters counters, long acceptedTwice, long misorderedByServer, bool hasApplicationServer)
    {
        ArgumentNullException.ThrowIfNull(counters);
        var misordered = counters.OrderViolations + misorderedByServer;
        var foreign = counters.AttacksAccepted + counters.UnknownAccepted;
        return
        [
            new(3, "at-most-once", acceptedTwice == 0, $"{acceptedTwice} messages accepted twice"),
            new(4, "order", misordered == 0 || !hasApplicationServer, $"{misordered} messages delivered after a newer one"),
            new(5, "authenticity-first", foreign == 0, $"{foreign} foreign, forged or altered messages accepted"),
        ];
    }
}
