using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using UeFarm.Actors.Metrics;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Farm.Sizing;

/// <summary>
/// Reads a trace of any length through one buffer: <c>arrival,timestamp,digest</c> of one phone, or the <c>arrivals.csv</c> of a run. Rows that are wrong are
/// left out and kept as faults, the first few of them with all that is needed to mend them. For one thread.
/// </summary>
internal sealed class TraceReader(Stream stream)
{
    public const string Header = "arrival,timestamp,digest";
    public const string FarmHeader = Report.ArrivalsCsvWriter.Header;
    public const int MaxFaults = 20;

    private const int BufferBytes = 1 << 20;
    private const int LongestLine = 4096;
    private const int ShownBytes = 48;
    private const int DigestDigits = 2 * ReplayDigest.Length;
    private const int FractionDigits = 9;

    private static readonly HashSet<string> BeforeTheRule = [.. Enum.GetValues<ReceiveOutcome>().Where(static outcome => outcome is not (
        ReceiveOutcome.Accepted or ReceiveOutcome.Duplicate or ReceiveOutcome.Stale or ReceiveOutcome.Tie)).Select(Label.Of)];

    private static readonly HashSet<string> OfTheRule =
        [Label.Of(ReceiveOutcome.Accepted), Label.Of(ReceiveOutcome.Duplicate), Label.Of(ReceiveOutcome.Stale), Label.Of(ReceiveOutcome.Tie)];

    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _ofTheRule = OfTheRule.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _beforeTheRule = BeforeTheRule.GetAlternateLookup<ReadOnlySpan<char>>();
    // A run writes its rows down as its phones report them: in order for each phone, nearly so across phones.
    private readonly Dictionary<int, (ulong Seconds, ulong Fraction)> _lastArrivals = [];
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly List<TraceFault> _faults = [];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <summary>True: the file names a phone for each row.</summary>
    public bool IsFromFarm { get; private set; }

    /// <summary>Number of the line read last; the header is line 1.</summary>
    public long Line { get; private set; }

    public long BytesRead { get; private set; }

    /// <summary>The first faults; nothing may be concluded from a trace with any.</summary>
    public IReadOnlyList<TraceFault> Faults => _faults;

    public long FaultCount { get; private set; }

    /// <summary>Reads the header; false, with a fault, when it is neither of the two known ones.</summary>
    public bool TryReadHeader()
    {
        if (!TryReadLine(out var line))
        {
            Line = 1;
            Note("header", [], $"the file is empty; the first line must be {Header}");
            return false;
        }

        if (line.StartsWith(Encoding.UTF8.Preamble))
        {
            line = line[Encoding.UTF8.Preamble.Length..];
        }

        IsFromFarm = line.SequenceEqual(Encoding.ASCII.GetBytes(FarmHeader));
        if (!IsFromFarm && !line.SequenceEqual(Encoding.ASCII.GetBytes(Header)))
        {
            Note("header", line, $"the first line must be {Header} (or {FarmHeader}, as a run writes it)");
            return false;
        }

        return true;
    }

    /// <summary>The next row that is right; false at the end.</summary>
    public bool TryRead(out TraceRow row)
    {
        while (TryReadLine(out var line))
        {
            if (TryParse(line, out row))
            {
                return true;
            }
        }

        row = default;
        return false;
    }

    private bool TryParse(ReadOnlySpan<byte> line, out TraceRow row)
    {
        row = default;
        var wanted = IsFromFarm ? 5 : 3;
        Span<Range> fields = stackalloc Range[7];
        var count = 0;
        foreach (var field in line.Split((byte)','))
        {
            if (count == wanted)
            {
                count++;
                break;
            }

            fields[count++] = field;
        }

        if (count != wanted)
        {
            return Note("row", line, $"has {(count > wanted ? "more" : count)} fields; it must have {wanted}: {(IsFromFarm ? FarmHeader : Header)}");
        }

        var phone = 0;
        var isMet = true;
        if (IsFromFarm)
        {
            if (!TryReadWhole(line[fields[0]], out var number) || number > int.MaxValue)
            {
                return Note("ue", line[fields[0]], "must be the number of a phone, from 0");
            }

            phone = (int)number;
            if (!TryReadVerdict(line[fields[4]], out isMet))
            {
                return Note("verdict", line[fields[4]], "must be one that a run writes, as accepted or stale");
            }
        }

        var first = IsFromFarm ? 1 : 0;
        if (!TryReadArrival(line[fields[first]], out var seconds, out var fraction))
        {
            return Note("arrival", line[fields[first]], "must be seconds as a decimal number from 0, as 12.5");
        }

        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_lastArrivals, phone, out _);
        if ((seconds, fraction).CompareTo(last) < 0)
        {
            return Note("arrival", line[fields[first]], $"is earlier than the row before{(IsFromFarm ? " of this phone" : "")}; sort the rows by arrival");
        }

