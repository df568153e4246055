using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>One size, or two with a hyphen between them: the smallest and the largest.</summary>
internal sealed class SizeRangeKind(int minimum, int maximum) : OptionKind<ByteRange>
{
    private readonly SizeKind _size = new(minimum, maximum);

    public override string Name => "size or range of sizes";

    public override string Allowed => $"{_size.Allowed}, or two of them as in 160B-1400B";

    public override bool TryRead(string text, out ByteRange value, out OptionProblem problem)
    {
        value = default;
        var hyphen = text.IndexOf('-', StringComparison.Ordinal);
        var (from, to) = hyphen <= 0 ? (text, text) : (text[..hyphen], text[(hyphen + 1)..]);
        if (!_size.TryRead(from, out var smallest, out problem) || !_size.TryRead(to, out var largest, out problem))
        {
            return false;
        }

        if (smallest > largest)
        {
            problem = new OptionProblem("ends before it begins", $"write {to}-{from}");
            return false;
        }

        value = new ByteRange((int)smallest, (int)largest);
        return true;
    }

    public override JsonObject CreateSchema() => Pattern($"^{SizeKind.SchemaPattern}( *- *{SizeKind.SchemaPattern})?$");
}
