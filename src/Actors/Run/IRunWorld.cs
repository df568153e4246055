using Akka.Actor;
using UeFarm.Actors.Stores;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Run;

/// <summary>What a run is played in: the one place that knows whether its time is real or virtual. Disposing it ends the actor system.</summary>
internal interface IRunWorld : IAsyncDisposable
{
    ActorSystem System { get; }

    TimeProvider Time { get; }

    WakeUpWheel Wheel { get; }

    /// <summary>Actors that share the work of the core and of the application server.</summary>
    int Partitions { get; }

    /// <summary>Actors that share the work of the KMS.</summary>
    int KmsInstances { get; }

    /// <summary>A random source for one part of the run, which its actors may share.</summary>
    IRandomSource CreateRandom();

    /// <summary>Where the mailboxes are kept; null: in the file that the settings name.</summary>
    IMailboxStore? CreateStore();

    ISipTransport Open(SipTransportKind kind, SipTransportSettings settings, ISipReceiver receiver);

    /// <summary>Both on one port.</summary>
    IReadOnlyList<ISipTransport> OpenTcpAndUdp(SipTransportSettings settings, ISipReceiver receiver);

    /// <summary>Lets time pass, and with it happen what happens.</summary>
    Task PassAsync(TimeSpan time);

    /// <summary>Plays a schedule until it ends or <paramref name="stop"/> is signalled; its first phase begins now.</summary>
    Task PlayAsync(SchedulePlayer player, CancellationToken stop);

    /// <summary>Nothing is played any more; the parts can be stopped.</summary>
    void EndPlay();
}
