using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace UeFarm.Farm.Scenarios;

/// <summary>
/// Reads one YAML document into nodes with locations. Aliases, tags and further documents are refused: a scenario needs none,
/// and an alias can make a small file expand without bound.
/// </summary>
internal sealed class ScenarioTreeReader
{
    private const int MaxDepth = 16;
    private const int MaxNodes = 100_000;

    private readonly IParser _parser;
    private readonly string? _override;
    private int _nodes;

    private ScenarioTreeReader(string text, string? overrideText)
    {
        _parser = new Parser(new StringReader(text));
        _override = overrideText;
    }

    /// <summary>False: the text is not YAML that a scenario may use; <paramref name="fault"/> says what and where.</summary>
    /// <remarks>overrideText: The argument that is read, as it was written; null for a file.</remarks>
    public static bool TryRead(string text, string? overrideText, out ScenarioNode root, out (string Problem, ScenarioLocation Location) fault)
    {
        fault = default;
        root = new ScenarioNode.Mapping(ScenarioLocation.FileStart);
        try
        {
            var reader = new ScenarioTreeReader(text, overrideText);
            reader._parser.Consume<StreamStart>();
            if (reader._parser.Accept<StreamEnd>(out _))
            {
                return true;
            }

            reader._parser.Consume<DocumentStart>();
            root = reader.ReadNode(0);
            reader._parser.Consume<DocumentEnd>();
            if (reader._parser.TryConsume<DocumentStart>(out var second))
            {
                throw new YamlException(second.Start, second.End, "a second document begins here; a scenario is one document");
            }

            return true;
        }
        catch (YamlException exception)
        {
            fault = (Clean(exception.Message), new ScenarioLocation((int)exception.Start.Line, (int)exception.Start.Column, overrideText));
            return false;
        }
    }

    private ScenarioNode ReadNode(int depth)
    {
        const string NoAliases = "anchors and aliases are not supported; write the value out";
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            throw new YamlException(alias.Start, alias.End, NoAliases);
        }

        var current = _parser.Consume<NodeEvent>();
        if (depth > MaxDepth || ++_nodes > MaxNodes)
        {
            throw new YamlException(current.Start, current.End, depth > MaxDepth ? "nested too deeply" : "too many values");
        }

        if (!current.Anchor.IsEmpty)
        {
            throw new YamlException(current.Start, current.End, NoAliases);
        }

        if (!current.Tag.IsEmpty)
        {
            throw new YamlException(current.Start, current.End, "tags are not supported; leave it out");
        }

        return current switch
        {
            MappingStart => ReadMapping(current, depth),
            SequenceStart => ReadSequence(current, depth),
            _ => ToScalar((YamlDotNet.Core.Events.Scalar)current),
        };
    }

    private ScenarioNode.Mapping ReadMapping(NodeEvent start, int depth)
    {
        var mapping = new ScenarioNode.Mapping(LocationOf(start));
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadNode(depth + 1) is not ScenarioNode.Scalar key)
            {
                throw new YamlException(start.Start, start.End, "a key must be a single word");
            }

            mapping.Entries.Add((key, ReadNode(depth + 1)));
        }

        return mapping;
    }

    private ScenarioNode.Sequence ReadSequence(NodeEvent start, int depth)
    {
        var sequence = new ScenarioNode.Sequence(LocationOf(start));
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            sequence.Items.Add(ReadNode(depth + 1));
        }

        return sequence;
    }

    private ScenarioNode.Scalar ToScalar(YamlDotNet.Core.Events.Scalar scalar)
    {
        var isEmpty = scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null";
        return new ScenarioNode.Scalar(scalar.Value, isEmpty, LocationOf(scalar));
    }

    private ScenarioLocation LocationOf(NodeEvent node) => new((int)node.Start.Line, (int)node.Start.Column, _override);

    /// <summary>Only the parser's own words: it may prefix the position, which is reported apart.</summary>
    private static string Clean(string message)
    {
        var end = message.StartsWith('(') ? message.IndexOf("): ", StringComparison.Ordinal) : -1;
        return end < 0 ? message : message[(end + 3)..];
    }
}
