using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// The explicit binary form of each <see cref="IClusterMessage"/>: one byte <see cref="Form"/>, then the fields of <see cref="ClusterForms"/>. Bytes behind the last known
/// field are passed over, so that fields can be added. Made by Akka from what <see cref="ClusterConfiguration"/> says.
/// </summary>
public sealed class ClusterSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Akka keeps 0 to 100 for itself.</summary>
    public const int Id = 1101;

    private const byte Form = 1;

    private static readonly FrozenDictionary<Type, ClusterForm> ByType = ClusterForms.All.ToFrozenDictionary(static form => form.Type);
    private static readonly FrozenDictionary<string, ClusterForm> ByManifest = ClusterForms.All.ToFrozenDictionary(static form => form.Manifest);

    public override int Identifier => Id;

    public override string Manifest(object o) => FormOf(o).Manifest;

    public override byte[] ToBinary(object obj)
    {
        var form = FormOf(obj);
        var writer = new ClusterWriter();
        writer.Byte(Form);
        form.Write(writer, obj);
        return writer.ToArray();
    }

    /// <exception cref="SerializationException">The bytes are not of this form.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!ByManifest.TryGetValue(manifest, out var form))
        {
            throw new SerializationException($"'{(manifest.Length > 40 ? manifest[..40] : manifest)}' is no message of the farm's cluster");
        }

        var reader = new ClusterReader(bytes);
        var version = reader.Byte();
        return version == Form ? form.Read(reader) : throw new SerializationException($"form {version} of '{manifest}' is not known here, only {Form}");
    }

    private static ClusterForm FormOf(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return ByType.TryGetValue(message.GetType(), out var form)
            ? form
            : throw new SerializationException($"{message.GetType()} has no binary form in {nameof(ClusterForms)}");
    }
}
