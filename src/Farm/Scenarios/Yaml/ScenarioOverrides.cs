using System.Globalization;
using System.Text.RegularExpressions;

namespace UeFarm.Farm.Scenarios;

/// <summary>Puts <c>--set key=value</c> into the tree before it is read, so that an override passes every check of the file.</summary>
internal static partial class ScenarioOverrides
{
    public static void Apply(ScenarioNode.Mapping root, DocumentOverride change, ICollection<ScenarioError> errors)
    {
        var overrideText = change.Text;
        var location = new ScenarioLocation(0, 0, change.Shown);
        var equals = overrideText.IndexOf('=', StringComparison.Ordinal);
        var path = equals < 0 ? overrideText : overrideText[..equals];
        if (equals <= 0 || !PathPattern().IsMatch(path))
        {
            errors.Add(
                new ScenarioError(location, path, null, "is not an override", "KEY=VALUE with a dotted key",
                "write it like --set traffic.rate=100/s or --set 'phases[1].for=30s'"));
            return;
        }

        var text = overrideText[(equals + 1)..].Trim();
        ScenarioNode value = new ScenarioNode.Scalar(text, text.Length == 0, location);
        if (text.StartsWith('[') || text.StartsWith('{'))
        {
            if (!ScenarioTreeReader.TryRead(text, change.Shown, out value, out var fault))
            {
                errors.Add(
                    new ScenarioError(location, path, text, $"is not readable: {fault.Problem}", "a value, [a, list] or { a: mapping }",
                    "check brackets and quotes"));
                return;
            }
        }
        else if (text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0])
        {
            value = new ScenarioNode.Scalar(text[1..^1], false, location);
        }

        Put(root, path, value, errors);
    }

    private static void Put(ScenarioNode.Mapping root, string path, ScenarioNode value, ICollection<ScenarioError> errors)
    {
        var location = value.Location with { Line = 0, Column = 0 };
        var mapping = root;
        var segments = path.Split('.');
        for (var i = 0; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            var bracket = segments[i].IndexOf('[', StringComparison.Ordinal);
            var name = bracket < 0 ? segments[i] : segments[i][..bracket];
            var key = new ScenarioNode.Scalar(name, false, location);
            if (bracket < 0)
            {
                if (isLast)
                {
                    mapping.Put(key, value);
                    return;
                }

                if (mapping.Find(name) is not ScenarioNode.Mapping next)
                {
                    next = new ScenarioNode.Mapping(location);
                    mapping.Put(key, next);
                }

                mapping = next;
                continue;
            }

            if (!TryFindItem(mapping, segments[i], path, location, errors, out var sequence, out var index))
            {
                return;
            }

            if (isLast)
            {
                sequence.Items[index] = value;
                return;
            }

            if (sequence.Items[index] is not ScenarioNode.Mapping item)
            {
                item = new ScenarioNode.Mapping(location);
                sequence.Items[index] = item;
            }

            mapping = item;
        }
    }

    private static bool TryFindItem(
        ScenarioNode.Mapping mapping, string segment, string path, ScenarioLocation location, ICollection<ScenarioError> errors,
        out ScenarioNode.Sequence sequence, out int index)
    {
        var bracket = segment.IndexOf('[', StringComparison.Ordinal);
        sequence = mapping.Find(segment[..bracket]) as ScenarioNode.Sequence ?? new ScenarioNode.Sequence(location);
        index = int.Parse(segment.AsSpan((bracket + 1)..^1), NumberStyles.None, CultureInfo.InvariantCulture);
        if (index < sequence.Items.Count)
        {
            return true;
        }

        var allowed = sequence.Items.Count == 0
            ? "the list is empty or missing"
            : string.Create(CultureInfo.InvariantCulture, $"index 0 to {sequence.Items.Count - 1}");
        errors.Add(new ScenarioError(location, path, null, "points at a list item that does not exist", allowed, "count from 0, or set the whole list"));
        return false;
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9-]*(\[[0-9]{1,6}\])?(\.[A-Za-z][A-Za-z0-9-]*(\[[0-9]{1,6}\])?)*$", RegexOptions.CultureInvariant)]
    private static partial Regex PathPattern();
}
