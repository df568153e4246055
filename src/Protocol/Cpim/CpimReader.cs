using System.Globalization;
using System.Text;
using System.Text.Unicode;
using UeFarm.Protocol.Smime;

namespace UeFarm.Protocol.Cpim;

/// <summary>
/// Reads message/cpim (RFC 3862). Names are case-sensitive and have a namespace: NS binds a prefix, or the absence of one, for the headers below it. Headers of
/// unknown namespaces and names are passed over unless Require names them.
/// </summary>
public static class CpimReader
{
    private const string ImdnNamespace = "urn:ietf:params:imdn";
    private const string CpimNamespace = "urn:ietf:params:cpim-headers:";
    private const int LongestDate = 40;

    private static readonly string[] DateFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    public static bool TryRead(ReadOnlyMemory<byte> body, out CpimMessage? message, out CpimFailure failure)
    {
        message = null;
        var headers = new Headers();
        var position = 0;
        for (var count = 0; ; count++)
        {
            var window = body.Span[position..Math.Min(body.Length, CpimLimits.MaxHeaderBytes)];
            var length = window.IndexOf("\r\n"u8);
            if (length < 0)
            {
                return body.Length > CpimLimits.MaxHeaderBytes
                    ? CpimFailure.Set(out failure, CpimFault.TooLarge, "headers", CpimLimits.MaxHeaderBytes)
                    : CpimFailure.Set(out failure, CpimFault.Unterminated, "headers", body.Length);
            }

            if (length == 0)
            {
                return TryReadContent(headers, body, position + 2, out message, out failure);
            }

            if (count == CpimLimits.MaxHeaders)
            {
                return CpimFailure.Set(out failure, CpimFault.TooLarge, "headers", position);
            }

            if (!TrySplit(window[..length], out var name, out var value) || !TryUnescape(value, out var text))
            {
                return CpimFailure.Set(out failure, CpimFault.BadHeader, "header", position);
            }

            var fault = headers.Take(name, text);
            if (fault != CpimFault.None)
            {
                return CpimFailure.Set(out failure, fault, name, position);
            }

            position += length + 2;
        }
    }

    private static bool TryReadContent(Headers headers, ReadOnlyMemory<byte> body, int start, out CpimMessage? message, out CpimFailure failure)
    {
        message = null;
        failure = default;
        var entity = body[start..];
        if (!MimeHeader.TryRead(entity.Span, out var mime) || !mime.TryDecode(entity, out var content))
        {
            return CpimFailure.Set(out failure, CpimFault.BadContent, "content", start);
        }

        message = headers.Message with
        {
            ContentType = mime.ContentType.IsEmpty ? "text/plain" : TextOf(mime.ContentType),
            ContentDisposition = mime.Disposition.IsEmpty ? null : TextOf(mime.Disposition),
            Content = content,
        };
        return true;
    }

    private static string TextOf(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value).ReplaceLineEndings(string.Empty);

    /// <summary>Name, colon, parameters each after a semicolon, exactly one blank, value.</summary>
    private static bool TrySplit(ReadOnlySpan<byte> line, out string name, out ReadOnlySpan<byte> value)
    {
        name = string.Empty;
        value = default;
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || !IsName(line[..colon]))
        {
            return false;
        }

        var rest = line[(colon + 1)..];
        var isQuoted = false;
        var end = 0;
        for (; end < rest.Length && (isQuoted || rest[end] != ' '); end++)
        {
            isQuoted ^= rest[end] == '"';
        }

        if (end == rest.Length || (end > 0 && rest[0] != ';'))
        {
            return false;
        }

