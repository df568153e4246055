using UeFarm.Actors.Ledger;
using UeFarm.Actors.Ue;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Run;

/// <summary>The stages before and after the schedule: registering, settling, closing the books.</summary>
public sealed partial class FarmRun
{
    private static readonly TimeSpan ShortPoll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRegistration = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LateLimit = TimeSpan.FromMilliseconds(100);

    private async Task RegisterAllAsync(CancellationToken stop)
    {
        if (!_settings.RegisterBeforeFirstPhase)
        {
            return;
        }

        var start = Now;
        var told = 0;
        while (told < _settings.Phones && !stop.IsCancellationRequested)
        {
            var owed = Math.Min(_settings.Phones, 1 + (int)((Now - start).TotalSeconds * _settings.RegistrationsPerSecond));
            for (; told < owed; told++)
            {
                Recorder.OnGoOnline(told, Now);
                _phones!.Tell(new UeCommands.GoOnline(new UeId(told)));
            }

            await _world.PassAsync(ShortPoll).ConfigureAwait(false);
        }

        var deadline = Now + LongestRegistration;
        while (Recorder.RegisteredPhones < _settings.Phones && Now < deadline && !stop.IsCancellationRequested)
        {
            await _world.PassAsync(Poll).ConfigureAwait(false);
        }

        if (Recorder.RegisteredPhones < _settings.Phones && !stop.IsCancellationRequested)
        {
            _warnings.Add($"{_settings.Phones - Recorder.RegisteredPhones} of {_settings.Phones} phones had not registered when the first phase began");
        }
    }

    /// <summary>Waits a little for the last answers, so that the books tell what became of each attack.</summary>
    private async Task StopAttacksAsync()
    {
        if (_attacker is null)
        {
            return;
        }

        _attacker.Stop();
        var deadline = Now + LongestFarewell;
        while (_attacker.Unanswered > 0 && Now < deadline)
        {
            await _world.PassAsync(ShortPoll).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Waits until nothing is under way: no sender waits for an answer, and nothing that could be delivered is left in a mailbox (what is left for
    /// phones that are away does not change any more).
    /// </summary>
    private async Task SettleAsync(bool isStopped)
    {
        var deadline = Now + (isStopped ? TimeSpan.FromTicks(_settings.SettleTime.Ticks / 4) : _settings.SettleTime);
        var lastChange = Now;
        var last = (InFlight: 0L, Backlog: 0L, Accepted: 0L, Reports: 0L);
        while (Now < deadline)
        {
            var now = (Recorder.Counters.InFlight, Backlog: _applicationServer?.Counters.Backlog ?? 0, Accepted: Recorder.Counters.Received(ReceiveOutcome.Accepted),
                Reports: Recorder.Counters.ReportsInFlight);
            if (now != last)
            {
                last = now;
                lastChange = Now;
            }

            var isQuiet = Now - lastChange > TimeSpan.FromSeconds(1.5) + _settings.ApplicationServer.LongestPause;
            if (now.InFlight == 0 && (isQuiet || (_applicationServer is not null && now.Backlog == 0 && now.Reports == 0)))
            {
                return;
            }

            await _world.PassAsync(Poll).ConfigureAwait(false);
        }
    }

    private async Task<FarmRunResult> CloseAsync(TimeSpan playedFor, bool isStopped)
    {
        if (_applicationServer is not null)
        {
            await foreach (var stored in _applicationServer.ReadStoredAsync(CancellationToken.None).ConfigureAwait(false))
            {
                Recorder.OnFoundStored(stored);
            }
        }

        var totals = Recorder.Ledger.Close(canSeeStore: _applicationServer is not null);
        var late = Recorder.Lag.CountAbove(LateLimit);
        return new FarmRunResult
        {
            Totals = totals,
            Reports = Recorder.TotalReports(),
            Invariants = CheckInvariants(totals),
            PlayedFor = playedFor,
            IsStopped = isStopped,
            LateShare = Recorder.Lag.Count == 0 ? 0 : (double)late / Recorder.Lag.Count,
            RegisteredAtEnd = Recorder.RegisteredPhones,
            PlannedOnlineAtEnd = _player!.PlannedOnline,
        };
    }

    private IReadOnlyList<InvariantCheck> CheckInvariants(LedgerTotals totals)
    {
        var counters = Recorder.Counters;
        var misordered = counters.OrderViolations + (_applicationServer?.Counters.OrderViolations ?? 0);
        var foreign = counters.AttacksAccepted + counters.UnknownAccepted;
        return
        [
            new(1, "ledger", totals.IsBalanced, $"{totals.Unaccounted} of {totals.Sent} messages unaccounted for"),
            new(2, "durability", totals.PromisesBroken == 0, $"{totals.PromisesBroken} messages answered 2xx and lost"),
            new(3, "at-most-once", totals.AcceptedTwice == 0, $"{totals.AcceptedTwice} messages accepted twice"),
            new(4, "order", misordered == 0 || !HasApplicationServer, $"{misordered} messages delivered after a newer one"),
            new(5, "authenticity-first", foreign == 0, $"{foreign} foreign, forged or altered messages accepted"),
        ];
    }
}
