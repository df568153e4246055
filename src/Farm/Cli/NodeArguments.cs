using System.CommandLine;
using System.Text.Json;
using UeFarm.Farm.Nodes;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cli;

/// <summary>The options of <c>node</c>: names for keys of the node file, made from their declarations, and <c>--set</c> for all others.</summary>
internal sealed class NodeArguments
{
    private readonly Option<string?> _config = new("--config") { Description = "The node file (YAML); the options below beat it.", HelpName = "file" };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Sets any key of the node file, as in --set applicationServer.expiry=7d.",
        HelpName = "key=value",
        DefaultValueFactory = static _ => [],
    };

    private readonly List<(ScenarioOption Key, Option Option)> _flags =
        [.. NodeFormat.Flags.Select(static entry => (entry.Option, CreateOption(entry.Flag, entry.Option)))];

    public void AddTo(Command command)
    {
        command.Add(_config);
        foreach (var (_, option) in _flags)
        {
            command.Add(option);
        }

        command.Add(_set);
    }

    public NodeReadResult Read(ParseResult parsed)
    {
        var overrides = new List<DocumentOverride>();
        foreach (var (key, option) in _flags)
        {
            if (ValueOf(parsed, option) is { } value)
            {
                overrides.Add(new DocumentOverride($"{key.Path}={value.Text}", $"{option.Name} {value.Shown}".TrimEnd()));
            }
        }

        overrides.AddRange((parsed.GetValue(_set) ?? []).Select(DocumentOverride.Set));
        return NodeReader.Read(parsed.GetValue(_config), overrides);
    }

    private static Option CreateOption(string flag, ScenarioOption key)
    {
        if (key.Kind is SwitchKind)
        {
            return new Option<bool>(flag) { Description = key.Description };
        }

        var defaults = key.IsRequired ? " Required." : key.DefaultTexts.Count > 0 ? $" Default: {string.Join(", ", key.DefaultTexts)}." : "";
        return key.IsList
            ? new Option<string[]>(flag)
            {
                Description = $"{key.Description} May be given several times.{defaults}",
                HelpName = key.Kind.Name,
                DefaultValueFactory = static _ => [],
            }
            : new Option<string?>(flag) { Description = key.Description + defaults, HelpName = key.Kind.Name };
    }

    /// <summary>Quoted, so that an address in brackets is not read as a list. Null: not given.</summary>
    private static (string Text, string Shown)? ValueOf(ParseResult parsed, Option option) => option switch
    {
        Option<bool> flag => parsed.GetValue(flag) ? ("on", "") : null,
        Option<string[]> list => parsed.GetValue(list) is { Length: > 0 } items ? (JsonSerializer.Serialize(items), string.Join(' ', items)) : null,
        Option<string?> single => parsed.GetValue(single) is { } text ? ($"\"{text}\"", text) : null,
        _ => throw new InvalidOperationException($"{option.Name} is of no known kind"),
    };
}
