namespace UeFarm.Farm.Live;

/// <summary>The live page's document as it is sent, and the entity tag that it goes by (RFC 9110 section 8.8.3).</summary>
/// <param name="Body">JSON.</param>
/// <param name="Tag">Of the body.</param>
/// <param name="IsFinal">Of a run that has ended.</param>
internal sealed record LiveDocument(ReadOnlyMemory<byte> Body, string Tag, bool IsFinal)
{
    public static LiveDocument Of(LiveState state) => Of(LiveJson.Serialize(state), state.Stand == LiveStand.Ended);

    /// <summary>One that another node has made.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is none.</exception>
    public static LiveDocument Of(byte[] body) => Of(body, LiveJson.StandOf(body) == LiveStand.Ended);

    private static LiveDocument Of(byte[] body, bool isFinal) => new(body, EntityTag.Of(body), isFinal);
}
