using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>A mailbox with a store of its own that answers in order, under virtual time. Everything that happens goes into the log.</summary>
internal sealed class MailboxHarness
{
    public static readonly DateTimeOffset Start = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly byte[] Notification = CpimWriter.Write(new CpimMessage
    {
        From = "sip:10.0.0.9:5090",
        MessageId = "r",
        Requests = DispositionRequests.NegativeDelivery | DispositionRequests.Processing,
        ContentType = ImdnReport.MediaType,
    });

    private readonly Queue<Action> _storeWork = new();
    private readonly MailboxSettings _settings;
    private long _arrivals;

    public MailboxHarness(MailboxSettings? settings = null, IEnumerable<MailboxRecord>? stored = null, bool inventoryKnown = true, ulong seed = 1)
    {
        _settings = settings ?? new MailboxSettings();
        foreach (var record in stored ?? [])
        {
            Durable.Add(record.Arrival, record);
            _arrivals = Math.Max(_arrivals, record.Arrival);
        }

        Behavior = new MailboxBehavior(_settings, new SeededRandomSource(seed), inventoryKnown ? InventoryOf(Durable.Values) : null);
    }

    public MailboxBehavior Behavior { get; }

    public SortedDictionary<long, MailboxRecord> Durable { get; } = [];

    public List<string> Log { get; } = [];

    public List<long> InFlight { get; } = [];

    public Dictionary<long, int> Answers { get; } = [];

    public Dictionary<MailboxFact, int> Facts { get; } = [];

    public Instant Now { get; private set; } = new(1_000_000);

    public DateTimeOffset UtcNow => Start + (Now - new Instant(1_000_000));

    /// <summary>False: the store keeps its work until it is told to go on.</summary>
    public bool StoreRuns { get; set; } = true;

    public bool StoreFails { get; set; }

    /// <summary>What the server has no room for; null: there is room.</summary>
    public MailboxFact? ServerIsFull { get; set; }

    public bool ReadsFail { get; set; }

    /// <summary>Turns that the mailbox has asked for and not been given.</summary>
    public int TurnsAsked { get; private set; }

    /// <summary>Reports about messages of this mailbox that have no answer yet, by arrival.</summary>
    public Dictionary<long, ImdnStatus> Reports { get; } = [];

    /// <summary>What new messages ask for.</summary>
    public DispositionRequests Requests { get; set; }

    public int StoreBacklog => _storeWork.Count;

    /// <summary>Called for every delivery, before anything else happens.</summary>
    public Action<MailboxRecord>? OnDeliver { get; set; }

    public int Count(MailboxFact fact) => Facts.GetValueOrDefault(fact);

    public MailboxRecord Record(double secondsFromStart, long arrival = 0, TimeSpan? expiresIn = null, int bodyBytes = 10)
    {
        arrival = arrival == 0 ? ++_arrivals : arrival;
        var timestamp = NtpTimestamp.FromUtc(Start.AddSeconds(secondsFromStart));
        var asks = Requests != DispositionRequests.None;
        var wrapper = new CpimMessage { From = "sip:alice@ims.example", MessageId = $"id{arrival}", Requests = Requests, Content = new byte[bodyBytes] };
        return new MailboxRecord
        {
            Arrival = arrival,
            Recipient = "sip:bob@ims.example",
            Timestamp = timestamp,
            Position = MailboxPosition.Of(timestamp, arrival, _settings.OldestFirst),
            ArrivedAt = UtcNow,
            ExpiresAt = expiresIn is { } span ? UtcNow + span : DateTimeOffset.MaxValue,
            FromUri = "sip:alice@ims.example",
            ToUri = "sip:bob@ims.example",
            ContentType = asks ? "message/cpim" : "text/plain",
            Body = asks ? CpimWriter.Write(wrapper) : new byte[bodyBytes],
        };
    }

    /// <summary>A MESSAGE comes in; its timestamp is given in seconds from the start.</summary>
    public long Arrive(double secondsFromStart = 0, TimeSpan? expiresIn = null, int bodyBytes = 10)
    {
        var record = Record(secondsFromStart, 0, expiresIn, bodyBytes);
        Behavior.HandleMessage(record, record.Arrival, Now, UtcNow);
        Settle();
        return record.Arrival;
    }

