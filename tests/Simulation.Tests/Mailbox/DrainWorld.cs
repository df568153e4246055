using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Simulation.Tests.Mailbox;

/// <summary>
/// The mailboxes of one server in virtual time, with a store in memory and a limit of the drain; phones that answer after a while. What must hold at every
/// moment is asserted here, for every world: one message under way per phone, oldest first, nothing expired, little memory, the limits.
/// </summary>
internal sealed class DrainWorld
{
    public const int PageRecords = 16;

    private readonly PriorityQueue<Action, (long Due, long Number)> _events = new();
    private readonly SeededRandomSource _random;
    private readonly MailboxSettings _settings;
    private readonly DrainLimiter? _limiter;

    /// <summary>The naive model of the limiter: who asked, in order. Each turn must be used or given back by the first.</summary>
    private readonly Queue<int> _line = new();
    private long _number;
    private long _turnArmedFor = long.MaxValue;

    public DrainWorld(ulong seed, int phones, double? drainRate, double? drainRatePerUe)
    {
        _random = new SeededRandomSource(seed);
        _settings = new MailboxSettings
        {
            PageRecords = PageRecords,
            MaxMessages = 100_000,
            NeedsTurns = drainRate is not null,
            DrainInterval = drainRatePerUe is { } perUe ? TimeSpan.FromSeconds(1 / perUe) : TimeSpan.Zero,
        };
        _limiter = drainRate is { } rate ? new DrainLimiter(rate) : null;
        for (var phone = 0; phone < phones; phone++)
        {
            Boxes.Add(new DrainBox(phone, _settings, new SeededRandomSource(_random.NextUInt64())));
        }
    }

    public List<DrainBox> Boxes { get; } = [];

    public Instant Now { get; private set; } = new(TimeSpan.TicksPerDay);

    public DateTimeOffset Utc => new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero) + (Now - new Instant(0));

    /// <summary>Every delivery: when, and to whom.</summary>
    public List<(Instant At, int Phone)> Deliveries { get; } = [];

    /// <summary>How long a phone takes to answer, and what: 0 means not at all, which the server learns after that time.</summary>
    public Func<SeededRandomSource, (TimeSpan After, int Status)> Answer { get; set; } = static _ => (TimeSpan.FromMilliseconds(20), 200);

    public int Waiting => _limiter?.WaitingCount ?? 0;

    public SeededRandomSource Random => _random;

    public void At(TimeSpan delay, Action action) => _events.Enqueue(action, ((Now + delay).Ticks, _number++));

    /// <summary>A message for a phone; its timestamp may be older than its arrival.</summary>
    public void Arrive(int phone, TimeSpan age = default, TimeSpan? expiresIn = null)
    {
        var box = Boxes[phone];
        box.Behavior.HandleMessage(box.CreateRecord(++_number, Utc - age, Utc, Utc + (expiresIn ?? TimeSpan.FromDays(1))), box, Now, Utc);
        Drain(box);
    }

    public void Register(int phone, bool online)
    {
        Boxes[phone].Behavior.HandleRegistration(online, Now, Utc);
        Drain(Boxes[phone]);
    }

    /// <summary>From event to event, at most for this long; true when nothing is left to happen.</summary>
    public bool Run(TimeSpan time)
    {
        var end = Now + time;
        while (_events.TryPeek(out _, out var next) && next.Due <= end.Ticks)
        {
            var happening = _events.Dequeue();
            Now = new Instant(Math.Max(Now.Ticks, next.Due));
            happening();
        }

        Now = _events.Count == 0 ? Now : end;
        return _events.Count == 0;
    }

    private void Drain(DrainBox box)
    {
        while (box.Behavior.TryTakeEffect(out var effect))
        {
            Perform(box, effect);
        }

        var deadline = box.Behavior.NextDeadline.Ticks;
        if (deadline < box.ArmedFor)
        {
            box.ArmedFor = deadline;
            _events.Enqueue(
                () =>
                {
                    box.ArmedFor = box.ArmedFor == deadline ? long.MaxValue : box.ArmedFor;
                    box.Behavior.HandleTimeout(Now, Utc);
                    Drain(box);
                },
                (Math.Max(deadline, Now.Ticks), _number++));
        }
    }

    private void Perform(DrainBox box, MailboxEffect effect)
    {
        switch (effect.Kind)
        {
            case MailboxEffectKind.Store:
                box.Stored.Add(effect.Record!.Position, effect.Record);
                At(TimeSpan.FromMilliseconds(2), () => Then(box, () => box.Behavior.HandleStored(effect.Record!.Arrival, true, Now, Utc)));
                break;
            case MailboxEffectKind.Remove:
                Assert.True(box.Take(effect.Arrival), "removed twice");
                break;
            case MailboxEffectKind.Read:
                var answer = box.Read(effect.Read);
                At(TimeSpan.FromMilliseconds(1), () => Then(box, () => box.Behavior.HandleRead(answer, Now, Utc)));
                break;
            case MailboxEffectKind.Deliver:
                Deliver(box, effect.Record!, effect.Attempt);
                break;
            case MailboxEffectKind.Abandon:
                Assert.Equal(effect.Record!.Arrival, box.InFlight?.Arrival);
                box.InFlight = null;
                break;
            case MailboxEffectKind.AskTurn:
                _line.Enqueue(box.Phone);
                _limiter!.Ask(box.Phone);
                ArmTurn();
                break;
            case MailboxEffectKind.ReturnTurn:
                Assert.Equal(_line.Dequeue(), box.Phone);
                _limiter!.Return();
                ArmTurn();
                break;
            case MailboxEffectKind.Fact:
                box.Facts[effect.Fact] = box.Count(effect.Fact) + 1;
                break;
        }
    }

    private void Deliver(DrainBox box, MailboxRecord record, int attempt)
    {
        Assert.Null(box.InFlight);
        Assert.True(record.ExpiresAt > Utc, "sent after its expiry");
        box.AssertOldest(record);
        if (_limiter is not null)
        {
            Assert.Equal(_line.Dequeue(), box.Phone);
        }

        box.InFlight = (record.Arrival, attempt);
        Deliveries.Add((Now, box.Phone));
        var (after, status) = Answer(_random);
        At(after, () => Then(box, () =>
        {
            if (box.InFlight == (record.Arrival, attempt))
            {
                box.InFlight = null;
                box.Behavior.HandleDeliveryResult(record.Arrival, status, null, Now, Utc);
            }
        }));
    }

    private void Then(DrainBox box, Action action)
    {
        action();
        Drain(box);
        box.AssertLittleMemory();
    }

    private void ArmTurn()
    {
        var due = Math.Max(_limiter!.NextDeadline.Ticks, Now.Ticks);
        if (due < _turnArmedFor)
        {
            _turnArmedFor = due;
            _events.Enqueue(GiveTurns, (due, _number++));
        }
    }

    private void GiveTurns()
    {
        _turnArmedFor = long.MaxValue;
        while (_limiter!.TryTakeTurn(Now, out var phone))
        {
            Boxes[(int)phone].Behavior.HandleTurn(Now, Utc);
            Drain(Boxes[(int)phone]);
        }

        if (_limiter.WaitingCount > 0)
        {
            ArmTurn();
        }
    }
}
