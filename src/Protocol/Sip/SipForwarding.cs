namespace UeFarm.Protocol.Sip;

/// <summary>Changes that a server or proxy makes to a parsed message; all return complete messages as bytes. Fields that are not touched are copied
/// byte for byte.</summary>
public static class SipForwarding
{
    private const int InitialMaxForwards = 70;

    /// <summary>A response built from the request (RFC 3261 section 8.2.6): Via list (top one completed with received and rport from 'from'), From, To
    /// (+tag unless present or toTag is empty), Call-ID, CSeq, extra header lines.</summary>
    public static byte[] Respond(
        SipRequest request, int statusCode, string toTag, SipHop from, params ReadOnlySpan<(SipHeaderId Id, string Value)> extra)
    {
        ArgumentNullException.ThrowIfNull(request);
        var writer = SipWriter.Rent().Response(statusCode);
        var headers = request.Headers;
        for (var index = 0; index < headers.Length; index++)
        {
            switch (headers[index].Id)
            {
                case SipHeaderId.Via when index == request.TopViaIndex:
                    AppendCompletedVia(writer, request.ValueSpan(headers[index]), request.TopViaLayout, from);
                    break;
                case SipHeaderId.Via:
                case SipHeaderId.From:
                case SipHeaderId.CallId:
                case SipHeaderId.CSeq:
                    writer.Append(request.Line(index));
                    break;
                case SipHeaderId.To:
                    AppendTo(writer, request, headers[index], toTag);
                    break;
                default:
                    break;
            }
        }

        return AppendExtra(writer, extra).Finish();
    }

    /// <summary>RFC 3261 section 16.6: new Request-URI when given, own Via on top, received/rport put into the previous top Via, Max-Forwards - 1 (70 when
    /// absent), own Route removed when asked, headers removed and added. Added ones come before those received, as Route, Path and Record-Route need it.
    /// The caller has refused Max-Forwards 0 (483).</summary>
    public static byte[] ForwardRequest(
        SipRequest request, SipHop from, string? newRequestUri, string viaSentBy, SipTransportKind viaTransport, string branch, bool removeTopRoute,
        ReadOnlySpan<SipHeaderId> remove, params ReadOnlySpan<(SipHeaderId Id, string Value)> add)
    {
        ArgumentNullException.ThrowIfNull(request);
        var removed = MaskOf(remove) | MaskOf(SipHeaderId.ContentLength);
        var writer = SipWriter.Rent();
        writer.Append(request.MethodToken);
        writer.Append(" "u8);
        if (newRequestUri is null)
        {
            writer.Append(request.RequestUriText);
        }
        else
        {
            writer.AppendRequestUri(newRequestUri);
        }

        writer.Append(" SIP/2.0\r\n"u8);
        AppendExtra(writer.Via(viaTransport, viaSentBy, branch), add);
        var headers = request.Headers;
        var text = request.Span;
        var pending = headers[0].NameOffset;
        var routePending = removeTopRoute;
        for (var index = 0; index < headers.Length; index++)
        {
            ref readonly var entry = ref headers[index];
            var isRoute = routePending && entry.Id == SipHeaderId.Route;
            var dropped = entry.Id != SipHeaderId.Other && (removed >> (int)entry.Id & 1) != 0;
            if (!dropped && !isRoute && index != request.TopViaIndex && entry.Id != SipHeaderId.MaxForwards)
            {
                continue;
            }

            writer.Append(text[pending..entry.NameOffset]);
            pending = request.LineEnd(index);
            if (dropped)
            {
                continue;
            }

            if (isRoute)
            {
                routePending = false;
                AppendWithoutFirst(writer, SipHeaderId.Route, request.ValueSpan(entry));
            }
            else if (entry.Id == SipHeaderId.MaxForwards)
            {
                writer.Header(SipHeaderId.MaxForwards, Math.Max(0, request.MaxForwards - 1));
            }
            else
            {
                AppendCompletedVia(writer, request.ValueSpan(entry), request.TopViaLayout, from);
            }
        }

        writer.Append(text[pending..(request.BodyStart - 2)]);
        if (request.MaxForwards < 0)
        {
            writer.Header(SipHeaderId.MaxForwards, InitialMaxForwards);
        }

        return writer.Finish(request.Body.Span);
    }

