namespace UeFarm.Protocol.Messaging;

/// <summary>
/// What a store-and-forward server decides for one recipient: forward, store, deliver in order, back off, give up. Pure: inputs through
/// <c>Handle...</c>, effects out through <see cref="TryTakeEffect"/>, to be carried out in their order; not thread-safe.
/// A sender is told 202 only after the store has confirmed the message (DESIGN section 9, durability).
/// With a window of 1 and nothing bypassing, one delivery is under way at a time (RFC 3428 section 8), always the first in order.
/// </summary>
public sealed partial class MailboxBehavior
{
    private static readonly TimeSpan ReadRetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Messages of one recipient that may wait for the disk; more are refused (the store is stuck).</summary>
    private const int MaxStoring = 1024;

    private readonly MailboxSettings _settings;
    private readonly IRandomSource _random;
    private readonly MailboxBacklog _backlog;
    private readonly List<ActiveMessage> _active = [];
    private readonly List<Attempt> _attempted = [];
    private readonly Queue<MailboxEffect> _effects = new();
    private int _storing;
    private int _inFlight;
    private int _bypassing;
    private long _bodyBytes;
    private bool _online;
    private int _failures;
    private bool _awaitsDrain;
    private Instant _resumeAt = new(long.MinValue);
    private Instant _quietUntil = new(long.MinValue);
    private Instant _headReadyAt = Instant.Never;
    private Instant _nextDrainAt = new(long.MinValue);
    private bool _awaitsTurn;
    private bool _holdsTurn;
    private Instant _readRetryAt = new(long.MinValue);
    private MailboxPosition _newestDelivered = MailboxPosition.Start;
    private int _deliveries;

    /// <summary>The inventory is what the store holds for the recipient; null: not known, the mailbox asks first.</summary>
    public MailboxBehavior(MailboxSettings settings, IRandomSource random, MailboxInventory? inventory)
    {
        _settings = settings;
        _random = random;
        _backlog = new MailboxBacklog(Math.Max(1, settings.PageRecords), inventory);
        _bodyBytes = inventory?.BodyBytes ?? 0;
        _distrustsEarlier = inventory is not { Count: 0 };
        StoredCount = inventory?.Count ?? 0;
    }

    public bool IsOnline => _online;

    /// <summary>Stored messages, those on their way to the phone included.</summary>
    public int StoredCount { get; private set; }

    /// <summary>Bytes of the bodies that are stored or being stored.</summary>
    public long StoredBytes => _bodyBytes;

    public int InFlight => _inFlight + _bypassing;

    /// <summary>Nothing held and nothing awaited: the mailbox may be forgotten (its owner keeps whether the phone is online).</summary>
    public bool IsIdle => _backlog.IsKnown && !_backlog.IsReading && IsAtRest && _backlog.Count == 0 && !_awaitsTurn && !IsPurging;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    public bool TryTakeEffect(out MailboxEffect effect) => _effects.TryDequeue(out effect);

    /// <summary>Once after construction with an inventory: arms deadlines, asks for what is needed.</summary>
    public void HandleStart(bool online, Instant now, DateTimeOffset utcNow)
    {
        _online = online;
        if (online && !(_backlog.IsKnown && _backlog.Count == 0))
        {
            AwaitDrain(now);
        }

        Step(now, utcNow);
    }

    /// <summary>A new MESSAGE for the recipient. The sender object comes back with the answers to it.</summary>
    public void HandleMessage(MailboxRecord record, object sender, Instant now, DateTimeOffset utcNow)
    {
        NoteArrival(record);
        var message = new ActiveMessage(record) { Sender = sender };
        if (record.ExpiresAt <= utcNow)
        {
            Refuse(message, 480, TimeSpan.Zero, MailboxFact.RefusedExpired);
        }
        else if (_isStopping)
        {
            Refuse(message, 503, _settings.RefusalRetryAfter, MailboxFact.RefusedStopping);
        }
        else if (CanForwardAtOnce(record, now, utcNow))
        {
            Forward(message, now);
        }
        else
        {
            BeginStoring(message, enforceLimits: true);
        }

        Step(now, utcNow);
    }

    /// <summary>The store's word on a message: durable, or not stored at all.</summary>
    public void HandleStored(long arrival, bool durable, Instant now, DateTimeOffset utcNow)
    {
        if (!TryFindActive(arrival, out var message) || !message.IsStoring)
        {
            return; // asked for by an earlier life of this mailbox; the inventory counts it
        }

        if (!durable)
        {
            GiveUpStoring(message, 503, MailboxFact.RefusedStorage);
            Step(now, utcNow);
            return;
        }

        message.IsStoring = false;
        _storing--;
        if (message.IsFinished)
        {
            _active.Remove(message);
            Forget(arrival, message.Record.Body.Length);
        }
        else
        {
            message.IsStored = true;
            StoredCount++;
            Answer(message, 202, TimeSpan.Zero);
            Emit(MailboxFact.Stored);
            ReportStored(message.Record);
            if (!message.IsInFlight)
            {
                ReturnToBacklog(message, now, utcNow);
            }
        }

        Step(now, utcNow);
    }

    /// <summary>
    /// A message that was to be stored was not, because the server as a whole holds what it may; the fact says of what.
    /// Interpretation: 480 as for a full mailbox: phones that are there can still be written to, and a 503 would stop that as well.
    /// </summary>
    public void HandleServerFull(long arrival, MailboxFact fact, Instant now, DateTimeOffset utcNow)
    {
        if (TryFindActive(arrival, out var message) && message.IsStoring)
        {
            GiveUpStoring(message, 480, fact);
            Step(now, utcNow);
        }
    }

