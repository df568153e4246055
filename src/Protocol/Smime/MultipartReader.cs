namespace UeFarm.Protocol.Smime;

/// <summary>
/// Splits a multipart body (RFC 2046 section 5.1.1) into its parts, as bytes: parts may hold NUL, bare CR and LF, and bytes that look like a
/// boundary. Interpretation: a boundary counts only as a whole line (blanks may follow), not as the beginning of one.
/// </summary>
internal ref struct MultipartReader
{
    private const int MaxBoundaryLength = 70;

    private readonly ReadOnlyMemory<byte> _body;
    private readonly ReadOnlySpan<byte> _boundary;
    private int _position;
    private bool _isClosed;

    private MultipartReader(ReadOnlyMemory<byte> body, ReadOnlySpan<byte> boundary)
    {
        _body = body;
        _boundary = boundary;
    }

    /// <summary>True behind the closing boundary; what follows it is ignored.</summary>
    public readonly bool IsClosed => _isClosed;

    /// <summary>Finds the boundary parameter and the first boundary line; text before it is ignored.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> contentType, ReadOnlyMemory<byte> body, out MultipartReader reader)
    {
        var boundary = MimeValue.ParameterOf(contentType, "boundary"u8);
        reader = new MultipartReader(body, boundary);
        return boundary.Length is > 0 and <= MaxBoundaryLength && reader.TryFindBoundary(out _);
    }

    /// <summary>The next part with its header. False behind the last part; then <see cref="IsClosed"/> tells whether the body is complete.</summary>
    public bool TryReadPart(out ReadOnlyMemory<byte> part)
    {
        var start = _position;
        if (!_isClosed && TryFindBoundary(out var end))
        {
            part = _body[start..end];
            return true;
        }

        part = default;
        return false;
    }

    /// <summary>Moves behind the next boundary line. End: where the part before it ends; the CRLF before a boundary belongs to the boundary.</summary>
    private bool TryFindBoundary(out int end)
    {
        var body = _body.Span;
        var position = _position;
        while (true)
        {
            var dashes = body[position..].IndexOf("--"u8);
            if (dashes < 0)
            {
                end = 0;
                return false;
            }

            position += dashes;
            var isLineStart = position == 0 || (position >= _position + 2 && body[position - 2] == '\r' && body[position - 1] == '\n');
            if (isLineStart && TryReadBoundaryLine(body, position + 2, out var next, out var isClosing))
            {
                end = Math.Max(position - 2, 0);
                _position = next;
                _isClosed = isClosing;
                return true;
            }

            position++;
        }
    }

    private readonly bool TryReadBoundaryLine(ReadOnlySpan<byte> body, int position, out int next, out bool isClosing)
    {
        next = 0;
        isClosing = false;
        if (!body[position..].StartsWith(_boundary))
        {
            return false;
        }

        position += _boundary.Length;
        if (body[position..].StartsWith("--"u8))
        {
            isClosing = true;
            position += 2;
        }

        while (position < body.Length && body[position] is (byte)' ' or (byte)'\t')
        {
            position++;
        }

        if (body[position..].StartsWith("\r\n"u8))
        {
            next = position + 2;
            return true;
        }

        next = position;
        return isClosing && position == body.Length;
    }
}
