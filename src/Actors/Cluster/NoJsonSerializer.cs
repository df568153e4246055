using Akka.Actor;
using Akka.Configuration;

namespace UeFarm.Actors.Cluster;

/// <summary>In the place of Akka's JSON, the form of everything that has none.</summary>
internal sealed class NoJsonSerializer : RefusedSerializer
{
    /// <summary>As Akka calls it: there are settings for JSON.</summary>
    public NoJsonSerializer(ExtendedActorSystem system, Config settings)
        : base(system, 1, "JSON") => ArgumentNullException.ThrowIfNull(settings);
}
