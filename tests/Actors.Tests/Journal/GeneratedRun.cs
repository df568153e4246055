using UeFarm.Actors.Attack;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Ledger;
using UeFarm.Actors.Run;
using UeFarm.Actors.Traffic;
using UeFarm.Protocol;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Tests.Journal;

/// <summary>
/// Facts as a run makes them, in the order in which they happen: phones that come and go, messages that are delivered, stored, refused, dropped, answered with errors,
/// repeated and attacked, with their reports.
/// </summary>
internal sealed class GeneratedRun
{
    public const int Phones = 12;
    private const double RegistrationSeconds = 0.6;

    private readonly Random _random;
    private readonly PhasePlan[] _phases;
    private readonly ulong _seed;
    private readonly PriorityQueue<Action<long>, (long Ticks, int Number)> _events = new();
    private readonly List<long>[] _mailboxes = [.. Enumerable.Range(0, Phones).Select(static _ => new List<long>())];
    private readonly long[] _registeredAt = new long[Phones];
    private readonly List<(int Sender, int Recipient, RunFact Sent)> _messages = [];
    private int _eventNumber;
    private ulong _identity;

    public GeneratedRun(int seed, int phases = 1)
    {
        _random = new Random(seed);
        _seed = (ulong)seed;
        _phases =
        [
            .. Enumerable.Range(0, phases).Select(phase => new PhasePlan
            {
                Name = $"p{phase}", Duration = TimeSpan.FromSeconds(8), GoOffline = 4, GoOnline = 3, Within = TimeSpan.FromSeconds(7),
            }),
        ];
        Play();
    }

    public Instant Start { get; } = new(new DateTimeOffset(2026, 7, 1, 12, 0, 10, TimeSpan.Zero).UtcTicks);

    public List<RunFact> Facts { get; } = [];

    public IReadOnlyList<(int Sender, int Recipient, Instant Due)> Opened => _opened;

    public int Phases => _phases.Length;

    private readonly List<(int Sender, int Recipient, Instant Due)> _opened = [];

    public RunSchedule CreateSchedule() => new(new TrafficPlan { RatePerSecond = 20 }, _phases, Phones, initiallyOnline: true, _seed);

    public RunRecorder CreateRecorder() =>
        new(new RunRecorderSettings { Phones = Phones, Phases = _phases.Length, Reports = ReportRequests.All, RecordArrivals = true });

    public int PhaseAt(long ticks) => Math.Clamp((int)((ticks - Start.Ticks) / _phases[0].Duration.Ticks), 0, _phases.Length - 1);

    private void Play()
    {
        for (var phone = 0; phone < Phones; phone++)
        {
            GoOnline(phone, Start.Ticks - TimeSpan.TicksPerSecond * 5);
        }

        var schedule = CreateSchedule();
        while (schedule.TryNext(out var action))
        {
            var (next, ticks) = (action, (Start + action.At).Ticks);
            switch (action.Kind)
            {
                case ScheduledActionKind.GoOnline:
                    At(ticks, now => GoOnline(next.Phone, now));
                    break;
                case ScheduledActionKind.GoOffline:
                    At(ticks, now => GoOffline(next.Phone, now));
                    break;
                case ScheduledActionKind.Send:
                    var number = _messages.Count;
                    _messages.Add((next.Phone, next.Recipient, default));
                    _opened.Add((next.Phone, next.Recipient, new Instant(ticks)));
                    In(ticks, 0, 0.03, now => Due(number, now));
                    break;
            }
        }

        var last = Start.Ticks;
        while (_events.TryDequeue(out var happens, out var at))
        {
            last = at.Ticks;
            happens(at.Ticks);
        }

        foreach (var message in _mailboxes.SelectMany(static mailbox => mailbox))
        {
            Facts.Add(new RunFact(RunFactKind.FoundStored, last, Digest: _messages[(int)message].Sent.Digest));
        }
    }

    private void GoOnline(int phone, long now)
    {
        Facts.Add(new RunFact(RunFactKind.GoOnline, now, phone));
        In(now, RegistrationSeconds, RegistrationSeconds, then => Register(phone, then));
    }

    private void Register(int phone, long now)
    {
        Facts.Add(new RunFact(RunFactKind.Registered, now, phone));
        _registeredAt[phone] = now;
        foreach (var number in _mailboxes[phone])
        {
            In(now, 0.5, 1.5, then => Receive(number, then));
        }

        _mailboxes[phone].Clear();
    }

    private void GoOffline(int phone, long now)
    {
        Facts.Add(new RunFact(RunFactKind.GoOffline, now, phone));
        if (_registeredAt[phone] != 0)
        {
            Facts.Add(new RunFact(RunFactKind.WentOffline, now, phone));
            _registeredAt[phone] = 0;
        }
    }

    private void Due(int number, long now)
    {
        var (sender, recipient, _) = _messages[number];
        Facts.Add(new RunFact(RunFactKind.Due, now, sender, number));
        if (_registeredAt[sender] == 0)
        {
            Facts.Add(new RunFact(RunFactKind.MessageFailed, now, sender, number, Failure: SendFailure.Offline));
        }
        else if (Chance(0.02))
        {
            Facts.Add(new RunFact(RunFactKind.Restarted, now, recipient));
            GoOffline(recipient, now);
            GoOnline(recipient, now);
            In(now, 0.7, 0.8, then => Send(number, then));
        }
        else
        {
            In(now, 0.005, 0.02, then => Send(number, then));
        }
    }

