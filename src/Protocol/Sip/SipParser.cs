using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace UeFarm.Protocol.Sip;

/// <summary>Bytes to message (RFC 3261 section 7). Stateless, safe from any thread, never throws for what the network sent.</summary>
public static class SipParser
{
    /// <summary>
    /// Takes ownership of the bytes: the caller must not change them afterwards. For datagrams bytes after the body are ignored, and a missing
    /// Content-Length means that the body is the rest. CRLFs before the start line are skipped (RFC 3261 section 7.5).
    /// </summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, SipLimits limits, [NotNullWhen(true)] out SipMessage? message, out SipParseFailure failure)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (!MemoryMarshal.TryGetArray(bytes, out var segment))
        {
            segment = new ArraySegment<byte>(bytes.ToArray());
        }

        message = null;
        var buffer = segment.Array!;
        var start = segment.Offset;
        var length = segment.Count;
        while (length >= 2 && buffer[start] == '\r' && buffer[start + 1] == '\n')
        {
            start += 2;
            length -= 2;
        }

        var skipped = start - segment.Offset;
        var scanner = new SipMessageScanner(new ReadOnlySpan<byte>(buffer, start, length), limits);
        var good = scanner.TryScan();
        if (scanner.HasFoldedLines)
        {
            buffer = SipUnfolding.Unfold(new ReadOnlySpan<byte>(buffer, start, length), out length);
            start = 0;
            scanner = new SipMessageScanner(new ReadOnlySpan<byte>(buffer, 0, length), limits);
            good = scanner.TryScan();
        }

        if (!good)
        {
            var found = scanner.Failure;
            failure = found with { Offset = found.Offset + skipped };
            return false;
        }

        failure = default;
        var headers = scanner.Entries.ToArray();
        message = scanner.Facts.IsRequest
            ? new SipRequest(buffer, start, in scanner.Facts, headers)
            : new SipResponse(buffer, start, in scanner.Facts, headers);
        return true;
    }
}
