using Akka.Actor;
using UeFarm.Actors.Stores;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Run;

/// <summary>The system's clock, sockets, a database file, and randomness that nobody can repeat.</summary>
internal sealed class RealRunWorld : IRunWorld
{
    private static readonly TimeSpan WheelTick = TimeSpan.FromMilliseconds(5);

    public ActorSystem System { get; } = FarmActorSystem.Create("uefarm", FarmActorSystem.Silent);

    public TimeProvider Time => TimeProvider.System;

    public WakeUpWheel Wheel { get; } = new(TimeProvider.System, WheelTick);

    public int Partitions => 4;

    public int KmsInstances => Environment.ProcessorCount;

    public IRandomSource CreateRandom() => SystemRandomSource.Instance;

    public IMailboxStore? CreateStore() => null;

    public ISipTransport Open(SipTransportKind kind, SipTransportSettings settings, ISipReceiver receiver) =>
        kind == SipTransportKind.Udp ? SipTransports.StartUdp(settings, receiver) : SipTransports.StartTcp(settings, receiver);

    public IReadOnlyList<ISipTransport> OpenTcpAndUdp(SipTransportSettings settings, ISipReceiver receiver) => SipTransports.StartTcpAndUdp(settings, receiver);

    public Task PassAsync(TimeSpan time) => Task.Delay(time, Time, CancellationToken.None);

    public Task PlayAsync(SchedulePlayer player, CancellationToken stop) => player.PlayAsync(Wheel.Now, stop);

    public void EndPlay()
    {
        // Time goes on by itself, and the actors with it.
    }

    public async ValueTask DisposeAsync()
    {
        await System.Terminate().ConfigureAwait(false);
        await Wheel.DisposeAsync().ConfigureAwait(false);
    }
}
