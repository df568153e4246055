using System.Buffers.Text;
using System.Text;
using UeFarm.Protocol.RegEvent;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Smime;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// How a mailbox learns from the core whether its phone is registered, where nobody tells it by itself: a subscription to the event package "reg" (RFC 3680) while
/// messages wait or have come lately; refreshed, taken up again when the core lost or ended it, given back when nothing needs it. Pure and not thread-safe: call a
/// method, then take request and presence; wake it at <see cref="NextDeadline"/>. One SUBSCRIBE is under way at a time.
/// </summary>
internal sealed class RegEventSubscriber
{
    private const int NotifyPatienceInT1 = 64;
    private static readonly TimeSpan LongExpiry = TimeSpan.FromSeconds(1200);
    private static readonly TimeSpan RefreshLead = TimeSpan.FromSeconds(600);

    /// <summary>A subscription that ends sooner is not taken up again at once, whatever the core says: two that do not agree must not turn in circles.</summary>
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(5);

    private readonly string _recipient;
    private readonly MailboxSettings _settings;
    private readonly MailboxEndpoint _endpoint;
    private readonly IRandomSource _random;
    private RegEventDialog? _dialog;
    private SubscribeRequest? _request;
    private bool? _presence;
    private bool _isOnline;
    private bool _isPending;
    private bool _isLeaving;
    private bool _hasMessages;
    private Instant _wantedUntil = new(long.MinValue);
    private Instant _retryAt = new(long.MinValue);
    private Instant _startedAt;
    private TimeSpan _expires;
    private int _failures;

    public RegEventSubscriber(string recipient, MailboxSettings settings, MailboxEndpoint endpoint, IRandomSource random)
    {
        _recipient = recipient;
        _settings = settings;
        _endpoint = endpoint;
        _random = random;
        _expires = settings.SubscriptionExpiry;
    }

    /// <summary>No subscription, and none wanted.</summary>
    public bool IsIdle(Instant now) => _dialog is null && !_isPending && !IsWanted(now);

    public bool IsSubscribed => _dialog is { IsConfirmed: true };

    public Instant NextDeadline
    {
        get
        {
            var deadline = _hasMessages || _dialog is null ? Instant.Never : _wantedUntil;
            if (_isPending)
            {
                return Instant.Never;   // its answer brings the next step
            }

            return _dialog is { } dialog ? Instant.Min(deadline, dialog.NextDeadline)
                : _hasMessages || _wantedUntil > _retryAt ? _retryAt
                : Instant.Never;
        }
    }

    /// <summary>A message came: presence is worth knowing for a while, whatever becomes of this one.</summary>
    public void Touch(Instant now) => _wantedUntil = now + _settings.SubscriptionLinger;

    /// <summary>To be called whenever anything happened, with whether messages wait.</summary>
    public void Update(bool hasMessages, Instant now)
    {
        _hasMessages = hasMessages;
        if (_isPending)
        {
            return;
        }

        if (_dialog is null)
        {
            if (IsWanted(now) && now >= _retryAt)
            {
                _startedAt = now;
                Subscribe(new RegEventDialog(_random), _expires);
            }
        }
        else if (_dialog.EndsAt <= now || _dialog.NotifyBy <= now)
        {
            Fail(null, now);
        }
        else if (!IsWanted(now))
        {
            _isLeaving = true;
            Subscribe(_dialog, TimeSpan.Zero);
        }
        else if (_dialog.RefreshAt <= now)
        {
            Subscribe(_dialog, _expires);
        }
    }

    public bool TryTakeRequest(out SubscribeRequest request)
    {
        request = _request.GetValueOrDefault();
        var isThere = _request is not null;
        _request = null;
        return isThere;
    }

    /// <summary>What was learnt since the last call: the phone registered (again), or is gone or out of sight.</summary>
    public bool TryTakePresence(out bool online)
    {
        online = _presence.GetValueOrDefault();
        var isThere = _presence is not null;
        _presence = null;
        return isThere;
    }

    /// <summary>The final response to the SUBSCRIBE; null: there was none.</summary>
    public void HandleResponse(SipResponse? response, Instant now)
    {
        _isPending = false;
        if (_dialog is not { } dialog)
        {
            return;   // a notification has ended the subscription meanwhile
        }

        var status = response?.StatusCode ?? 0;
        if (status is >= 200 and < 300)
        {
            Accept(dialog, response!, now);
        }
        else if (status == 423 && ReadSeconds(response!, SipHeaderId.MinExpires) is { } least && least > _expires && least <= TimeSpan.FromDays(30))
        {
            _expires = least;
            Subscribe(dialog, _expires);
        }
        else if (_isLeaving || status == 481)
        {
            // The core does not know it any more, or is rid of it: begin afresh if there is need.
            End(now, TimeSpan.Zero);
        }
        else if (dialog.IsConfirmed && dialog.EndsAt > now)
        {
            // RFC 6665 section 4.1.2.2: what failed is the refresh; the subscription goes on to its end.
            dialog.RefreshAt = Instant.Min(now + BackOff(response), dialog.EndsAt);
        }
        else
        {
            Fail(response, now);
        }
    }

    /// <summary>A NOTIFY; returns the status to answer.</summary>
    public int HandleNotify(SipRequest request, Instant now)
    {
        if (_dialog is not { } dialog || !dialog.Matches(request))
        {
            return 481;
        }

        request.TryGetHeader(SipHeaderId.Event, out var package);
        if (!Ascii.EqualsIgnoreCase(MimeValue.TypeOf(package), "reg"u8))
        {
            return 489;
        }

        if (!request.TryGetHeader(SipHeaderId.SubscriptionState, out var state))
        {
            return 400;
        }

        Reginfo? info = null;
        if (request.Body.Length > 0)
        {
            request.TryGetHeader(SipHeaderId.ContentType, out var type);
            if (!Ascii.EqualsIgnoreCase(MimeValue.TypeOf(type), "application/reginfo+xml"u8))
            {
                return 415;
            }

            if (!ReginfoXml.TryRead(request.Body, out info, out _))
            {
                return 400;
            }
        }

        if (!dialog.TryAdvance(request))
        {
            return 500;
        }

        _failures = 0;
        dialog.NotifyBy = Instant.Never;
        Learn(dialog, info);
        TakeState(dialog, state, now);
        return 200;
    }

