namespace UeFarm.Actors.Cluster;

/// <summary>The phones that a node has now, by state.</summary>
internal readonly record struct NodePhones(int Registered, int Registering, int Offline);
