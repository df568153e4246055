using System.Globalization;

namespace UeFarm.Farm.Sizing;

/// <summary>What is wrong with a line of a trace, and what it should be.</summary>
internal sealed record TraceFault(long Line, string Field, string Value, string Remedy)
{
    public string Format(string file) => string.Create(CultureInfo.InvariantCulture, $"{file}:{Line}: {Field} '{Value}': {Remedy}");
}