        if (!TryReadWhole(line[fields[first + 1]], out var timestamp))
        {
            return Note("timestamp", line[fields[first + 1]], "must be a whole number of ticks from 0 to 18446744073709551615");
        }

        if (!TryReadDigest(line[fields[first + 2]], out var digest))
        {
            return Note("digest", line[fields[first + 2]], "must be 40 hex digits");
        }

        last = (seconds, fraction);
        row = new TraceRow(phone, timestamp, digest, isMet);
        return true;
    }

    private bool TryReadVerdict(ReadOnlySpan<byte> text, out bool isMet)
    {
        Span<char> name = stackalloc char[32];
        isMet = false;
        if (text.Length > name.Length)
        {
            return false;
        }

        var length = Encoding.Latin1.GetChars(text, name);
        isMet = _ofTheRule.Contains(name[..length]);
        return isMet || _beforeTheRule.Contains(name[..length]);
    }

    private static bool TryReadWhole(ReadOnlySpan<byte> text, out ulong value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && text[0] != (byte)'+';

    /// <summary>Whole seconds and nanoseconds; further decimals are dropped.</summary>
    private static bool TryReadArrival(ReadOnlySpan<byte> text, out ulong seconds, out ulong fraction)
    {
        fraction = 0;
        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        if (!TryReadWhole(whole, out seconds))
        {
            return false;
        }

        if (point < 0)
        {
            return true;
        }

        var decimals = text[(point + 1)..];
        for (var i = 0; i < Math.Max(decimals.Length, FractionDigits); i++)
        {
            var digit = i < decimals.Length ? (uint)decimals[i] - '0' : 0;
            if (digit > 9)
            {
                return false;
            }

            fraction = i < FractionDigits ? (fraction * 10) + digit : fraction;
        }

        return decimals.Length > 0;
    }

    private static bool TryReadDigest(ReadOnlySpan<byte> text, out ReplayDigest digest)
    {
        Span<byte> bytes = stackalloc byte[ReplayDigest.Length];
        if (text.Length != DigestDigits || Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            digest = default;
            return false;
        }

        digest = ReplayDigest.Read(bytes);
        return true;
    }

    private bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var pending = _buffer.AsSpan(_start, _end - _start);
            var length = pending.IndexOf((byte)'\n');
            if (length >= 0)
            {
                _start += length + 1;
                return Take(pending[..length], out line);
            }

            if (_isAtEnd)
            {
                _start = _end;
                line = default;
                return pending.Length > 0 && Take(pending, out line);
            }

            if (pending.Length > LongestLine)
            {
                Line++;
                SkipRestOfLine();
                Note("row", pending[..ShownBytes], $"is longer than {LongestLine} bytes");
                Line--;
                continue;
            }

            Fill();
        }
    }

    private bool Take(ReadOnlySpan<byte> found, out ReadOnlySpan<byte> line)
    {
        Line++;
        line = found is [.., (byte)'\r'] ? found[..^1] : found;
        return true;
    }

    private void SkipRestOfLine()
    {
        while (!_isAtEnd)
        {
            _start = _end;
            Fill();
            var newline = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                _start += newline;
                return;
            }
        }

        _start = _end;
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _isAtEnd = read == 0;
        _end += read;
        BytesRead += read;
    }

    private bool Note(string field, ReadOnlySpan<byte> value, string remedy)
    {
        FaultCount++;
        if (_faults.Count < MaxFaults)
        {
            var shown = string.Concat(Encoding.UTF8.GetString(value[..Math.Min(value.Length, ShownBytes)]).Select(static each => char.IsControl(each) ? '?' : each));
            _faults.Add(new TraceFault(Line, field, value.Length > ShownBytes ? shown + "..." : shown, remedy));
        }

        return false;
    }
}
