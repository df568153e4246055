using System.Buffers.Text;
using System.Globalization;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Tells the application server who is registered (third-party REGISTER, TS 24.229 clause 5.4.1.7): Expires as granted, 0 when
/// gone. What is sent is always the state at that moment, one request at a time for an address of record, so a late one can never
/// undo a newer one. A server that cannot be reached, times out or answers 503 gets everything that is due again after a pause
/// that doubles up to 32 s; any other answer closes the matter. Where several servers have a group of mailboxes each, each hears of its own, and one that is away
/// holds nobody else's back.
/// </summary>
internal sealed class ThirdPartyRegistrations
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(32);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(10);

    private readonly RegistrarSettings _settings;
    private readonly Server[] _servers;
    private readonly LocationTable _locations;
    private readonly SipTransactionLayer _transactions;
    private readonly BranchSource _branches;
    private readonly string _from;
    private readonly string _contact;
    private readonly string _callIdPrefix;
    private readonly Dictionary<string, Notice> _byUser = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Notice> _byToken = [];
    private uint _cseq;
    private long _lastToken;

    public ThirdPartyRegistrations(
        RegistrarSettings settings, LocationTable locations, SipTransactionLayer transactions, BranchSource branches, IRandomSource random)
    {
        _settings = settings;
        _locations = locations;
        _transactions = transactions;
        _branches = branches;
        var tag = random.NextUInt64();
        _servers = new Server[settings.Identity.MailboxGroupCount];
        for (var group = 0; group < _servers.Length; group++)
        {
            _servers[group] = new Server(settings.Identity.ApplicationServerOf(group), settings.MaxNotificationsInFlight);
        }

        _from = string.Create(CultureInfo.InvariantCulture, $"<sip:{settings.Identity.SentBy}>;tag={tag:x}");
        _contact = $"<sip:{settings.Identity.SentBy}>";
        _callIdPrefix = string.Create(CultureInfo.InvariantCulture, $"3p-{tag:x}-");
    }

    /// <summary>Addresses of record that the server has yet to hear of.</summary>
    public int PendingCount => _byUser.Count;

    /// <summary>When sending goes on after a pause.</summary>
    public Instant NextDeadline
    {
        get
        {
            var deadline = Instant.Never;
            foreach (var server in _servers)
            {
                deadline = server.HasWork ? Instant.Min(deadline, server.ResumeAt) : deadline;
            }

            return deadline;
        }
    }

    /// <summary>The registration of a user began, was refreshed or ended.</summary>
    public void Announce(string addressOfRecord, Instant now)
    {
        if (!_byUser.TryGetValue(addressOfRecord, out var notice))
        {
            notice = new Notice(addressOfRecord, _servers[_settings.Identity.MailboxGroupOf(addressOfRecord)]);
            _byUser.Add(addressOfRecord, notice);
            notice.Server.Waiting.Enqueue(notice);
        }
        else
        {
            notice.IsOutdated = notice.IsInFlight;
        }

        SendWaiting(notice.Server, now);
    }

    /// <summary>Another server, which knows nothing: it hears of everybody who is there. What the old one was being told is told to the new one when that has failed.</summary>
    public void MoveTo(int mailboxGroup, SipHop hop, IEnumerable<string> registered, Instant now)
    {
        var server = _servers[mailboxGroup];
        server.MoveTo(hop, now);
        foreach (var user in registered)
        {
            Announce(user, now);
        }

        SendWaiting(server, now);
    }

    /// <summary>A final response. False: it will be asked again.</summary>
    public bool HandleResponse(long token, SipResponse response, Instant now)
    {
        if (!_byToken.Remove(token, out var notice))
        {
            return false;
        }

        var server = notice.Server;
        server.InFlight--;
        if (response.StatusCode == 503)
        {
            Requeue(notice);
            server.Pause(now, RetryAfterOf(response));
            return false;
        }

        server.EndPauses();
        notice.IsInFlight = false;
        if (notice.IsOutdated)
        {
            Requeue(notice);
        }
        else
        {
            _byUser.Remove(notice.AddressOfRecord);
        }

        SendWaiting(server, now);
        return true;
    }

    /// <summary>No response, or no connection.</summary>
    public void HandleFailure(long token, Instant now)
    {
        if (_byToken.Remove(token, out var notice))
        {
            notice.Server.InFlight--;
            Requeue(notice);
            notice.Server.Pause(now, default);
        }
    }

    public void HandleTimeout(Instant now)
    {
        foreach (var server in _servers)
        {
            SendWaiting(server, now);
        }
    }

    private static void Requeue(Notice notice)
    {
        notice.IsInFlight = false;
        notice.IsOutdated = false;
        notice.Server.Waiting.Enqueue(notice);
    }

    private static TimeSpan RetryAfterOf(SipResponse response)
    {
        if (response.TryGetHeader(SipHeaderId.RetryAfter, out var value) && Utf8Parser.TryParse(value, out uint seconds, out _))
        {
            return TimeSpan.FromSeconds(Math.Min(seconds, LongestRetryAfter.TotalSeconds));
        }

        return default;
    }

    private void SendWaiting(Server server, Instant now)
    {
        while (server.HasWork && server.ResumeAt <= now)
        {
            Send(server.Waiting.Dequeue(), server.Hop!.Value, now);
        }
    }

    private void Send(Notice notice, SipHop server, Instant now)
    {
        var user = notice.AddressOfRecord;
        var expires = 0L;
        _locations.TryGet(user, now, out var binding);
        for (; binding is not null; binding = binding.Older)
        {
            expires = Math.Max(expires, binding.RemainingSeconds(now));
        }

        notice.IsInFlight = true;
        var token = ++_lastToken;
        var branch = _branches.Next();
        var bytes = SipWriter.Rent()
            .Request(SipMethod.Register, notice.Server.RequestUri)
            .Via(server.Transport, _settings.Identity.SentBy, branch)
            .Header(SipHeaderId.MaxForwards, 70)
            .Header(SipHeaderId.From, _from)
            .Header(SipHeaderId.To, $"<{user}>")
            .Header(SipHeaderId.CallId, $"{_callIdPrefix}{user}")
            .Header(SipHeaderId.CSeq, string.Create(CultureInfo.InvariantCulture, $"{NextCSeq()} REGISTER"))
            .Header(SipHeaderId.Contact, _contact)
            .Header(SipHeaderId.Expires, expires)
            .Finish();
        _byToken.Add(token, notice);
        notice.Server.InFlight++;
        _transactions.SendRequest(token, branch, SipMethod.Register, bytes, server, now);
    }

    // RFC 3261 section 8.1.1.5: below 2^31. One count for all users still grows within each one's Call-ID.
    private uint NextCSeq() => _cseq = _cseq >= int.MaxValue ? 1 : _cseq + 1;

    private sealed class Notice(string addressOfRecord, Server server)
    {
        public string AddressOfRecord { get; } = addressOfRecord;

        public Server Server { get; } = server;

        public bool IsInFlight { get; set; }

        /// <summary>Something changed after the request in flight was written.</summary>
        public bool IsOutdated { get; set; }
    }

    /// <summary>The application server of a group of mailboxes, and who it has yet to hear of.</summary>
    private sealed class Server(SipHop? hop, int maxInFlight)
    {
        private TimeSpan _pause;

        public SipHop? Hop { get; private set; } = hop;

        public string RequestUri { get; private set; } = $"sip:{hop?.EndPoint}";

        public Queue<Notice> Waiting { get; } = new();

        public int InFlight { get; set; }

        public Instant ResumeAt { get; private set; } = new(long.MinValue);

        /// <summary>Something may be sent, now or after the pause.</summary>
        public bool HasWork => Hop is not null && Waiting.Count > 0 && InFlight < maxInFlight;

        public void MoveTo(SipHop hop, Instant now)
        {
            Hop = hop;
            RequestUri = $"sip:{hop.EndPoint}";
            _pause = default;
            ResumeAt = now;
        }

        public void EndPauses() => _pause = default;

        public void Pause(Instant now, TimeSpan retryAfter)
        {
            if (now < ResumeAt && retryAfter == default)
            {
                return;   // one failed connection fails many requests at once: that is one pause
            }

            _pause = _pause == default ? FirstPause : TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, LongestPause.Ticks));
            ResumeAt = now + (retryAfter > _pause ? retryAfter : _pause);
        }
    }
}
