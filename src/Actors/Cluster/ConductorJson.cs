using System.Text.Json.Serialization;

namespace UeFarm.Actors.Cluster;

/// <summary>What operators and the conductor tell each other.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunSubmission))]
[JsonSerializable(typeof(ConductorStatus))]
[JsonSerializable(typeof(ClusterVerdict))]
public sealed partial class ConductorJson : JsonSerializerContext;
