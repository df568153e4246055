namespace UeFarm.Actors.Cluster;

/// <summary>Looks at runs for the live page, on the node that has the conductor.</summary>
public interface IClusterRunWatcher
{
    /// <summary>The run each second. From any thread.</summary>
    void Offer(ClusterRunPicture picture);

    /// <summary>The page's document, as JSON. From any thread.</summary>
    string Show(ClusterRunPicture picture);
}
