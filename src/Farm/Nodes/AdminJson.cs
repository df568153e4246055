using System.Text.Json.Serialization;

namespace UeFarm.Farm.Nodes;

/// <summary>Writes the admin endpoint's documents without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AdminDocuments.Refusal))]
[JsonSerializable(typeof(AdminDocuments.Health))]
[JsonSerializable(typeof(AdminDocuments.MailboxPage))]
[JsonSerializable(typeof(AdminDocuments.MailboxDetails))]
[JsonSerializable(typeof(AdminDocuments.PurgeResult))]
[JsonSerializable(typeof(AdminDocuments.RunAnswer))]
[JsonSerializable(typeof(AdminDocuments.ChangeOrder))]
[JsonSerializable(typeof(AdminDocuments.ChangeAnswer))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(ClusterNodeStatus))]
internal sealed partial class AdminJson : JsonSerializerContext;
