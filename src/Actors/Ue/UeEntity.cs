using System.Globalization;

namespace UeFarm.Actors.Ue;

/// <summary>Where a phone lives, from its id alone: the one place that knows, for parents here and for shards of a cluster.</summary>
public static class UeEntity
{
    /// <summary>Number of the parent, or of the shard.</summary>
    public static int ParentOf(UeId ue, int phonesPerParent) => ue.Index / phonesPerParent;

    /// <summary>The name of the phone's actor.</summary>
    public static string NameOf(UeId ue) => ue.Index.ToString(CultureInfo.InvariantCulture);

    /// <summary>The phone of an actor's name.</summary>
    /// <exception cref="FormatException">Not a name that <see cref="NameOf"/> made.</exception>
    public static UeId Parse(string name) => new(int.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture));
}
