using UeFarm.Protocol.Mikey.Exchanges;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey;

/// <summary>
/// What the Initiator got from the KMS: TICKET, MPKi, session key. Immutable and thread-safe until it is disposed, which clears its keys. May be kept until
/// <see cref="NotAfter"/> when <see cref="IsReusable"/>; otherwise it serves one message (RFC 6043 section 5.3).
/// </summary>
public sealed class GrantedTicket : IDisposable
{
    private readonly ReceivedKeys _keys;

    internal GrantedTicket(MikeySuite suite, string initiator, string responder, TicketPayload ticket, TicketValidity validity, ReceivedKeys keys)
    {
        _keys = keys;
        Suite = suite;
        Initiator = initiator;
        Responder = responder;
        NotBefore = validity.NotBefore;
        NotAfter = validity.NotAfter;
        IsReusable = ticket.Policy.Flags.Has(TicketFlags.Reusable);
        IsPolicyChanged = ticket.Policy.Flags.Has(TicketFlags.Changed);
        Template = new TransferInitTemplate(suite, initiator, responder, ticket, SessionKey.Spi);
    }

    public MikeySuite Suite { get; }

    /// <summary>SIP URI.</summary>
    public string Initiator { get; }

    /// <summary>SIP URI.</summary>
    public string Responder { get; }

    /// <summary>TRs.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>TRe; the latest timestamp of a message under this ticket.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>J.</summary>
    public bool IsReusable { get; }

    /// <summary>K: the KMS granted less than was asked for.</summary>
    public bool IsPolicyChanged { get; }

    internal KeyMaterial MpkI => _keys.MpkI;

    internal SessionKey SessionKey => _keys.SessionKeys[0];

    internal TransferInitTemplate Template { get; }

    public void Dispose() => _keys.Dispose();
}
