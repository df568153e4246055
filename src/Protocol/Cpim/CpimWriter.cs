using System.Buffers;
using System.Globalization;
using System.Text;

namespace UeFarm.Protocol.Cpim;

/// <summary>Writes message/cpim (RFC 3862) with the headers of RFC 5438 where there are any.</summary>
public static class CpimWriter
{
    /// <exception cref="ArgumentException">An address or the identifier has characters that cannot stand in one.</exception>
    public static byte[] Write(CpimMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var text = new StringBuilder(256);
        AppendAddress(text, "From: ", message.From);
        AppendAddress(text, "To: ", message.To);
        if (message.SentAt is { } sent)
        {
            text.Append("DateTime: ").Append(FormatDate(sent)).Append("\r\n");
        }

        if (message.MessageId is { } id)
        {
            text.Append("NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: ").Append(Visible(id)).Append("\r\n");
            AppendRequests(text, message.Requests);
        }

        text.Append("\r\nContent-Type: ").Append(message.ContentType).Append("\r\n");
        if (message.ContentDisposition is { } disposition)
        {
            text.Append("Content-Disposition: ").Append(disposition).Append("\r\n");
        }

        text.Append("\r\n");
        var writer = new ArrayBufferWriter<byte>(text.Length + message.Content.Length);
        Encoding.UTF8.GetBytes(text.ToString(), writer);
        writer.Write(message.Content.Span);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>RFC 3339, whole seconds of UTC.</summary>
    internal static string FormatDate(DateTimeOffset date) => date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void AppendAddress(StringBuilder text, string name, string? uri)
    {
        if (uri is not null)
        {
            text.Append(name).Append('<').Append(Visible(uri).Replace("\\", "\\\\", StringComparison.Ordinal)).Append(">\r\n");
        }
    }

    private static void AppendRequests(StringBuilder text, DispositionRequests requests)
    {
        var names = new List<string>();
        if (requests.HasFlag(DispositionRequests.PositiveDelivery))
        {
            names.Add("positive-delivery");
        }

        if (requests.HasFlag(DispositionRequests.NegativeDelivery))
        {
            names.Add("negative-delivery");
        }

        if (requests.HasFlag(DispositionRequests.Processing))
        {
            names.Add("processing");
        }

        if (requests.HasFlag(DispositionRequests.Display))
        {
            names.Add("display");
        }

        if (names.Count > 0)
        {
            text.Append("imdn.Disposition-Notification: ").AppendJoin(", ", names).Append("\r\n");
        }
    }

    /// <summary>An address or identifier that can stand in a header: visible ASCII without what would end it.</summary>
    internal static bool CanCarry(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.Contains('>', StringComparison.Ordinal);

    private static string Visible(string text) =>
        CanCarry(text) ? text : throw new ArgumentException($"'{text}' cannot stand in a header of message/cpim.", nameof(text));
}
