using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Run;

/// <summary>
/// When nothing is under way any more: no sender waits for an answer, and nothing that could be delivered is left in a mailbox (what is left for phones that
/// are away does not change any more). Asked again and again with what is known now.
/// </summary>
internal sealed class SettleRule(TimeSpan longestPause, bool seesBacklog)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1.5);

    private (long InFlight, long Backlog, long Accepted, long Reports) _last;
    private Instant? _lastChange;

    public bool IsSettled(RunCounters counters, long backlog, Instant now)
    {
        var state = (counters.InFlight, backlog, counters.Received(ReceiveOutcome.Accepted), counters.ReportsInFlight);
        if (_lastChange is null || state != _last)
        {
            _last = state;
            _lastChange = now;
        }

        var isQuiet = now - _lastChange.Value > Quiet + longestPause;
        return _last.InFlight == 0 && (isQuiet || (seesBacklog && backlog == 0 && _last.Reports == 0));
    }
}
