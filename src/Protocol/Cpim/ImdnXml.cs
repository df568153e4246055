using System.Globalization;
using System.Text;
using System.Xml;

namespace UeFarm.Protocol.Cpim;

/// <summary>Reads and writes message/imdn+xml (RFC 5438 section 11). Reading takes no document type, no entities and nothing large or deep.</summary>
public static class ImdnXml
{
    private const string Namespace = "urn:ietf:params:xml:ns:imdn";

    private static readonly XmlReaderSettings ReaderSettings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = CpimLimits.MaxNotificationBytes,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };

    private static readonly XmlWriterSettings WriterSettings = new() { Encoding = new UTF8Encoding(false) };

    public static byte[] Write(ImdnReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, WriterSettings))
        {
            writer.WriteStartElement("imdn", Namespace);
            writer.WriteElementString("message-id", Namespace, report.MessageId);
            writer.WriteElementString("datetime", Namespace, CpimWriter.FormatDate(report.SentAt));
            if (report.RecipientUri is not null)
            {
                writer.WriteElementString("recipient-uri", Namespace, report.RecipientUri);
                writer.WriteElementString("original-recipient-uri", Namespace, report.OriginalRecipientUri ?? report.RecipientUri);
            }

            writer.WriteStartElement(ElementOf(report.Kind), Namespace);
            writer.WriteStartElement("status", Namespace);
            writer.WriteStartElement(ElementOf(report.Status), Namespace);
        }

        return stream.ToArray();
    }

    public static bool TryRead(ReadOnlyMemory<byte> content, out ImdnReport? report, out CpimFailure failure)
    {
        report = null;
        if (content.Length > CpimLimits.MaxNotificationBytes)
        {
            return CpimFailure.Set(out failure, CpimFault.TooLarge, "imdn", CpimLimits.MaxNotificationBytes);
        }

        try
        {
            using var reader = XmlReader.Create(new MemoryStream(content.ToArray(), false), ReaderSettings);
            return TryRead(reader, out report, out failure);
        }
        catch (XmlException)
        {
            return CpimFailure.Set(out failure, CpimFault.BadXml, "imdn");
        }
    }

    private static bool TryRead(XmlReader reader, out ImdnReport? report, out CpimFailure failure)
    {
        report = null;
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var path = new string[CpimLimits.MaxNotificationDepth];
        var notification = (Element: string.Empty, Status: string.Empty);
        while (reader.Read())
        {
            if (reader.Depth >= CpimLimits.MaxNotificationDepth)
            {
                return CpimFailure.Set(out failure, CpimFault.BadXml, "depth");
            }

            if (reader.NodeType == XmlNodeType.Element)
            {
                // Elements of other namespaces are extensions: they are passed over, whatever they are called.
                path[reader.Depth] = reader.NamespaceURI == Namespace ? reader.LocalName : string.Empty;
                if (reader.Depth == 0 && path[0] != "imdn")
                {
                    return CpimFailure.Set(out failure, CpimFault.NotANotification, "imdn");
                }

                if (reader.Depth == 3 && path[2] == "status" && path[3].Length > 0)
                {
                    if (notification.Status.Length > 0)
                    {
                        return CpimFailure.Set(out failure, CpimFault.Duplicate, "status");
                    }

                    notification = (path[1], path[3]);
                }
            }
            else if (reader is { NodeType: XmlNodeType.Text or XmlNodeType.CDATA, Depth: 2 } && path[1].Length > 0)
            {
                texts[path[1]] = texts.GetValueOrDefault(path[1]) + reader.Value;
            }
        }

        return TryMake(texts, notification, out report, out failure);
    }

    private static bool TryMake(
        Dictionary<string, string> texts, (string Element, string Status) notification, out ImdnReport? report, out CpimFailure failure)
    {
        report = null;
        failure = default;
        var id = texts.GetValueOrDefault("message-id", string.Empty).Trim();
        if (id.Length is 0 or > CpimLimits.MaxMessageIdLength || id.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return CpimFailure.Set(out failure, CpimFault.NotANotification, "message-id");
        }

        if (!DateTimeOffset.TryParse(
            texts.GetValueOrDefault("datetime", string.Empty).Trim(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var sentAt))
        {
            return CpimFailure.Set(out failure, CpimFault.NotANotification, "datetime");
        }

        if (KindOf(notification.Element) is not { } kind || StatusOf(kind, notification.Status) is not { } status)
        {
            return CpimFailure.Set(out failure, CpimFault.NotANotification, "status");
        }

        report = new ImdnReport(id, sentAt, kind, status, UriOf(texts, "recipient-uri"), UriOf(texts, "original-recipient-uri"));
        return true;
    }

    private static string? UriOf(Dictionary<string, string> texts, string name) =>
        texts.GetValueOrDefault(name)?.Trim() is { Length: > 0 and <= CpimLimits.MaxUriLength } uri ? uri : null;

    private static string ElementOf(ImdnKind kind) => kind switch
    {
        ImdnKind.Delivery => "delivery-notification",
        ImdnKind.Processing => "processing-notification",
        _ => "display-notification",
    };

    private static ImdnKind? KindOf(string element) => element switch
    {
        "delivery-notification" => ImdnKind.Delivery,
        "processing-notification" => ImdnKind.Processing,
        "display-notification" => ImdnKind.Display,
        _ => null,
    };

    private static string ElementOf(ImdnStatus status) => status switch
    {
        ImdnStatus.Delivered => "delivered",
        ImdnStatus.Failed => "failed",
        ImdnStatus.Forbidden => "forbidden",
        ImdnStatus.Processed => "processed",
        ImdnStatus.Stored => "stored",
        ImdnStatus.Displayed => "displayed",
        _ => "error",
    };

    private static ImdnStatus? StatusOf(ImdnKind kind, string element) => (kind, element) switch
    {
        (ImdnKind.Delivery, "delivered") => ImdnStatus.Delivered,
        (ImdnKind.Delivery, "failed") => ImdnStatus.Failed,
        (ImdnKind.Processing, "processed") => ImdnStatus.Processed,
        (ImdnKind.Processing, "stored") => ImdnStatus.Stored,
        (ImdnKind.Display, "displayed") => ImdnStatus.Displayed,
        (_, "forbidden") => ImdnStatus.Forbidden,
        (_, "error") => ImdnStatus.Error,
        _ => null,
    };
}