    /// <summary>RFC 3261 section 16.7: the top Via removed. False when no Via is left.</summary>
    public static bool TryForwardResponse(SipResponse response, out byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(response);
        bytes = [];
        var top = response.Headers[response.TopViaIndex];
        var hasMore = HasSecondVia(response, top);
        if (!hasMore)
        {
            return false;
        }

        var text = response.Span;
        var writer = SipWriter.Rent();
        writer.Append(text[..top.NameOffset]);
        AppendWithoutFirst(writer, SipHeaderId.Via, response.ValueSpan(top));
        var pending = response.LineEnd(response.TopViaIndex);
        var headers = response.Headers;
        for (var index = response.TopViaIndex + 1; index < headers.Length; index++)
        {
            if (headers[index].Id == SipHeaderId.ContentLength)
            {
                writer.Append(text[pending..headers[index].NameOffset]);
                pending = response.LineEnd(index);
            }
        }

        writer.Append(text[pending..(response.BodyStart - 2)]);
        bytes = writer.Finish(response.Body.Span);
        return true;
    }

    /// <summary>Best effort answer (400, 413, 505 ...) to a request that could be framed but not parsed: what can be recognised of Via, From, To, Call-ID and
    /// CSeq is copied back to whom it came from. False when nothing can be answered.</summary>
    public static bool TryReject(ReadOnlySpan<byte> raw, SipParseFailure failure, SipHop from, out byte[] response) =>
        SipRejection.TryWrite(raw, failure, from, out response);

    /// <summary>The field's first value with received and, when asked for, rport filled in, the rest of the field as it is. What a client wrote into these
    /// two is replaced. received is added when the source differs from sent-by (RFC 3261 section 18.2.1) or rport was asked for (RFC 3581 section 4).</summary>
    internal static void AppendCompletedVia(SipWriter writer, ReadOnlySpan<byte> value, in SipViaLayout via, SipHop from)
    {
        writer.Append("Via: "u8);
        var reader = new SipParameterReader(value, via.SentByStart + via.SentByLength);
        writer.Append(value[..reader.Position]);
        while (reader.TryRead())
        {
            if (!System.Text.Ascii.EqualsIgnoreCase(reader.Name, "received"u8) && !System.Text.Ascii.EqualsIgnoreCase(reader.Name, "rport"u8))
            {
                writer.Append(value[reader.Start..reader.Position]);
            }
        }

        var address = from.EndPoint.Address;
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> source = stackalloc byte[64];
        address.TryFormat(source, out var sourceLength);
        var host = value.Slice(via.SentByStart, via.HostLength).Trim("[]"u8);
        if (via.RPort >= 0 || !System.Text.Ascii.EqualsIgnoreCase(host, source[..sourceLength]))
        {
            writer.Append(";received="u8);
            writer.Append(source[..sourceLength]);
        }

        if (via.RPort >= 0)
        {
            writer.Append(";rport="u8);
            writer.AppendNumber(from.EndPoint.Port);
        }

        writer.Append(value[via.End..]);
        writer.Append("\r\n"u8);
    }

    private static void AppendTo(SipWriter writer, SipRequest request, in SipHeaderEntry entry, string toTag)
    {
        writer.Append("To: "u8);
        writer.Append(request.ValueSpan(entry));
        if (toTag.Length > 0 && !request.To.TryGetParameter("tag"u8, out _))
        {
            writer.Append(";tag="u8);
            writer.AppendValue(toTag);
        }

        writer.Append("\r\n"u8);
    }

    // The field again without its first value; nothing when that was the only one.
    private static void AppendWithoutFirst(SipWriter writer, SipHeaderId id, ReadOnlySpan<byte> value)
    {
        var reader = new SipListReader(value);
        if (reader.MoveNext() && reader.MoveNext())
        {
            writer.Append(SipHeaderNames.LinePrefixOf(id));
            writer.Append(value[reader.Start..]);
            writer.Append("\r\n"u8);
        }
    }

    private static bool HasSecondVia(SipResponse response, in SipHeaderEntry top)
    {
        var reader = new SipListReader(response.ValueSpan(top));
        if (reader.MoveNext() && reader.MoveNext())
        {
            return true;
        }

        foreach (ref readonly var entry in response.Headers[(response.TopViaIndex + 1)..])
        {
            if (entry.Id == SipHeaderId.Via && entry.ValueLength > 0)
            {
                return true;
            }
        }

        return false;
    }

    private static SipWriter AppendExtra(SipWriter writer, ReadOnlySpan<(SipHeaderId Id, string Value)> extra)
    {
        foreach (var (id, value) in extra)
        {
            writer.Header(id, value);
        }

        return writer;
    }

    private static ulong MaskOf(params ReadOnlySpan<SipHeaderId> ids)
    {
        var mask = 0UL;
        foreach (var id in ids)
        {
            mask |= 1UL << (int)id;
        }

        return mask;
    }
}
