using System.Text.Json.Serialization;
using UeFarm.Actors.Run;
using UeFarm.Actors.Traffic;

namespace UeFarm.Actors.Cluster;

/// <summary>What operators and the conductor tell each other.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunSubmission))]
[JsonSerializable(typeof(ConductorStatus))]
[JsonSerializable(typeof(ClusterVerdict))]
[JsonSerializable(typeof(RunChange))]
[JsonSerializable(typeof(RunChangeRequest))]
public sealed partial class ConductorJson : JsonSerializerContext;
