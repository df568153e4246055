using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Smime;

namespace UeFarm.Protocol.Messaging;

/// <summary>What a phone has only once it sent or received something: messages under way, tickets, its certificate.</summary>
internal sealed class UeTraffic(int ticketEntries)
{
    private RecentlyUsed<string, CachedTicket>? _granted;
    private RecentlyUsed<ReplayDigest, ResolvedTicket>? _resolved;

    /// <summary>In the order of sending.</summary>
    public List<UeSend> Sends { get; } = [];

    public List<UeReception> Receptions { get; } = [];

    /// <summary>Delivery reports among the sends.</summary>
    public int ReportCount
    {
        get
        {
            var count = 0;
            foreach (var send in Sends)
            {
                count += send.Report is null ? 0 : 1;
            }

            return count;
        }
    }

    public UeCertificate? Certificate { get; set; }

    /// <summary>For sending, by recipient.</summary>
    public RecentlyUsed<string, CachedTicket> Granted => _granted ??= new RecentlyUsed<string, CachedTicket>(ticketEntries);

    /// <summary>For receiving, by the exact bytes of the ticket.</summary>
    public RecentlyUsed<ReplayDigest, ResolvedTicket> Resolved => _resolved ??= new RecentlyUsed<ReplayDigest, ResolvedTicket>(ticketEntries);

    public Instant NextDeadline
    {
        get
        {
            var deadline = Instant.Never;
            foreach (var send in Sends)
            {
                deadline = Instant.Min(deadline, send.Deadline);
            }

            foreach (var reception in Receptions)
            {
                deadline = Instant.Min(deadline, reception.Deadline);
            }

            return deadline;
        }
    }

    /// <summary>The one that waits for this answer; null: none does any more.</summary>
    public UeSend? FindSend(UeSendPhase phase, long token)
    {
        foreach (var send in Sends)
        {
            if (send.Phase == phase && send.Token == token)
            {
                return send;
            }
        }

        return null;
    }

    /// <summary>The oldest one to a target.</summary>
    public UeSend? FindSendTo(string recipient)
    {
        foreach (var send in Sends)
        {
            if (send.Recipient == recipient)
            {
                return send;
            }
        }

        return null;
    }

    public UeReception? FindReception(long token)
    {
        foreach (var reception in Receptions)
        {
            if (reception.Token == token)
            {
                return reception;
            }
        }

        return null;
    }
}
