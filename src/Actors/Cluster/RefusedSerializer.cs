using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace UeFarm.Actors.Cluster;

/// <summary>Stands in the place of a serializer that makes objects of types that the other side names.</summary>
internal abstract class RefusedSerializer(ExtendedActorSystem system, int identifier, string what) : Serializer(system)
{
    public override int Identifier => identifier;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw new SerializationException($"{what} does not cross nodes: {obj?.GetType()}");

    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException($"{what} does not cross nodes");
}
