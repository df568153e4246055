using Spectre.Console;

namespace UeFarm.Farm.Console;

/// <summary>A row of the live view: of the parts, as many as there is room for, the first ones first.</summary>
internal sealed record LiveRow(string Label, IReadOnlyList<string> Parts, Style Style)
{
    public static LiveRow Empty { get; } = Of("", "");

    public static LiveRow Of(string label, params IReadOnlyList<string> parts) => new(label, parts, Style.Plain);
}
