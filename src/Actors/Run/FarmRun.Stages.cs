using UeFarm.Actors.Ue;

namespace UeFarm.Actors.Run;

/// <summary>The stages before and after the schedule: registering, settling, closing the books.</summary>
public sealed partial class FarmRun
{
    private static readonly TimeSpan ShortPoll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRegistration = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(2);

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
        var rule = new SettleRule(_settings.ApplicationServer.LongestPause, seesBacklog: _applicationServer is not null);
        while (Now < deadline && !rule.IsSettled(Recorder.Counters, _applicationServer?.Counters.Backlog ?? 0, Now))
        {
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

        var result = RunClosing.Close(
            Recorder, _settings, _applicationServer?.Counters.OrderViolations ?? 0, playedFor, isStopped, Recorder.RegisteredPhones, _player!.Changes);
        Volatile.Write(ref _closed, result.Totals);
        return result;
    }
}
