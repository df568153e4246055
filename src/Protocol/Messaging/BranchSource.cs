using System.Buffers.Text;
using System.Globalization;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Branches of one partition of a core: magic cookie, kind, partition (2 hex digits), 16 hex digits drawn at the start, then what
/// the caller adds, then a counter. A response finds its way back by kind and partition.
/// </summary>
public sealed class BranchSource
{
    public const char RegistrarKind = 'r';
    public const char ProxyKind = 'p';

    private const string Cookie = "z9hG4bK";

    private readonly string _prefix;
    private long _counter;

    /// <summary>Partition: 0 to 255.</summary>
    public BranchSource(char kind, int partition, IRandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)partition, 255U, nameof(partition));
        _prefix = string.Create(CultureInfo.InvariantCulture, $"{Cookie}{kind}{partition:x2}{random.NextUInt64():x16}");
    }

    public string Next() => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{++_counter:x}");

    /// <summary>Mark: characters that the caller recognises again, 16 hex digits.</summary>
    public string Next(ulong mark) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{mark:x16}{++_counter:x}");

    /// <summary>False: not a branch of a core.</summary>
    public static bool TryParse(ReadOnlySpan<byte> branch, out char kind, out int partition)
    {
        kind = default;
        partition = 0;
        if (branch.Length < Cookie.Length + 3)
        {
            return false;
        }

        kind = (char)branch[Cookie.Length];
        var isNumber = Utf8Parser.TryParse(branch.Slice(Cookie.Length + 1, 2), out byte number, out var used, 'x');
        partition = number;
        return isNumber && used == 2 && (kind is RegistrarKind or ProxyKind);
    }
}
