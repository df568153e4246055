using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace UeFarm.Farm.Scenarios;

/// <summary>A text that matches a pattern.</summary>
/// <param name="name">The type's name in documentation.</param>
/// <param name="pattern">Anchored pattern without look-around, so that it means the same in a JSON Schema.</param>
/// <param name="allowed">The pattern in words.</param>
/// <param name="example">A valid value.</param>
internal sealed class TextKind(string name, string pattern, string allowed, string example) : OptionKind<string>
{
    private readonly Regex _pattern = new(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    public override string Name => name;

    public override string Allowed => allowed;

    public override bool TryRead(string text, out string value, out OptionProblem problem)
    {
        value = text;
        problem = default;
        // The dollar sign also matches before a last line feed, hence the second test.
        if (_pattern.IsMatch(text) && !text.EndsWith('\n'))
        {
            return true;
        }

        problem = new OptionProblem($"is not a valid {name}", $"write it like {example}");
        return false;
    }

    public override JsonObject CreateSchema() => Pattern(pattern);
}