    private bool IsWanted(Instant now) => _hasMessages || now < _wantedUntil;

    private void Subscribe(RegEventDialog dialog, TimeSpan expires)
    {
        _dialog = dialog;
        _isPending = true;
        _request = new SubscribeRequest(dialog, (long)expires.TotalSeconds);
    }

    private void Accept(RegEventDialog dialog, SipResponse response, Instant now)
    {
        if (_isLeaving)
        {
            End(now, TimeSpan.Zero);
            return;
        }

        var granted = ReadSeconds(response, SipHeaderId.Expires) ?? _expires;
        dialog.Confirm(response);
        Prolong(dialog, granted < _expires ? granted : _expires, now);
        if (dialog.LastNotified is null)
        {
            // RFC 6665 section 4.1.2.4, timer N: a subscription without a notification is none.
            dialog.NotifyBy = now + (NotifyPatienceInT1 * _endpoint.Timers.T1);
        }
    }

    private static void Prolong(RegEventDialog dialog, TimeSpan expires, Instant now)
    {
        dialog.EndsAt = now + expires;
        dialog.RefreshAt = now + (expires > LongExpiry ? expires - RefreshLead : expires / 2);
    }

    /// <summary>
    /// Only the state of the whole registration counts. Interpretation: a partial document that leaves it active tells of a REGISTER, as a third-party REGISTER
    /// would; a full one repeats what is known, since it comes with every refresh.
    /// </summary>
    private void Learn(RegEventDialog dialog, Reginfo? info)
    {
        if (info is null || (dialog.Version is { } last && info.Version <= last))
        {
            return;
        }

        dialog.Version = info.Version;
        foreach (var registration in info.Registrations)
        {
            if (ComparableIdentity.Of(registration.AddressOfRecord) == _recipient)
            {
                SetPresence(registration.State == RegistrationState.Active, isNews: !info.IsFull);
            }
        }
    }

    private void TakeState(RegEventDialog dialog, ReadOnlySpan<byte> state, Instant now)
    {
        if (!Ascii.EqualsIgnoreCase(MimeValue.TypeOf(state), "terminated"u8))
        {
            if (Utf8Parser.TryParse(MimeValue.ParameterOf(state, "expires"u8), out uint seconds, out _) && !_isPending)
            {
                // The notifier may shorten; what it says beyond what was granted changes nothing.
                var left = TimeSpan.FromSeconds(seconds);
                if (now + left < dialog.EndsAt)
                {
                    Prolong(dialog, left, now);
                }
            }

            return;
        }

        if (_isLeaving)
        {
            return;   // the answer to the SUBSCRIBE ends it
        }

        var reason = MimeValue.ParameterOf(state, "reason"u8);
        var retryAfter = Utf8Parser.TryParse(MimeValue.ParameterOf(state, "retry-after"u8), out uint wait, out _) ? TimeSpan.FromSeconds(wait) : TimeSpan.Zero;
        if (Ascii.EqualsIgnoreCase(reason, "rejected"u8) || Ascii.EqualsIgnoreCase(reason, "noresource"u8) || Ascii.EqualsIgnoreCase(reason, "invariant"u8))
        {
            // RFC 6665 section 4.1.3: not to be tried again soon. Messages wait; so the longest pause it is.
            retryAfter = _settings.BackOffCap;
        }

        End(now, retryAfter);
    }

    /// <summary>The subscription is over. What the phone does is out of sight then, until the next one tells.</summary>
    private void End(Instant now, TimeSpan pause)
    {
        _dialog = null;
        _isLeaving = false;
        _isPending = false;
        _request = null;
        pause = pause == TimeSpan.Zero && now - _startedAt < ShortestLife ? BackOff(null) : pause < _settings.BackOffCap ? pause : _settings.BackOffCap;
        _retryAt = now + pause;
        SetPresence(false, isNews: false);
    }

    private void Fail(SipResponse? response, Instant now) => End(now, BackOff(response));

    private void SetPresence(bool online, bool isNews)
    {
        if (online != _isOnline || (online && isNews))
        {
            _isOnline = online;
            _presence = online;
        }
    }

    /// <summary>Doubles with every failure in a row up to the cap, 50-100 % of it, or Retry-After where that is longer.</summary>
    private TimeSpan BackOff(SipResponse? response)
    {
        _failures = Math.Min(_failures + 1, 30);
        var ticks = Math.Min(_settings.BackOffBase.Ticks * Math.Pow(2, _failures - 1), _settings.BackOffCap.Ticks);
        var wait = TimeSpan.FromTicks((long)(ticks * (0.5 + (0.5 * (_random.NextUInt64() >> 11) / (1UL << 53)))));
        var asked = response is null ? TimeSpan.Zero : ReadSeconds(response, SipHeaderId.RetryAfter) ?? TimeSpan.Zero;
        asked = asked < _settings.BackOffCap ? asked : _settings.BackOffCap;
        return asked > wait ? asked : wait;
    }

    private static TimeSpan? ReadSeconds(SipResponse response, SipHeaderId id) =>
        response.TryGetHeader(id, out var value) && Utf8Parser.TryParse(value, out uint seconds, out _) ? TimeSpan.FromSeconds(seconds) : null;
}
