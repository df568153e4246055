using System.Globalization;
using System.Text;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>The dialog of a subscription at its subscriber (RFC 6665 section 4.4.1): made by the first NOTIFY or the 2xx, whichever comes first.</summary>
internal sealed class RegEventDialog
{
    private uint _cseq;

    public RegEventDialog(IRandomSource random)
    {
        CallId = random.NextUInt64().ToString("x16", CultureInfo.InvariantCulture);
        LocalTag = random.NextUInt64().ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>Without the host behind the @.</summary>
    public string CallId { get; }

    public string LocalTag { get; }

    public string? RemoteTag { get; private set; }

    /// <summary>Contact of the notifier; null: not known yet.</summary>
    public string? RemoteTarget { get; private set; }

    /// <summary>Proxies that want to stay on the way, as for Route; null: none.</summary>
    public string? Route { get; private set; }

    /// <summary>The core has accepted it.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>CSeq of the last NOTIFY; null: none yet.</summary>
    public uint? LastNotified { get; private set; }

    /// <summary>Version of the last document; null: none yet.</summary>
    public uint? Version { get; set; }

    public Instant EndsAt { get; set; } = Instant.Never;

    public Instant RefreshAt { get; set; } = Instant.Never;

    /// <summary>When the first notification must have come.</summary>
    public Instant NotifyBy { get; set; } = Instant.Never;

    public Instant NextDeadline => Instant.Min(NotifyBy, Instant.Min(RefreshAt, EndsAt));

    public uint NextCSeq() => ++_cseq;

    public void Confirm(SipResponse response)
    {
        IsConfirmed = true;
        RemoteTag ??= response.To.Tag.IsEmpty ? null : Encoding.UTF8.GetString(response.To.Tag);
        RemoteTarget = ContactOf(response) ?? RemoteTarget;
        Route ??= RouteOf(response, isReversed: true);
    }

    /// <summary>The NOTIFY belongs to this dialog, or makes it. Of a SUBSCRIBE that was forked the first one to notify counts.</summary>
    public bool Matches(SipRequest request)
    {
        var callId = Encoding.UTF8.GetString(request.CallId);
        return callId.Length > CallId.Length && callId.StartsWith(CallId, StringComparison.Ordinal) && callId[CallId.Length] == '@'
            && Ascii.Equals(request.To.Tag, LocalTag) && (RemoteTag is null || Ascii.Equals(request.From.Tag, RemoteTag));
    }

    /// <summary>False: out of order (RFC 3261 section 12.2.2).</summary>
    public bool TryAdvance(SipRequest request)
    {
        if (LastNotified is { } last && request.CSeqNumber <= last)
        {
            return false;
        }

        LastNotified = request.CSeqNumber;
        RemoteTag ??= Encoding.UTF8.GetString(request.From.Tag);
        RemoteTarget = ContactOf(request) ?? RemoteTarget;
        Route ??= RouteOf(request, isReversed: false);
        return true;
    }

    private static string? ContactOf(SipMessage message) =>
        message.TryGetHeader(SipHeaderId.Contact, out var value) && SipNameAddress.TryParse(value, out var contact) ? contact.Uri.ToString() : null;

    /// <summary>Record-Route as it is in a request received, the other way round in a response (RFC 3261 section 12.1).</summary>
    private static string? RouteOf(SipMessage message, bool isReversed)
    {
        var values = message.GetValues(SipHeaderId.RecordRoute).Select(static value => Encoding.UTF8.GetString(value.Span));
        var route = string.Join(", ", isReversed ? values.Reverse() : values);
        return route.Length > 0 ? route : null;
    }
}
