namespace UeFarm.Farm.Scenarios;

/// <inheritdoc/>
internal sealed class TypedScenarioOption<T>(string path, OptionKind<T> kind, string description) : ScenarioOption(path, description)
{
    public override OptionKind Kind => kind;

    public override object? DefaultValue =>
        IsList ? CreateList(DefaultTexts.Select(ReadDefault)) : DefaultTexts.Count == 0 ? default(T) : ReadDefault(DefaultTexts[0]);

    public override object CreateList(IEnumerable<object?> values) => values.Cast<T>().ToArray();

    private object? ReadDefault(string text) => kind.TryReadObject(text, out var value, out var problem)
        ? value
        : throw new InvalidOperationException($"The default {text} of {Path} {problem.Problem}.");
}
