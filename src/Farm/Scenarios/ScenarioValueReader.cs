using System.Globalization;

namespace UeFarm.Farm.Scenarios;

/// <summary>Walks the tree along the declared format: every value is read by its declaration, every unknown key reported.</summary>
internal sealed class ScenarioValueReader(DocumentFormat format, ScenarioValues values, ICollection<ScenarioError> errors)
{
    private readonly Dictionary<string, ScenarioOption> _options = format.Options.ToDictionary(option => option.Path, StringComparer.Ordinal);
    private readonly HashSet<string> _sections = format.Sections.Select(section => section.Path).ToHashSet(StringComparer.Ordinal);

    public void Read(ScenarioNode root)
    {
        if (root is not ScenarioNode.Mapping mapping)
        {
            errors.Add(new ScenarioError(
                root.Location, "", null, $"is {root.Description}", $"keys and values, such as {format.Opening}", $"begin with {format.Opening}"));
            return;
        }

        ReadMapping(mapping, "", "");
    }

    private void ReadMapping(ScenarioNode.Mapping mapping, string declaredPath, string concretePath)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Entries)
        {
            var declared = Join(declaredPath, key.Text);
            var concrete = Join(concretePath, key.Text);
            if (!seen.Add(key.Text))
            {
                errors.Add(new ScenarioError(key.Location, concrete, null, "is written twice", "each key once", "remove one of the two"));
            }
            else if (_options.TryGetValue(declared, out var option))
            {
                ReadOption(option, value, concrete);
            }
            else if (_sections.Contains(declared))
            {
                ReadSection(value, declared, concrete);
            }
            else if (_sections.Contains(declared + "[]"))
            {
                ReadSectionList(value, declared + "[]", concrete);
            }
            else
            {
                ReportUnknown(key, declaredPath, concrete);
            }
        }

        ReportMissing(mapping, declaredPath, concretePath);
    }

    private void ReadSection(ScenarioNode value, string declared, string concrete)
    {
        switch (value)
        {
            case ScenarioNode.Mapping mapping:
                ReadMapping(mapping, declared, concrete);
                break;
            case ScenarioNode.Scalar { IsEmpty: true }:
                break;
            default:
                errors.Add(new ScenarioError(
                    value.Location, concrete, (value as ScenarioNode.Scalar)?.Text, $"is {value.Description}",
                    $"a mapping with the keys {string.Join(", ", KeysOf(declared))}", "write { key: value } or indented keys"));
                break;
        }
    }

    private void ReadSectionList(ScenarioNode value, string declared, string concrete)
    {
        if (value is not ScenarioNode.Sequence sequence)
        {
            errors.Add(
                new ScenarioError(value.Location, concrete, (value as ScenarioNode.Scalar)?.Text, $"is {value.Description}", "a list, each item after a hyphen",
                "begin each item with \"- \""));
            return;
        }

        for (var i = 0; i < sequence.Items.Count; i++)
        {
            values.AddItem(declared, sequence.Items[i].Location);
            ReadSection(sequence.Items[i], declared, string.Create(CultureInfo.InvariantCulture, $"{concrete}[{i}]"));
        }
    }

    private void ReadOption(ScenarioOption option, ScenarioNode node, string concrete)
    {
        if (!option.IsList)
        {
            var isRead = TryReadScalar(option, node, concrete, out var value, out var text);
            values.Put(concrete, value, isRead, node.Location, text);
            return;
        }

        if (node is not ScenarioNode.Sequence sequence || sequence.Items.Count > option.MaxItems)
        {
            var problem = node is ScenarioNode.Sequence ? "has too many items" : $"is {node.Description}";
            errors.Add(new ScenarioError(
                node.Location, concrete, (node as ScenarioNode.Scalar)?.Text, problem,
                string.Create(CultureInfo.InvariantCulture, $"a list of at most {option.MaxItems} items"),
                "write [ a, b ] or one item per line after a hyphen"));
            values.Put(concrete, option.DefaultValue, false, node.Location, "");
            return;
        }

        var items = new List<object?>();
        for (var i = 0; i < sequence.Items.Count; i++)
        {
            if (TryReadScalar(option, sequence.Items[i], string.Create(CultureInfo.InvariantCulture, $"{concrete}[{i}]"), out var value, out _))
            {
                items.Add(value);
            }
        }

        values.Put(concrete, option.CreateList(items), items.Count == sequence.Items.Count, node.Location, "");
    }

    private bool TryReadScalar(ScenarioOption option, ScenarioNode node, string concrete, out object? value, out string text)
    {
        value = null;
        text = "";
        var key = option.Kind.MappingKey;
        if (key is not null && node is ScenarioNode.Mapping { Entries.Count: 1 } mapping && mapping.Find(key) is ScenarioNode.Scalar { IsEmpty: false } inner)
        {
            text = $"{key}:{inner.Text}";
        }
        else if (node is ScenarioNode.Scalar { IsEmpty: false } scalar)
        {
            text = scalar.Text;
        }
        else
        {
            var problem = node is ScenarioNode.Scalar ? "has no value" : $"is {node.Description}";
            errors.Add(new ScenarioError(node.Location, concrete, null, problem, option.Kind.Allowed, "write a value after the colon, or leave the key out"));
            return false;
        }

        if (option.Kind.TryReadObject(text, out value, out var fault))
        {
            return true;
        }

        errors.Add(new ScenarioError(node.Location, concrete, text, fault.Problem, option.Kind.Allowed, fault.Remedy));
        return false;
    }

    private void ReportUnknown(ScenarioNode.Scalar key, string declaredPath, string concrete)
    {
        var keys = KeysOf(declaredPath).ToList();
        var nearest = Nearest.Of(key.Text, keys);
        var elsewhere = nearest is null ? format.Options.FirstOrDefault(option => option.Name == key.Text)?.Path : null;
        var remedy = nearest is not null ? $"did you mean {nearest}?" : elsewhere is not null ? $"did you mean {elsewhere}?" : "remove it";
        errors.Add(new ScenarioError(key.Location, concrete, null, "is not a known key", string.Join(", ", keys), remedy));
    }

    private void ReportMissing(ScenarioNode.Mapping mapping, string declaredPath, string concretePath)
    {
        foreach (var option in format.Options)
        {
            if (option.IsRequired && option.Section == declaredPath && mapping.Find(option.Name) is null)
            {
                errors.Add(
                    new ScenarioError(mapping.Location, Join(concretePath, option.Name), null, "is missing", option.Kind.Allowed,
                    format.HowToAdd(option)));
            }
        }
    }

    private IEnumerable<string> KeysOf(string declaredPath)
    {
        var prefix = declaredPath.Length == 0 ? "" : declaredPath + ".";
        return format.Options.Select(option => option.Path).Concat(format.Sections.Select(section => section.Path))
            .Where(path => path.StartsWith(prefix, StringComparison.Ordinal) && path.Length > prefix.Length)
            .Select(path => path[prefix.Length..])
            .Where(rest => !rest.Contains('.', StringComparison.Ordinal))
            .Select(rest => rest.Replace("[]", "", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal);
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
