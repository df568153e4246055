using UeFarm.Protocol.Mikey.Exchanges;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey;

/// <summary>What goes into a TRANSFER_INIT, in the order of RFC 6043 section 4.2.2.</summary>
internal sealed record TransferInitContent
{
    public required MessageStamp Stamp { get; init; }

    public required ReadOnlyMemory<byte> RandI { get; init; }

    public required IdRolePayload Initiator { get; init; }

    public required IdRolePayload Responder { get; init; }

    public required CsIdMap Map { get; init; }

    public IReadOnlyList<SecurityPolicyPayload> Policies { get; init; } = [];

    /// <summary>Without Initiator Data; they are added here when keys are forked.</summary>
    public required TicketPayload Ticket { get; init; }

    /// <summary>Session keys of the Initiator's own, only where the policy allows them (L); none: no KEMAC.</summary>
    public IReadOnlyList<KeyDataPayload> Keys { get; init; } = [];
}
