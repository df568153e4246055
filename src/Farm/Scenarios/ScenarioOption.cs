namespace UeFarm.Farm.Scenarios;

/// <summary>The declaration of one option: reading, checks, schema, documentation and <c>init</c> all come from it.</summary>
internal abstract class ScenarioOption(string path, string description)
{
    /// <summary>Dotted path; options of list items have the list's name with <c>[]</c> in it.</summary>
    public string Path { get; } = path;

    public string Description { get; } = description;

    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>The section that the option stands in; empty at the top.</summary>
    public string Section => Path.Contains('.', StringComparison.Ordinal) ? Path[..Path.LastIndexOf('.')] : "";

    /// <summary>Must be written; there is no sensible default.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The value is a list of such values.</summary>
    public bool IsList { get; init; }

    /// <summary>Most items of a list.</summary>
    public int MaxItems { get; init; } = 1000;

    /// <summary>The default as a scenario would write it; null: nothing, or as the description says. Lists: the items.</summary>
    public IReadOnlyList<string> DefaultTexts { get; init; } = [];

    /// <summary>A value for examples, where there is no default or it would not show much.</summary>
    public string? Sample { get; init; }

    public abstract OptionKind Kind { get; }

    /// <summary>The value that an absent option has: for lists a typed list, else the value or the type's own default.</summary>
    public abstract object? DefaultValue { get; }

    /// <summary>Makes a typed list of values that were read one by one.</summary>
    public abstract object CreateList(IEnumerable<object?> values);
}
