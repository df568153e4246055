using Akka.Actor;

namespace UeFarm.Actors.Cluster;

/// <summary>In the place of Akka's JSON, the form of everything that has none.</summary>
internal sealed class NoJsonSerializer(ExtendedActorSystem system) : RefusedSerializer(system, 1, "JSON");
