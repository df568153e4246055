namespace UeFarm.Actors.Cluster;

/// <summary>The binary form of one type of message. The manifest names it on the wire and never gets another meaning.</summary>
internal sealed record ClusterForm(string Manifest, Type Type, Action<ClusterWriter, object> Write, Func<ClusterReader, object> Read)
{
    public static ClusterForm Of<T>(string manifest, Action<ClusterWriter, T> write, Func<ClusterReader, T> read)
        where T : class, IClusterMessage =>
        new(manifest, typeof(T), (writer, message) => write(writer, (T)message), read);
}
