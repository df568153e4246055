namespace UeFarm.Protocol.Mikey;

/// <summary>
/// The flags D to O of a ticket policy with their reserved bits, as 17 bits: D, then the byte E to L, then the byte M to O
/// (RFC 6043 section 6.10).
/// </summary>
[Flags]
internal enum TicketFlags
{
    None = 0,

    /// <summary>The five bits after O; sent as 0.</summary>
    Reserved = 0x1F,

    /// <summary>O: a Responder following RFC 6043 alone can process the ticket.</summary>
    ResponderGeneric = 0x20,

    /// <summary>N: an Initiator following RFC 6043 alone can use the ticket.</summary>
    InitiatorGeneric = 0x40,

    /// <summary>M: the Responder may supply session keys.</summary>
    ResponderKeys = 0x80,

    /// <summary>L: the Initiator may supply session keys.</summary>
    InitiatorKeys = 0x0100,

    /// <summary>K: the KMS changed what was requested.</summary>
    Changed = 0x0200,

    /// <summary>J: the ticket may be reused.</summary>
    Reusable = 0x0400,

    /// <summary>I: key forking.</summary>
    Forking = 0x0800,

    /// <summary>H: RANDRi enters the derivation of session keys.</summary>
    InitiatorRand = 0x1000,

    /// <summary>G: the Responder generates RANDRr.</summary>
    ResponderRand = 0x2000,

    /// <summary>F: TRANSFER_RESP must be sent.</summary>
    TransferResponse = 0x4000,

    /// <summary>E: Ticket Resolve is mandatory.</summary>
    ResolveMandatory = 0x8000,

    /// <summary>D: the ticket was made by the KMS.</summary>
    MadeByKms = 0x1_0000,

    /// <summary>What the half round trip of SIP MESSAGE uses with mode 1: D, E, H, N, O; J is chosen per ticket.</summary>
    HalfRoundTrip = MadeByKms | ResolveMandatory | InitiatorRand | InitiatorGeneric | ResponderGeneric,
}