    public void Begin(bool online = false)
    {
        Behavior.HandleStart(online, Now, UtcNow);
        Settle();
    }

    public void Register(bool online = true)
    {
        Behavior.HandleRegistration(online, Now, UtcNow);
        Settle();
    }

    /// <summary>An operator takes out what arrived before a time, in seconds from the start.</summary>
    public MailboxPurge Purge(double secondsFromStart)
    {
        var purge = new MailboxPurge(null, Start.AddSeconds(secondsFromStart));
        Behavior.HandlePurge(purge, Now, UtcNow);
        Settle();
        return purge;
    }

    public void Stop(TimeSpan grace)
    {
        Behavior.HandleStop(grace, Now, UtcNow);
        Settle();
    }

    /// <summary>Registered, and the wait for the first delivery over.</summary>
    public void ComeOnline()
    {
        Register();
        Advance(_settings.DrainDelay);
    }

    public void Result(long arrival, int status, TimeSpan? retryAfter = null)
    {
        InFlight.Remove(arrival);
        Behavior.HandleDeliveryResult(arrival, status, retryAfter, Now, UtcNow);
        Settle();
    }

    /// <summary>The mailbox of the sender has answered to a report.</summary>
    public void Reported(long arrival, int status)
    {
        Reports.Remove(arrival);
        Behavior.HandleReported(arrival, status, Now, UtcNow);
        Settle();
    }

    /// <summary>A report for this mailbox's phone comes in, about a message with the given arrival elsewhere (0: none).</summary>
    public long ReportArrives(long replaces)
    {
        var record = Record(0) with { Replaces = replaces, ContentType = "message/cpim", Body = Notification };
        Behavior.HandleReport(record, record.Arrival, Now, UtcNow);
        Settle();
        return record.Arrival;
    }

    public void CoreIsBusy(TimeSpan time)
    {
        Behavior.HandleCoreBusy(Now + time, Now, UtcNow);
        Settle();
    }

    /// <summary>The server's limiter lets the mailbox send one stored message.</summary>
    public void GiveTurn()
    {
        Assert.True(TurnsAsked > 0, "no turn was asked for");
        TurnsAsked--;
        Behavior.HandleTurn(Now, UtcNow);
        Settle();
    }

    /// <summary>Steps from deadline to deadline, as an actor would.</summary>
    public void Advance(TimeSpan span)
    {
        var target = Now + span;
        while (Behavior.NextDeadline <= target)
        {
            Now = Behavior.NextDeadline > Now ? Behavior.NextDeadline : Now;
            Behavior.HandleTimeout(Now, UtcNow);
            Settle();
        }

        Now = target;
    }

    public void RunStore(int commands = int.MaxValue)
    {
        while (commands-- > 0 && _storeWork.TryDequeue(out var work))
        {
            work();
        }
    }

    /// <summary>The log since the last call.</summary>
    public string[] TakeLog()
    {
        var taken = Log.ToArray();
        Log.Clear();
        return taken;
    }

    public static MailboxInventory InventoryOf(IEnumerable<MailboxRecord> records)
    {
        var all = records.ToList();
        return all.Count == 0
            ? MailboxInventory.Empty
            : new MailboxInventory(all.Count, all.Sum(record => (long)record.Body.Length), all.Min(record => record.ExpiresAt));
    }

    private void Settle()
    {
        TakeEffects();
        while (StoreRuns && _storeWork.Count > 0)
        {
            RunStore(1);
        }
    }

    private void TakeEffects()
    {
        while (Behavior.TryTakeEffect(out var effect))
        {
            Perform(effect);
        }
    }

