using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Thresholds;

/// <summary>
/// Reads <c>metric[{label="value",...}][.stat] op number[unit]</c> and checks every name against the catalogue. Reports the first
/// fault with its position.
/// </summary>
internal sealed class ThresholdParser
{
    private const int MaxLength = 300;

    private static readonly (string Text, ThresholdOperator Operator)[] Operators =
    [
        ("==", ThresholdOperator.Equal), ("!=", ThresholdOperator.NotEqual), ("<=", ThresholdOperator.LessOrEqual),
        (">=", ThresholdOperator.GreaterOrEqual), ("<", ThresholdOperator.Less), (">", ThresholdOperator.Greater),
    ];

    private static readonly (string Unit, ThresholdUnit Kind, double Factor)[] Units =
    [
        ("us", ThresholdUnit.Time, 1e-6), ("ms", ThresholdUnit.Time, 1e-3), ("s", ThresholdUnit.Time, 1), ("m", ThresholdUnit.Time, 60),
        ("h", ThresholdUnit.Time, 3600),
        ("%", ThresholdUnit.Share, 0.01), ("/s", ThresholdUnit.Rate, 1),
        .. SizeKind.Units.Select(static unit => (unit.Unit, ThresholdUnit.Size, (double)unit.Factor)),
    ];

    private readonly string _text;
    private int _position;
    private ThresholdFault _fault;

    private ThresholdParser(string text) => _text = text;

    public static bool TryParse(string text, [NotNullWhen(true)] out Threshold? threshold, out ThresholdFault fault)
    {
        var parser = new ThresholdParser(text);
        threshold = text.Length > MaxLength ? parser.Fail(MaxLength, "it is too long", "write one comparison per threshold") : parser.Parse();
        fault = parser._fault;
        return threshold is not null;
    }

    private Threshold? Parse()
    {
        SkipSpace();
        var start = _position;
        var name = TakeWord(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
        var metric = ThresholdCatalogue.Find(name);
        if (metric is null)
        {
            var names = ThresholdCatalogue.Metrics.Select(known => known.Name).ToList();
            var nearest = Nearest.Of(name, names);
            return Fail(start, name.Length == 0 ? "a metric name is missing" : $"'{name}' is not a known metric", nearest is null
                ? $"use one of {string.Join(", ", names)}" : $"did you mean {nearest}?");
        }

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Peek() == '{' && !TryParseLabels(metric, labels))
        {
            return null;
        }

        if (!TryParseStat(metric, out var stat) || !TryParseOperator(out var comparison) || !TryParseValue(ThresholdCatalogue.UnitOf(stat), out var value))
        {
            return null;
        }

        return new Threshold(_text.Trim(), name, labels, stat, comparison, value, ThresholdCatalogue.UnitOf(stat));
    }

    private bool TryParseLabels(ThresholdMetric metric, Dictionary<string, string> labels)
    {
        do
        {
            _position++;
            SkipSpace();
            var start = _position;
            var label = TakeWord(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
            if (!metric.Labels.TryGetValue(label, out var known))
            {
                var remedy = metric.Labels.Count == 0 ? $"{metric.Name} has no labels" : $"use one of {string.Join(", ", metric.Labels.Keys)}";
                return Refuse(start, label.Length == 0 ? "a label name is missing" : $"'{label}' is not a label of {metric.Name}", remedy);
            }

            SkipSpace();
            if (!TryTake("=") || !SkipSpaceThenTake('"'))
            {
                return Refuse(_position, "=\"value\" is missing after the label", $"write {label}=\"{known[0]}\"");
            }

            var valueStart = _position;
            var value = TakeWord(letter => letter != '"');
            if (!known.Contains(value))
            {
                var nearest = Nearest.Of(value, known);
                return Refuse(valueStart, $"'{value}' is not a value of {label}", nearest is null ? $"use one of {string.Join(", ", known)}"
                    : $"did you mean {nearest}?");
            }

            if (!TryTake("\"") || !labels.TryAdd(label, value))
            {
                return Refuse(valueStart, labels.ContainsKey(label) ? $"'{label}' is given twice" : "the closing quote is missing",
                    "write each label once, its value in quotes");
            }

            SkipSpace();
        }
        while (Peek() == ',');
        return TryTake("}") || Refuse(_position, "the closing brace is missing", "end the labels with }");
    }

    private bool TryParseStat(ThresholdMetric metric, out string? stat)
    {
        stat = null;
        var choices = string.Join(", ", metric.Stats.Where(known => known.Length > 0));
        var start = _position;
        if (TryTake("."))
        {
            start = _position;
            stat = TakeWord(char.IsAsciiLetterOrDigit);
            return metric.Stats.Contains(stat) && stat.Length > 0
                || Refuse(start, $"'{stat}' is not a statistic of {metric.Name}", choices.Length == 0 ? "leave it out: this is a plain count"
                    : $"use one of {choices}");
        }

        return metric.Stats.Contains("")
            || Refuse(start, $"{metric.Name} needs a statistic", $"write {metric.Name}.{metric.Stats[0]}, or another of {choices}");
    }

    private bool TryParseOperator(out ThresholdOperator comparison)
    {
        SkipSpace();
        foreach (var (text, known) in Operators)
        {
            if (TryTake(text))
            {
                comparison = known;
                return true;
            }
        }

        comparison = default;
        return Refuse(_position, "a comparison is missing", "use one of ==, !=, <, <=, >, >=");
    }

    private bool TryParseValue(ThresholdUnit expected, out double value)
    {
        SkipSpace();
        var start = _position;
        var number = TakeWord(letter => char.IsAsciiDigit(letter) || letter is '.' or '-');
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return Refuse(start, "a number is missing", $"write it like {Example(expected)}");
        }

        SkipSpace();
        var unitStart = _position;
        var unit = _text[_position..].TrimEnd();
        if (unit.Length == 0)
        {
            return expected is ThresholdUnit.Count or ThresholdUnit.Share || Refuse(unitStart, "the value has no unit", $"write it like {Example(expected)}");
        }

        foreach (var (text, kind, factor) in Units)
        {
            if (text == unit && kind == expected)
            {
                value *= factor;
                return true;
            }
        }

        return Refuse(unitStart, $"'{unit}' does not fit here", $"write it like {Example(expected)}");
    }

    private static string Example(ThresholdUnit unit) => unit switch
    {
        ThresholdUnit.Time => "250ms, 5s",
        ThresholdUnit.Rate => "100/s",
        ThresholdUnit.Share => "99.9% or 0.999",
        ThresholdUnit.Size => "250MB",
        _ => "0 (a plain number)",
    };

    private string TakeWord(Func<char, bool> belongs)
    {
        var start = _position;
        while (_position < _text.Length && belongs(_text[_position]))
        {
            _position++;
        }

        return _text[start.._position];
    }

    private bool TryTake(string text)
    {
        if (string.CompareOrdinal(_text, _position, text, 0, text.Length) != 0)
        {
            return false;
        }

        _position += text.Length;
        return true;
    }

    private bool SkipSpaceThenTake(char letter)
    {
        SkipSpace();
        return TryTake(letter.ToString());
    }

    private void SkipSpace()
    {
        while (Peek() is ' ' or '\t')
        {
            _position++;
        }
    }

    private char Peek() => _position < _text.Length ? _text[_position] : '\0';

    private Threshold? Fail(int position, string problem, string remedy)
    {
        Refuse(position, problem, remedy);
        return null;
    }

    private bool Refuse(int position, string problem, string remedy)
    {
        _fault = new ThresholdFault(position, problem, remedy);
        return false;
    }
}
