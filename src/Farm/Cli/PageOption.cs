using System.CommandLine;
using System.CommandLine.Parsing;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cli;

/// <summary><c>--page</c>: the live page of a run. Short for the scenario's <c>page.listen</c>; without an address a free port of the loopback.</summary>
internal sealed class PageOption
{
    private const string FreePort = "0";

    public PageOption()
    {
        Option = new Option<string?>("--page")
        {
            Description = "Serve the live page while the run goes on; without an address at a free port of the loopback.",
            HelpName = "[address:]port",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option.Validators.Add(Check);
    }

    public Option<string?> Option { get; }

    public IReadOnlyList<string> Overrides(ParseResult parsed) =>
        parsed.GetResult(Option) is { Implicit: false } ? [$"{ScenarioFormat.PageListen.Path}={parsed.GetValue(Option) ?? FreePort}"] : [];

    /// <summary>Here too, because the word behind the option may have been meant as the scenario.</summary>
    private static void Check(OptionResult result)
    {
        var kind = new EndPointKind(isOptional: true);
        if (result.Tokens is [var token] && !kind.TryRead(token.Value, out _, out var problem))
        {
            result.AddError(
                $"--page '{token.Value}' {problem.Problem}\n    allowed: {kind.Allowed}; nothing: a free port\n"
                + $"    remedy:  {problem.Remedy}, or write --page behind the scenario");
        }
    }
}
