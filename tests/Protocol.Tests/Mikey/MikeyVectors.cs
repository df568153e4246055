using System.Text.Json;

namespace UeFarm.Protocol.Tests.Mikey;

/// <summary>Data/mikey-ticket/mikey-vectors.json: our own vectors, computed by two programs that share no code with this one.</summary>
internal static class MikeyVectors
{
    private static readonly Lazy<JsonElement> Loaded = new(Load);

    public static JsonElement Root => Loaded.Value;

    public static IReadOnlyList<MikeyScenario> Scenarios { get; } = [.. Root.GetProperty("scenarios").EnumerateArray().Select(item => new MikeyScenario(item))];

    public static MikeyScenario Scenario(string letter) => Scenarios.Single(item => item.Name.StartsWith(letter, StringComparison.Ordinal));

    public static byte[] Hex(this JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);

    public static uint HexUInt32(this JsonElement element, string name) => Convert.ToUInt32(element.GetProperty(name).GetString(), 16);

    public static ulong HexUInt64(this JsonElement element, string name) => Convert.ToUInt64(element.GetProperty(name).GetString(), 16);

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static JsonElement Load()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Data", "mikey-ticket", "mikey-vectors.json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }
}
