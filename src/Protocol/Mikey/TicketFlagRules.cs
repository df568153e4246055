namespace UeFarm.Protocol.Mikey;

/// <summary>The rules of consistency between the flags of a ticket policy (RFC 6043 section 6.10).</summary>
internal static class TicketFlagRules
{
    public static bool Has(this TicketFlags flags, TicketFlags flag) => (flags & flag) == flag;

    /// <summary>False if two flags contradict each other, or if a reserved bit is set.</summary>
    public static bool AreConsistent(TicketFlags flags)
    {
        var madeByKms = flags.Has(TicketFlags.MadeByKms);
        var transferResponse = flags.Has(TicketFlags.TransferResponse);
        var responderRand = flags.Has(TicketFlags.ResponderRand);
        return (flags & TicketFlags.Reserved) == 0
            && (madeByKms || flags.Has(TicketFlags.InitiatorKeys))
            && (!responderRand || transferResponse)
            && (responderRand || flags.Has(TicketFlags.InitiatorRand))
            && (!flags.Has(TicketFlags.Forking) || flags.Has(TicketFlags.ResolveMandatory))
            && (!flags.Has(TicketFlags.Changed) || madeByKms)
            && (!flags.Has(TicketFlags.ResponderKeys) || transferResponse);
    }

    /// <summary>A forked TGK is known to the Initiator only after TRANSFER_RESP: I with a TGK in the ticket requires F.</summary>
    public static bool AllowTgk(TicketFlags flags) => !flags.Has(TicketFlags.Forking) || flags.Has(TicketFlags.TransferResponse);
}
