using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>
/// A number of bytes with or without a unit: the key's name (bytes) already is the unit, so a bare number is plain.
/// </summary>
internal sealed class CacheBytesKind(long minimum, long maximum) : OptionKind<long>
{
    private readonly SizeKind _size = new(minimum, maximum);

    public override string Name => "size";

    public override string Allowed => $"{_size.Allowed}; a bare number is bytes";

    public override bool TryRead(string text, out long value, out OptionProblem problem) =>
        _size.TryRead(text.Length > 0 && text.All(char.IsAsciiDigit) ? text + "B" : text, out value, out problem);

    public override JsonObject CreateSchema() => new()
    {
        ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum }, _size.CreateSchema()),
    };
}
