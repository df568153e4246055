using Akka.Actor;
using Akka.Cluster;
using AkkaCluster = Akka.Cluster.Cluster;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// Of a node that leaves: ends it without more ado when no member stays. What it has to hand over would wait for members that leave, too, and may be gone already; and there
/// is nobody who would go on with it.
/// </summary>
internal sealed class LeaveWatch(TimeSpan patience, TimeSpan interval) : UntypedActor, IWithTimers
{
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private TimeSpan _alone;
    private bool _isOut;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="patience">Of each step: among members that all leave, whom nothing holds up leaves in the usual way meanwhile.</param>
    /// <param name="interval">How often it looks.</param>
    public static Props Props(TimeSpan patience, TimeSpan interval) => Akka.Actor.Props.Create(() => new LeaveWatch(patience, interval));

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Look), Look.Instance, interval);

    protected override void OnReceive(object message)
    {
        if (message is not Look)
        {
            Unhandled(message);
            return;
        }

        _alone = SomebodyStays() ? TimeSpan.Zero : _alone + interval;
        if (_alone < patience)
        {
            return;
        }

        _alone = TimeSpan.Zero;
        if (_isOut || _cluster.IsTerminated)
        {
            // Parts wait for an answer to the hand-over although there is no cluster any more.
            Context.System.Terminate();
        }
        else
        {
            _isOut = true;
            _cluster.Down(_cluster.SelfAddress);
        }
    }

    private bool SomebodyStays() => !_cluster.IsTerminated && _cluster.State.Members.Any(member =>
        member.UniqueAddress != _cluster.SelfUniqueAddress && member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up);

    private sealed class Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();

        private Look()
        {
        }
    }
}
