using System.Text.Json.Serialization;

namespace UeFarm.Farm.Cluster;

/// <summary>Values for <c>--set</c>: quoted, so that nothing in them is taken for YAML.</summary>
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class NodeArgumentsJson : JsonSerializerContext;
