namespace UeFarm.Protocol.Sip;

/// <summary>An answer to what could not be parsed. Works on the raw lines, because which of them is broken is unknown; each is copied at most once and the
/// header section is not searched past a bound.</summary>
internal static class SipRejection
{
    private const int MaxSearchedBytes = 16384;
    private const int MaxVias = 70;

    public static bool TryWrite(ReadOnlySpan<byte> raw, SipParseFailure failure, SipHop from, out byte[] response)
    {
        response = [];
        raw = raw[..Math.Min(raw.Length, MaxSearchedBytes)];
        while (raw.StartsWith("\r\n"u8))
        {
            raw = raw[2..];
        }

        // An ACK is never answered (RFC 3261 section 17), nor is a response.
        var at = raw.IndexOf("\r\n"u8) + 2;
        if (failure.StatusCode < 300 || at < 2 || raw.StartsWith("SIP/"u8) || raw.StartsWith("ACK "u8))
        {
            return false;
        }

        var writer = SipWriter.Rent().Response(failure.StatusCode, ReasonOf(failure));
        var vias = 0;
        var seen = 0UL;
        while (TryReadLine(raw, ref at, out var line))
        {
            var colon = line.IndexOf((byte)':');
            var id = colon <= 0 ? SipHeaderId.Other : SipHeaderNames.Parse(SipCharacters.Trim(line[..colon]));
            var value = colon <= 0 ? default : line[(colon + 1)..].Trim(" \t\r\n"u8);
            var isFirst = (seen >> (int)id & 1) == 0;
            seen |= 1UL << (int)id;
            switch (id)
            {
                case SipHeaderId.Via when vias++ < MaxVias:
                    AppendVia(writer, value, vias == 1, from);
                    break;
                case SipHeaderId.To when isFirst:
                    AppendTo(writer, value, raw);
                    break;
                case SipHeaderId.From or SipHeaderId.CallId or SipHeaderId.CSeq when isFirst:
                    AppendLine(writer, id, value);
                    writer.Append("\r\n"u8);
                    break;
                default:
                    break;
            }
        }

        var written = writer.Finish();
        response = vias > 0 ? written : [];
        return vias > 0;
    }

    private static string ReasonOf(SipParseFailure failure)
    {
        var reason = SipStatus.ReasonOf(failure.StatusCode);
        return failure.StatusCode == 400 ? reason + " (" + failure.Field + ")" : reason;
    }

    private static void AppendVia(SipWriter writer, ReadOnlySpan<byte> value, bool isTop, SipHop from)
    {
        if (isTop && SipViaLayout.TryScan(value, out var layout))
        {
            SipForwarding.AppendCompletedVia(writer, value, layout, from);
            return;
        }

        AppendLine(writer, SipHeaderId.Via, value);
        writer.Append("\r\n"u8);
    }

    // The tag must be the same for copies of the request (RFC 3261 section 8.2.7), so it is a hash of the bytes (FNV-1a) and of nothing else.
    private static void AppendTo(SipWriter writer, ReadOnlySpan<byte> value, ReadOnlySpan<byte> raw)
    {
        AppendLine(writer, SipHeaderId.To, value);
        if (SipNameAddress.TryParse(value, out var address) && !address.TryGetParameter("tag"u8, out _))
        {
            var hash = 2166136261U;
            foreach (var octet in raw)
            {
                hash = (hash ^ octet) * 16777619U;
            }

            writer.Append(";tag="u8);
            writer.AppendNumber(hash);
        }

        writer.Append("\r\n"u8);
    }

    // Line ends within a value (folds, stray CR or LF) become blanks.
    private static void AppendLine(SipWriter writer, SipHeaderId id, ReadOnlySpan<byte> value)
    {
        writer.Append(SipHeaderNames.LinePrefixOf(id));
        while (!value.IsEmpty)
        {
            var next = value.IndexOfAny((byte)'\r', (byte)'\n');
            writer.Append(next < 0 ? value : value[..next]);
            if (next < 0)
            {
                return;
            }

            writer.Append(" "u8);
            value = value[(next + 1)..];
        }
    }

    // A header line with its continuation lines; false at the empty line and where the text is cut.
    private static bool TryReadLine(ReadOnlySpan<byte> raw, ref int at, out ReadOnlySpan<byte> line)
    {
        var start = at;
        line = default;
        if (raw[at..].StartsWith("\r\n"u8))
        {
            return false;
        }

        do
        {
            var next = raw[at..].IndexOf("\r\n"u8);
            if (next < 0)
            {
                return false;
            }

            at += next + 2;
        }
        while (at < raw.Length && SipCharacters.IsBlank(raw[at]));

        line = raw[start..(at - 2)];
        return true;
    }
}
