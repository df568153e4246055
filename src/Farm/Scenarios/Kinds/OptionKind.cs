using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>What values an option takes: how they are read, described and written into the JSON Schema.</summary>
internal abstract class OptionKind
{
    /// <summary>The type's name in documentation, such as "duration".</summary>
    public abstract string Name { get; }

    /// <summary>What is allowed, in words, with range and units.</summary>
    public abstract string Allowed { get; }

    /// <summary>Key of a one-entry mapping that is accepted in place of the scalar <c>key:value</c>; null when only scalars are.</summary>
    public virtual string? MappingKey => null;

    /// <summary>The schema of one value.</summary>
    public abstract JsonObject CreateSchema();

    public abstract bool TryReadObject(string text, out object? value, out OptionProblem problem);

    protected static JsonObject Pattern(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };
}

/// <inheritdoc/>
internal abstract class OptionKind<T> : OptionKind
{
    /// <summary>Reads a value with its unit. False: the problem names what is wrong, without the value itself.</summary>
    public abstract bool TryRead(string text, out T value, out OptionProblem problem);

    public sealed override bool TryReadObject(string text, out object? value, out OptionProblem problem)
    {
        var isRead = TryRead(text, out var typed, out problem);
        value = typed;
        return isRead;
    }
}
