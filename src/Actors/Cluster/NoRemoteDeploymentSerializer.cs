using Akka.Actor;

namespace UeFarm.Actors.Cluster;

/// <summary>In the place of the serializer for actors that another node deploys here.</summary>
internal sealed class NoRemoteDeploymentSerializer(ExtendedActorSystem system) : RefusedSerializer(system, 3, "the deployment of an actor");
