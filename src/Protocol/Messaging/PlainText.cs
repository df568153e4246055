using System.Text;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// The body of an unprotected message: a first line that names the message, then the text. Without it plain runs could not match what was sent
/// with what arrived; text from elsewhere has no such line and is taken whole.
/// </summary>
internal static class PlainText
{
    public const string ContentType = "text/plain;charset=utf-8";
    private const int MostIdBytes = 64;

    private static ReadOnlySpan<byte> Prefix => "Message-ID: "u8;

    public static byte[] Compose(string messageId, ReadOnlySpan<byte> text)
    {
        var body = GC.AllocateUninitializedArray<byte>(Prefix.Length + messageId.Length + 2 + text.Length);
        Prefix.CopyTo(body);
        Encoding.ASCII.GetBytes(messageId, body.AsSpan(Prefix.Length));
        "\r\n"u8.CopyTo(body.AsSpan(Prefix.Length + messageId.Length));
        text.CopyTo(body.AsSpan(Prefix.Length + messageId.Length + 2));
        return body;
    }

    public static ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> body, out string? messageId)
    {
        messageId = null;
        var rest = body.Span;
        if (!rest.StartsWith(Prefix))
        {
            return body;
        }

        rest = rest[Prefix.Length..];
        var end = rest.IndexOf("\r\n"u8);
        if (end is <= 0 or > MostIdBytes || rest[..end].ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            return body;
        }

        messageId = Encoding.ASCII.GetString(rest[..end]);
        return body[(Prefix.Length + end + 2)..];
    }
}