    /// <summary>
    /// The core says that the phone registered (again), or is gone. A registration while a delivery is under way means that the phone may have
    /// been cut silently and come back: that delivery is abandoned and the same message is sent again. Repetition changes nothing else.
    /// </summary>
    public void HandleRegistration(bool online, Instant now, DateTimeOffset utcNow)
    {
        if (!online)
        {
            _online = false;
            _failures = 0;
            _awaitsDrain = false;
            _backlog.Evict();
        }
        else
        {
            var interrupted = InFlight > 0;
            var wasReachable = _online && _failures == 0;
            _online = true;
            _failures = 0;
            AbandonDeliveries(now, utcNow);
            if (interrupted || !wasReachable)
            {
                AwaitDrain(now);
            }
        }

        Step(now, utcNow);
    }

    /// <summary>
    /// A delivery ended. Status 0: no answer (timeout, transport error). A late 2xx for a delivery already given up counts; any other late
    /// answer changes nothing.
    /// </summary>
    public void HandleDeliveryResult(long arrival, int status, TimeSpan? retryAfter, Instant now, DateTimeOffset utcNow)
    {
        var outcome = DeliveryClasses.Of(status);
        if (!TryFindActive(arrival, out var message) || !message.IsInFlight)
        {
            if (outcome == DeliveryClass.Done)
            {
                LateSuccess(arrival, message, status);
            }

            Step(now, utcNow);
            return;
        }

        LeaveFlight(message);
        if (outcome == DeliveryClass.Temporary)
        {
            Emit(MailboxFact.TemporaryFailure);
            BackOff(retryAfter, now);
            if (status == 503 && retryAfter is { } silence && silence > TimeSpan.Zero)
            {
                // RFC 3261 section 21.5.4: nothing at all to that server. There is one, the core, for every mailbox.
                silence = silence < _settings.BackOffCap ? silence : _settings.BackOffCap;
                _effects.Enqueue(new MailboxEffect(MailboxEffectKind.CoreBusy, RetryAfter: silence));
            }

            KeepForLater(message, now, utcNow);
        }
        else
        {
            _failures = 0;
            if (outcome == DeliveryClass.Done)
            {
                NoteDelivered(message.Record.Position);
            }

            Finish(message, status, outcome);
        }

        Step(now, utcNow);
    }

    /// <summary>The store's answer to the question that was asked last.</summary>
    public void HandleRead(MailboxReadResult result, Instant now, DateTimeOffset utcNow)
    {
        if (!_backlog.IsReading)
        {
            return; // asked by an earlier life of this mailbox
        }

        if (!result.Succeeded)
        {
            _readRetryAt = now + ReadRetryDelay;
        }

        if (_isSurveying)
        {
            TakeSurvey(result);
            Step(now, utcNow);
            return;
        }

        foreach (var record in result.Records)
        {
            if (TryFindActive(record.Arrival, out _) || _backlog.WasRemoved(record.Arrival) || IsReporting(record.Arrival))
            {
                if (result.Kind == MailboxReadKind.Page)
                {
                    _backlog.PassFromPage(record.Position);
                }

                continue;
            }

            if (result.Kind == MailboxReadKind.Page)
            {
                _backlog.AddFromPage(record);
            }
            else
            {
                _backlog.Remove(record.Arrival);
                DropExpired(record);
            }
        }

        _backlog.EndRead(result);
        if (result is { Succeeded: true, Kind: MailboxReadKind.Inventory })
        {
            TakeInventory(result.Inventory, now);
        }

        Step(now, utcNow);
    }

    /// <summary>To be called at <see cref="NextDeadline"/>; earlier calls do no harm.</summary>
    public void HandleTimeout(Instant now, DateTimeOffset utcNow) => Step(now, utcNow);

    private void TakeInventory(MailboxInventory inventory, Instant now)
    {
        StoredCount = inventory.Count;
        _bodyBytes = inventory.BodyBytes;
        foreach (var message in _active)
        {
            _bodyBytes += message.IsStoring ? message.Record.Body.Length : 0;
        }

        if (_online && inventory.Count > 0)
        {
            AwaitDrain(now);
        }
    }

    private bool CanForwardAtOnce(MailboxRecord record, Instant now, DateTimeOffset utcNow)
    {
        if (!_online || !_backlog.IsKnown || now < _quietUntil || MailboxBacklog.ReadyAt(record, _settings.Settle) > utcNow)
        {
            return false;
        }

        // Who may overtake the drain does not wait for its beginning either: without failures, _resumeAt is the drain delay.
        return _settings.LiveBypassesDrain && _failures == 0
            ? _bypassing < _settings.MaxLiveInFlight
            : now >= _resumeAt && _active.Count == 0 && _backlog.Count == 0;
    }

    /// <summary>What is known of a message that was sent and came back to the backlog, whose body may be out of memory.</summary>
    private readonly record struct Attempt(long Arrival, int BodyLength, MailboxPosition Position);

    /// <summary>A message that is more than a line in the backlog: a sender waits, the disk is writing, or it is on its way.</summary>
    private sealed class ActiveMessage(MailboxRecord record)
    {
        public MailboxRecord Record { get; } = record;

        /// <summary>Whoever still waits for a final answer.</summary>
        public object? Sender { get; set; }

        public bool IsStoring { get; set; }

        public bool IsStored { get; set; }

        public bool IsInFlight { get; set; }

        public bool IsBypassing { get; set; }

        public bool WasAttempted { get; set; }

        /// <summary>Answered finally while the disk was still writing: to be removed as soon as it is there.</summary>
        public bool IsFinished { get; set; }

        /// <summary>To be taken out unless the phone takes it.</summary>
        public bool IsPurged { get; set; }

        public Instant HoldUntil { get; set; } = Instant.Never;
    }
}