    private void Send(int number, long now)
    {
        var (sender, recipient, _) = _messages[number];
        var sent = new RunFact(RunFactKind.MessageSent, now, sender, number, Timestamp: NtpAt(now + _random.Next(3_000_000)), Digest: NextDigest());
        _messages[number] = (sender, recipient, sent);
        Facts.Add(sent);
        switch (_random.Next(20))
        {
            case 0:
                In(now, 1, 2, then => Facts.Add(new RunFact(RunFactKind.MessageFailed, then, sender, number, Failure: SendFailure.Timeout)));
                break;
            case 1:
                In(now, 0.01, 0.1, then => Facts.Add(new RunFact(RunFactKind.MessageAnswered, then, sender, number, _random.Next(400, 700))));
                break;
            case var way when way < 16 && _registeredAt[recipient] is var since && since != 0 && now - since > TimeSpan.TicksPerSecond / 2:
                In(now, 0.005, 0.05, then => Receive(number, then));
                In(now, 0.06, 0.09, then => Facts.Add(new RunFact(RunFactKind.MessageAnswered, then, sender, number, 200)));
                break;
            default:
                In(now, 0.02, 0.03, then => Store(number, then));
                break;
        }
    }

    private void Store(int number, long now)
    {
        var (sender, recipient, sent) = _messages[number];
        Facts.Add(new RunFact(RunFactKind.MessageAnswered, now, sender, number, 202));
        if (Chance(0.1))
        {
            var drop = Chance(0.5) ? LedgerMarks.DroppedExpired : LedgerMarks.DroppedPurged;
            In(now, 1, 2, then => Facts.Add(new RunFact(RunFactKind.Dropped, then, Digest: sent.Digest, Drop: drop)));
        }
        else
        {
            _mailboxes[recipient].Add(number);
        }
    }

    private void Receive(long number, long now)
    {
        var (_, recipient, sent) = _messages[(int)number];
        var outcome = Chance(0.85)
            ? ReceiveOutcome.Accepted
            : (ReceiveOutcome)_random.Next((int)ReceiveOutcome.Stale, (int)ReceiveOutcome.IdentityMismatch);
        var received = new RunFact(
            RunFactKind.MessageReceived, now, recipient, Timestamp: sent.Timestamp, Digest: sent.Digest, Outcome: outcome, IdentityDiffers: Chance(0.02));
        Facts.Add(received);
        if (outcome == ReceiveOutcome.KmsUnavailable)
        {
            In(now, 0.5, 1, then => Receive(number, then));
        }
        else if (outcome == ReceiveOutcome.Accepted)
        {
            Report(number, now);
        }

        if (Chance(0.1))
        {
            In(now, 0.1, 0.2, then => Facts.Add(received with { Ticks = then, Outcome = outcome == ReceiveOutcome.Accepted ? ReceiveOutcome.Duplicate : outcome }));
        }

        if (Chance(0.1))
        {
            var kind = (AttackKind)_random.Next(0, (int)AttackKind.FarFuture + 1);
            Facts.Add(new RunFact(RunFactKind.AttackSent, now, recipient, Attack: kind));
            In(now, 0.01, 0.1, then => Facts.Add(received with { Ticks = then, Outcome = ReceiveOutcome.MacInvalid, Attack = kind }));
        }
    }

    private void Report(long number, long now)
    {
        var (sender, recipient, _) = _messages[(int)number];
        var digest = NextDigest();
        Facts.Add(new RunFact(RunFactKind.ReportDue, now, recipient));
        Facts.Add(new RunFact(RunFactKind.ReportSent, now, recipient, number, Timestamp: NtpAt(now), Digest: digest));
        var arrived = new RunFact(RunFactKind.ReportReceived, 0, sender, number, Timestamp: NtpAt(now), Digest: digest, Outcome: ReceiveOutcome.Accepted);
        if (Chance(0.1))
        {
            In(now, 0.01, 0.05, then => Facts.Add(arrived with { Kind = RunFactKind.MessageReceived, Ticks = then, Token = -1, Outcome = ReceiveOutcome.Stale }));
        }
        else
        {
            In(now, 0.01, 0.05, then => Facts.Add(arrived with { Ticks = then, ReportStatus = ImdnStatus.Delivered }));
        }

        if (Chance(0.1))
        {
            In(now, 0.2, 1, then => Facts.Add(arrived with { Ticks = then, ReportStatus = (ImdnStatus)_random.Next(0, 2), Phone = Chance(0.5) ? sender : recipient }));
        }

        In(now, 0.06, 0.08, then => Facts.Add(new RunFact(RunFactKind.ReportEnded, then, recipient, Status: Chance(0.9) ? 200 : 0)));
    }

    private bool Chance(double share) => _random.NextDouble() < share;

    private void In(long now, double least, double most, Action<long> happens) =>
        At(now + (long)((least + ((most - least) * _random.NextDouble())) * TimeSpan.TicksPerSecond), happens);

    private void At(long ticks, Action<long> happens) => _events.Enqueue(happens, (ticks, _eventNumber++));

    private ReplayDigest NextDigest() => new((++_identity) << 56, _identity, 0);

    private static NtpTimestamp NtpAt(long ticks) => NtpTimestamp.FromUtc(new DateTimeOffset(ticks, TimeSpan.Zero));
}
