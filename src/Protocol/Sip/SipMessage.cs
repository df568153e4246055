using System.Text;

namespace UeFarm.Protocol.Sip;

/// <summary>
/// A parsed message: immutable, owns its bytes; header values are views, parsed further only when asked. Mandatory fields have been checked, so
/// reading them cannot fail. Safe to read from several threads.
/// </summary>
public abstract class SipMessage
{
    private readonly byte[] _buffer;
    private readonly int _start;
    private readonly int _length;
    private readonly int _bodyStart;
    private readonly SipHeaderEntry[] _headers;
    private readonly int _topViaIndex;
    private readonly SipViaLayout _topVia;
    private readonly int _fromIndex;
    private readonly int _toIndex;
    private readonly int _callIdIndex;
    private SipNameAddress? _from;
    private SipNameAddress? _to;

    private protected SipMessage(byte[] buffer, int start, in SipMessageFacts facts, SipHeaderEntry[] headers)
    {
        _buffer = buffer;
        _start = start;
        _length = facts.Length;
        _bodyStart = facts.BodyStart;
        _headers = headers;
        _topViaIndex = facts.TopViaIndex;
        _topVia = facts.TopVia;
        _fromIndex = facts.FromIndex;
        _toIndex = facts.ToIndex;
        _callIdIndex = facts.CallIdIndex;
        CSeqNumber = facts.CSeqNumber;
        CSeqMethod = facts.CSeqMethod;
    }

    /// <summary>Start line, header section and body; without what a datagram carried after the body. Folded lines are unfolded.</summary>
    public ReadOnlyMemory<byte> Bytes => new(_buffer, _start, _length);

    public ReadOnlyMemory<byte> Body => new(_buffer, _start + _bodyStart, _length - _bodyStart);

    public int HeaderCount => _headers.Length;

    public ReadOnlySpan<byte> CallId => ValueSpan(_headers[_callIdIndex]);

    /// <summary>0 to 2^31 - 1.</summary>
    public uint CSeqNumber { get; }

    public SipMethod CSeqMethod { get; }

    public SipVia TopVia => new(ValueMemory(_headers[_topViaIndex]), _topVia);

    /// <summary>Made at the first call, then kept.</summary>
    public SipNameAddress From => _from ??= SipNameAddress.View(ValueMemory(_headers[_fromIndex]))!;

    /// <summary>Made at the first call, then kept.</summary>
    public SipNameAddress To => _to ??= SipNameAddress.View(ValueMemory(_headers[_toIndex]))!;

    internal ReadOnlySpan<byte> Span => new(_buffer, _start, _length);

    internal ReadOnlySpan<SipHeaderEntry> Headers => _headers;

    internal int BodyStart => _bodyStart;

    internal int TopViaIndex => _topViaIndex;

    internal ref readonly SipViaLayout TopViaLayout => ref _topVia;

    internal int FromIndex => _fromIndex;

    internal int ToIndex => _toIndex;

    /// <summary>The fields in the order received.</summary>
    public SipHeaderField GetHeader(int index)
    {
        ref readonly var entry = ref _headers[index];
        return new SipHeaderField(entry.Id, Span.Slice(entry.NameOffset, entry.NameLength), ValueSpan(entry));
    }

    /// <summary>The first field of that name (compact forms known, folding removed, trimmed).</summary>
    public bool TryGetHeader(SipHeaderId id, out ReadOnlySpan<byte> value)
    {
        foreach (ref readonly var entry in _headers.AsSpan())
        {
            if (entry.Id == id && id != SipHeaderId.Other)
            {
                value = ValueSpan(entry);
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The first field of that name, known or not, in its long form; case does not matter.</summary>
    public bool TryGetHeader(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var id = SipHeaderNames.Parse(name);
        if (id != SipHeaderId.Other)
        {
            return TryGetHeader(id, out value);
        }

        foreach (ref readonly var entry in _headers.AsSpan())
        {
            if (entry.Id == SipHeaderId.Other && Ascii.EqualsIgnoreCase(Span.Slice(entry.NameOffset, entry.NameLength), name))
            {
                value = ValueSpan(entry);
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The first field's value as text (UTF-8); null when absent.</summary>
    public string? GetHeaderText(SipHeaderId id) => TryGetHeader(id, out var value) ? Encoding.UTF8.GetString(value) : null;

    /// <summary>All values of a list header (Via, Route, Contact, Path, Supported, P-Asserted-Identity ...): several fields and comma lists, quotes
    /// respected. Of a field that is no list, each field is one value. Views into the message.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> GetValues(SipHeaderId id)
    {
        List<ReadOnlyMemory<byte>>? values = null;
        foreach (ref readonly var entry in _headers.AsSpan())
        {
            if (entry.Id != id || id == SipHeaderId.Other)
            {
                continue;
            }

            values ??= [];
            var value = ValueMemory(entry);
            if (!SipHeaderNames.IsList(id))
            {
                values.Add(value);
                continue;
            }

            var reader = new SipListReader(value.Span);
            while (reader.MoveNext())
            {
                values.Add(value.Slice(reader.Start, reader.Length));
            }
        }

        return values is null ? [] : values;
    }

    internal ReadOnlySpan<byte> ValueSpan(in SipHeaderEntry entry) => Span.Slice(entry.ValueOffset, entry.ValueLength);

    /// <summary>The whole line of a field with its line end.</summary>
    internal ReadOnlySpan<byte> Line(int index)
    {
        var start = _headers[index].NameOffset;
        return Span[start..LineEnd(index)];
    }

    internal int LineEnd(int index) => index + 1 < _headers.Length ? _headers[index + 1].NameOffset : _bodyStart - 2;

    private ReadOnlyMemory<byte> ValueMemory(in SipHeaderEntry entry) => new(_buffer, _start + entry.ValueOffset, entry.ValueLength);
}
