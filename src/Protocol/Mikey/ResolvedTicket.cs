using UeFarm.Protocol.Mikey.Exchanges;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Replay;

namespace UeFarm.Protocol.Mikey;

/// <summary>
/// What the Responder got from the KMS: MPKi and session keys, bound to the exact bytes of the TICKET. Thread-safe until it is disposed, which clears
/// its keys. May be kept for other messages under the same ticket when <see cref="IsReusable"/>.
/// </summary>
public sealed class ResolvedTicket : IDisposable
{
    private readonly ReceivedKeys _keys;

    internal ResolvedTicket(ReceivedTransferInit received, string initiator, TicketValidity validity, ReceivedKeys keys, ForkModifier? modifier)
    {
        _keys = keys;
        Initiator = initiator;
        TicketKey = received.TicketKey;
        IsReusable = received.TicketIsReusable;
        NotBefore = validity.NotBefore;
        NotAfter = validity.NotAfter;
        Modifier = modifier;
    }

    /// <summary>SIP URI in the policy of the ticket.</summary>
    public string Initiator { get; }

    /// <summary>TRs.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>TRe.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>J.</summary>
    public bool IsReusable { get; }

    /// <summary>Digest of the TICKET from Ticket Type to the end of Ticket Data: the only messages these keys belong to carry the same one.</summary>
    public ReplayDigest TicketKey { get; }

    internal KeyMaterial MpkI => _keys.MpkI;

    /// <summary>MPKr'; null without key forking.</summary>
    internal KeyMaterial? MpkR => _keys.MpkR;

    internal IReadOnlyList<SessionKey> SessionKeys => _keys.SessionKeys;

    /// <summary>Null without key forking.</summary>
    internal ForkModifier? Modifier { get; }

    public void Dispose() => _keys.Dispose();
}
