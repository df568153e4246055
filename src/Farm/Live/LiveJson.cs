using System.Text.Json;
using System.Text.Json.Serialization;

namespace UeFarm.Farm.Live;

/// <summary>Writes and reads the live page's document without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(LiveState))]
internal sealed partial class LiveJson : JsonSerializerContext
{
    public static byte[] Serialize(LiveState state) => JsonSerializer.SerializeToUtf8Bytes(state, Default.LiveState);
}
