using System.CommandLine;

namespace UeFarm.Farm.Cli;

/// <summary>The option <c>--junit FILE</c> of <c>run</c> and <c>report</c>.</summary>
internal static class JunitOption
{
    public static Option<string?> Create(string description) => new("--junit") { Description = description, HelpName = "file" };
}
