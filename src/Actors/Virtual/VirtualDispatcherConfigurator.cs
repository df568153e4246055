using Akka.Configuration;
using Akka.Dispatch;

namespace UeFarm.Actors.Virtual;

/// <summary>Makes the one <see cref="VirtualDispatcher"/> of an actor system; made by Akka from the configuration.</summary>
internal sealed class VirtualDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly VirtualDispatcher _dispatcher;

    public VirtualDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) =>
        _dispatcher = new VirtualDispatcher(this, config.GetString("id"), config.GetInt("throughput"));

    public override MessageDispatcher Dispatcher() => _dispatcher;
}
