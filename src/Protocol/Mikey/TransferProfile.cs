using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey;

/// <summary>
/// How this product uses MIKEY-TICKET for a SIP MESSAGE: half a round trip, a mode 1 base ticket with one TGK, and one crypto session that names the key.
/// Interpretation: TR 33.829 was not available; the choices follow from the flag rules of RFC 6043 section 6.10 for F=0.
/// </summary>
internal static class TransferProfile
{
    public const byte CsId = 1;

    public const byte PolicyNumber = 0;

    /// <summary>Length of an SPI that is made here, in bytes.</summary>
    public const int SpiBytes = 4;

    /// <summary>J is the Initiator's choice, K tells what the KMS did; every other flag is fixed.</summary>
    public const TicketFlags FreeFlags = TicketFlags.Reusable | TicketFlags.Changed;

    /// <summary>One session with one policy and the SPI of the TGK; nothing is left for a response to supply.</summary>
    public static GenericIdMap Map(ReadOnlyMemory<byte> spi) =>
        new([new GenericIdSession(CsId, SecurityProtocol.MessageBody, false, new byte[] { PolicyNumber }, default, spi)]);

    public static SecurityPolicyPayload Policy() => new(PolicyNumber, SecurityProtocol.MessageBody, []);

    public static bool HasProfileFlags(TicketFlags flags) => (flags & ~FreeFlags) == TicketFlags.HalfRoundTrip;
}
