namespace UeFarm.Farm.Scenarios;

/// <summary>A kind of file as it is declared: reading it, its JSON Schema, its reference and its commented example are made from this.</summary>
/// <param name="Noun">What such a file is called in messages: "scenario".</param>
/// <param name="Opening">How such a file begins, for one that holds something else.</param>
/// <param name="Options">In the order of the documentation.</param>
/// <param name="Sections">In the order of the documentation; a section stands before those inside it.</param>
internal sealed record DocumentFormat(string Noun, string Opening, IReadOnlyList<ScenarioOption> Options, IReadOnlyList<ScenarioSection> Sections)
{
    /// <summary>The command that writes a commented example.</summary>
    public string Maker { get; init; } = "uefarm init FILE";

    /// <summary>Where files of one kind are of several formats: the one that a file is of, by what it says. Null: there is only this.</summary>
    public Func<ScenarioNode.Mapping, DocumentFormat>? Choose { get; init; }

    /// <summary>What to do about an option that must be there and is not.</summary>
    public Func<ScenarioOption, string> HowToAdd { get; init; } = static option => $"add {option.Name}: {option.Sample}";
}
