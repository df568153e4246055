using System.Text.Json;
using System.Text.Json.Serialization;

namespace UeFarm.Farm.Live;

/// <summary>Writes and reads the live page's document without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(LiveState))]
[JsonSerializable(typeof(LiveHead))]
internal sealed partial class LiveJson : JsonSerializerContext
{
    public static byte[] Serialize(LiveState state) => JsonSerializer.SerializeToUtf8Bytes(state, Default.LiveState);

    /// <summary>Null: the document does not say.</summary>
    /// <exception cref="JsonException">It is no such document.</exception>
    public static LiveStand? StandOf(ReadOnlySpan<byte> document) => JsonSerializer.Deserialize(document, Default.LiveHead).Stand;
}
