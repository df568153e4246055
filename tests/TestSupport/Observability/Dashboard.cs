using System.Text.Json.Nodes;

namespace UeFarm.TestSupport.Observability;

/// <summary>A Grafana dashboard as JSON, read only as far as tests need it.</summary>
public sealed class Dashboard(string name, JsonObject json)
{
    public string Name { get; } = name;

    public JsonObject Json { get; } = json;

    public string Uid => (string?)Json["uid"] ?? "";

    /// <summary>Without rows.</summary>
    public IEnumerable<JsonObject> Panels => ObjectsOf(Json["panels"]).Where(static panel => (string?)panel["type"] != "row");

    public IEnumerable<JsonObject> Variables => ObjectsOf(Json["templating"]?["list"]);

    /// <summary>Those that ask a data source.</summary>
    public IEnumerable<JsonObject> Annotations => ObjectsOf(Json["annotations"]?["list"]).Where(static annotation => annotation["expr"] is not null);

    /// <summary>Every query of panels and annotations with the place where it stands.</summary>
    public IEnumerable<(string Place, PromQuery Query)> Queries =>
    [
        .. Panels.SelectMany(panel => TargetsOf(panel).Select(target => ($"{Name}, {(string?)panel["title"]}", new PromQuery((string?)target["expr"] ?? "")))),
        .. Annotations.Select(annotation => ($"{Name}, annotation {(string?)annotation["name"]}", new PromQuery((string)annotation["expr"]!))),
    ];

    /// <summary>The dashboards of a folder.</summary>
    public static IReadOnlyList<Dashboard> ReadAll(string folder) =>
        [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(static path => Parse(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path)))];

    public static Dashboard Parse(string name, string text) => new(name, JsonNode.Parse(text)!.AsObject());

    public static IEnumerable<JsonObject> TargetsOf(JsonObject panel)
    {
        ArgumentNullException.ThrowIfNull(panel);
        return ObjectsOf(panel["targets"]);
    }

    private static IEnumerable<JsonObject> ObjectsOf(JsonNode? list) => list?.AsArray().Select(static item => item!.AsObject()) ?? [];
}