        name = Encoding.ASCII.GetString(line[..colon]);
        value = rest[(end + 1)..];
        return true;
    }

    /// <summary>Visible ASCII without the separators, and at most one dot, which ends a prefix.</summary>
    private static bool IsName(ReadOnlySpan<byte> name)
    {
        var dots = 0;
        foreach (var octet in name)
        {
            dots += octet == '.' ? 1 : 0;
            if (octet is <= 0x20 or >= 0x7F || "\"(),/;<=>?@[\\]{}"u8.Contains(octet))
            {
                return false;
            }
        }

        return dots <= 1 && name[0] != '.' && name[^1] != '.';
    }

    /// <summary>RFC 3862 section 2.3: control characters only as escapes. Interpretation: a backslash before any other character is an error.</summary>
    private static bool TryUnescape(ReadOnlySpan<byte> value, out string text)
    {
        text = string.Empty;
        if (!Utf8.IsValid(value))
        {
            return false;
        }

        var raw = Encoding.UTF8.GetString(value);
        if (raw.AsSpan().ContainsAnyInRange('\0', '\x1F') || raw.Contains('\x7F', StringComparison.Ordinal))
        {
            return false;
        }

        if (!raw.Contains('\\', StringComparison.Ordinal))
        {
            text = raw;
            return true;
        }

        var result = new StringBuilder(raw.Length);
        for (var at = 0; at < raw.Length; at++)
        {
            if (raw[at] != '\\')
            {
                result.Append(raw[at]);
                continue;
            }

            var kind = ++at < raw.Length ? raw[at] : '\0';
            var simple = "btnr\"'\\".IndexOf(kind, StringComparison.Ordinal);
            if (simple >= 0)
            {
                result.Append("\b\t\n\r\"'\\"[simple]);
            }
            else if (kind == 'u' && at + 4 < raw.Length
                && ushort.TryParse(raw.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                result.Append((char)code);
                at += 4;
            }
            else
            {
                return false;
            }
        }

        text = result.ToString();
        return true;
    }

    /// <summary>The headers read so far, and which prefixes stand for which namespaces.</summary>
    private sealed class Headers
    {
        private readonly Dictionary<string, string> _namespaces = new(StringComparer.Ordinal) { [string.Empty] = CpimNamespace };

        public CpimMessage Message { get; private set; } = new();

        public CpimFault Take(string name, string value)
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            var prefix = dot < 0 ? string.Empty : name[..dot];
            var local = dot < 0 ? name : name[(dot + 1)..];
            return !_namespaces.TryGetValue(prefix, out var known) ? CpimFault.None
                : known == ImdnNamespace ? TakeOfImdn(local, value)
                : known == CpimNamespace ? TakeOfCpim(local, value)
                : CpimFault.None;
        }

        private CpimFault TakeOfCpim(string name, string value)
        {
            switch (name)
            {
                case "From":
                    return Message.From is not null ? CpimFault.Duplicate : Set(TryReadUri(value, out var from), Message with { From = from });
                case "To":
                    // A message may have several; the first one is enough to say for whom it was.
                    return Set(TryReadUri(value, out var to), Message with { To = Message.To ?? to });
                case "DateTime":
                    return Message.SentAt is not null ? CpimFault.Duplicate : Set(TryReadDate(value, out var date), Message with { SentAt = date });
                case "NS":
                    return Bind(value);
                case "Require":
                    return value.Split(',').All(each => IsKnown(each.Trim())) ? CpimFault.None : CpimFault.UnknownRequirement;
                default:
                    return CpimFault.None;
            }
        }

        private CpimFault TakeOfImdn(string name, string value)
        {
            switch (name)
            {
                case "Message-ID":
                    var isId = value.Length is > 0 and <= CpimLimits.MaxMessageIdLength && !value.AsSpan().ContainsAnyExceptInRange('!', '~');
                    return Message.MessageId is not null ? CpimFault.Duplicate : Set(isId, Message with { MessageId = value });
                case "Disposition-Notification":
                    return Message.Requests != DispositionRequests.None ? CpimFault.Duplicate : Set(true, Message with { Requests = ReadRequests(value) });
                default:
                    return CpimFault.None;
            }
        }

        private CpimFault Set(bool isRead, CpimMessage message)
        {
            Message = isRead ? message : Message;
            return isRead ? CpimFault.None : CpimFault.BadValue;
        }

        /// <summary>"prefix &lt;URI>", or "&lt;URI>" for names without one.</summary>
        private CpimFault Bind(string value)
        {
            var open = value.IndexOf('<', StringComparison.Ordinal);
            if (open < 0 || !value.EndsWith('>'))
            {
                return CpimFault.BadValue;
            }

            _namespaces[value[..open].Trim()] = value[(open + 1)..^1];
            return CpimFault.None;
        }

        private bool IsKnown(string name)
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            var known = _namespaces.GetValueOrDefault(dot < 0 ? string.Empty : name[..dot]);
            return known == CpimNamespace ? name is "From" or "To" or "cc" or "DateTime" or "Subject" or "NS" or "Require"
                : known == ImdnNamespace && name[(dot + 1)..] is "Message-ID" or "Disposition-Notification";
        }

        private static DispositionRequests ReadRequests(string value)
        {
            var requests = DispositionRequests.None;
            foreach (var each in value.Split(','))
            {
                requests |= each.Split(';')[0].Trim().ToLowerInvariant() switch
                {
                    "positive-delivery" => DispositionRequests.PositiveDelivery,
                    "negative-delivery" => DispositionRequests.NegativeDelivery,
                    "processing" => DispositionRequests.Processing,
                    "display" => DispositionRequests.Display,
                    _ => DispositionRequests.None,
                };
            }

            return requests;
        }

        /// <summary>An optional name, then the URI in angle brackets.</summary>
        private static bool TryReadUri(string value, out string? uri)
        {
            var open = value.LastIndexOf('<');
            uri = open >= 0 && value.EndsWith('>') ? value[(open + 1)..^1] : null;
            return uri is { Length: > 0 and <= CpimLimits.MaxUriLength } && CpimWriter.CanCarry(uri);
        }

        private static bool TryReadDate(string value, out DateTimeOffset? date)
        {
            var isDate = DateTimeOffset.TryParseExact(value, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read);
            date = read;
            return isDate && value.Length <= LongestDate;
        }
    }
}
