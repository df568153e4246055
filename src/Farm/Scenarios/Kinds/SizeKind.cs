using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>A number of bytes with a unit; kB, MB, GB are decimal, KiB, MiB, GiB binary.</summary>
internal sealed class SizeKind(long minimum, long maximum) : OptionKind<long>
{
    public const string SchemaPattern = @"[0-9]+(\.[0-9]+)? *(B|kB|KiB|MB|MiB|GB|GiB)";

    /// <summary>Units with how many bytes one of it is.</summary>
    public static readonly (string Unit, decimal Factor)[] Units =
        [("B", 1), ("kB", 1000), ("KiB", 1 << 10), ("MB", 1_000_000), ("MiB", 1 << 20), ("GB", 1_000_000_000), ("GiB", 1 << 30)];

    public override string Name => "size";

    public override string Allowed => $"a size from {UnitText.Bytes(minimum)} to {UnitText.Bytes(maximum)} (units B, kB, KiB, MB, MiB, GB, GiB)";

    public override bool TryRead(string text, out long value, out OptionProblem problem)
    {
        value = 0;
        if (!Quantity.TryRead(text, Units, "160B", out var bytes, out problem))
        {
            return false;
        }

        if (bytes != decimal.Truncate(bytes))
        {
            problem = new OptionProblem("is not a whole number of bytes", "round it");
            return false;
        }

        if (bytes < minimum || bytes > maximum)
        {
            problem = bytes < minimum
                ? new OptionProblem("is too small", $"use {UnitText.Bytes(minimum)} or more")
                : new OptionProblem("is too large", $"use {UnitText.Bytes(maximum)} or less");
            return false;
        }

        value = (long)bytes;
        return true;
    }

    public override JsonObject CreateSchema() => Pattern($"^{SchemaPattern}$");
}
