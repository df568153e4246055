using System.Text.Json.Nodes;

namespace UeFarm.Farm.Scenarios;

/// <summary>One of a few words.</summary>
internal sealed class ChoiceKind<T>(params (string Word, T Value)[] choices) : OptionKind<T>
    where T : struct
{
    public override string Name => "choice";

    public override string Allowed => string.Join(" | ", choices.Select(choice => choice.Word));

    public override bool TryRead(string text, out T value, out OptionProblem problem)
    {
        problem = default;
        value = default;
        foreach (var (word, choice) in choices)
        {
            if (word == text)
            {
                value = choice;
                return true;
            }
        }

        var nearest = Nearest.Of(text, choices.Select(choice => choice.Word));
        problem = new OptionProblem("is not one of the choices", nearest is null ? $"use one of {Allowed}" : $"did you mean {nearest}?");
        return false;
    }

    public override JsonObject CreateSchema()
    {
        var words = new JsonArray();
        var isNumeric = choices.All(choice => long.TryParse(choice.Word, out _));
        foreach (var (word, _) in choices)
        {
            words.Add(isNumeric ? JsonValue.Create(long.Parse(word, System.Globalization.CultureInfo.InvariantCulture)) : JsonValue.Create(word));
        }

        return new JsonObject { ["enum"] = words };
    }
}