    private void Perform(MailboxEffect effect)
    {
        switch (effect.Kind)
        {
            case MailboxEffectKind.Store:
                Log.Add($"store {effect.Record!.Arrival}");
                if (ServerIsFull is { } reason)
                {
                    Behavior.HandleServerFull(effect.Record!.Arrival, reason, Now, UtcNow);
                    break;
                }

                _storeWork.Enqueue(() => Append(effect.Record!));
                break;
            case MailboxEffectKind.Remove:
                Log.Add($"remove {effect.Arrival}");
                _storeWork.Enqueue(() => Assert.True(Durable.Remove(effect.Arrival), $"{effect.Arrival} was not stored"));
                break;
            case MailboxEffectKind.Read:
                _storeWork.Enqueue(() => Answer(effect.Read));
                break;
            case MailboxEffectKind.Answer:
                Log.Add($"{effect.Status} to {effect.Sender}");
                Assert.True(Answers.TryAdd((long)effect.Sender!, effect.Status), $"two final answers to {effect.Sender}");
                if (effect.Status == 202)
                {
                    Assert.True(Durable.ContainsKey((long)effect.Sender!), $"202 for {effect.Sender}, which is not durable");
                }

                break;
            case MailboxEffectKind.Deliver:
                Log.Add($"deliver {effect.Record!.Arrival}");
                Assert.DoesNotContain(effect.Record!.Arrival, InFlight);
                OnDeliver?.Invoke(effect.Record!);
                InFlight.Add(effect.Record!.Arrival);
                break;
            case MailboxEffectKind.Abandon:
                Log.Add($"abandon {effect.Record!.Arrival}");
                Assert.True(InFlight.Remove(effect.Record!.Arrival));
                break;
            case MailboxEffectKind.Dropped:
                Log.Add($"dropped {effect.Record!.Arrival} {effect.Reason}");
                break;
            case MailboxEffectKind.Report:
                Log.Add($"report {effect.Record!.Arrival} {effect.Report}");
                if (effect.Arrival != 0)
                {
                    Assert.Equal(effect.Record!.Arrival, effect.Arrival);
                    Reports[effect.Arrival] = effect.Report;
                }

                break;
            case MailboxEffectKind.CoreBusy:
                Log.Add($"core busy {effect.RetryAfter.TotalSeconds}");
                break;
            case MailboxEffectKind.AskTurn:
                Log.Add("ask turn");
                TurnsAsked++;
                Assert.Equal(1, TurnsAsked);
                break;
            case MailboxEffectKind.ReturnTurn:
                Log.Add("return turn");
                break;
            case MailboxEffectKind.Purged:
                var purge = (MailboxPurge)effect.Sender!;
                Log.Add($"purged {purge.Removed}, {purge.UnderWay} under way");
                break;
            case MailboxEffectKind.Fact:
                Facts[effect.Fact] = Count(effect.Fact) + 1;
                break;
            default:
                Assert.Fail($"unexpected {effect.Kind}");
                break;
        }
    }

    private void Append(MailboxRecord record)
    {
        if (!StoreFails)
        {
            Durable.Add(record.Arrival, record);
        }

        Behavior.HandleStored(record.Arrival, !StoreFails, Now, UtcNow);
        TakeEffects();
    }

    private void Answer(MailboxRead read)
    {
        if (ReadsFail)
        {
            Behavior.HandleRead(new MailboxReadResult(read.Kind, false, [], default), Now, UtcNow);
            TakeEffects();
            return;
        }

        var result = read.Kind switch
        {
            MailboxReadKind.Page => new MailboxReadResult(
                read.Kind,
                true,
                [.. Durable.Values.Where(record => record.Position > read.After).OrderBy(record => record.Position).Take(read.Limit)],
                default),
            MailboxReadKind.Expired => Expired(read),
            _ => new MailboxReadResult(read.Kind, true, [], InventoryOf(Durable.Values)),
        };
        Behavior.HandleRead(result, Now, UtcNow);
        TakeEffects();
    }

    private MailboxReadResult Expired(MailboxRead read)
    {
        var expired = Durable.Values.Where(record => record.ExpiresAt <= read.ExpiredAt).ToList();
        var rest = InventoryOf(Durable.Values.Where(record => record.ExpiresAt > read.ExpiredAt));
        return expired.Count < read.Limit
            ? new MailboxReadResult(read.Kind, true, expired, rest)
            : new MailboxReadResult(read.Kind, true, expired[..read.Limit], rest with { EarliestExpiry = read.ExpiredAt });
    }
}
