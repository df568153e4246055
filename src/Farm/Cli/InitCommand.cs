using System.CommandLine;
using UeFarm.Farm.Nodes;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cli;

/// <summary><c>init [FILE]</c>: writes a commented scenario, or node file, with every option; never over an existing file.</summary>
internal sealed class InitCommand(CliEnvironment environment)
{
    private readonly Argument<string?> _file = new("FILE") { Description = "The file to write; without one it is printed.", Arity = ArgumentArity.ZeroOrOne };

    private readonly RoleOption _role = new("Write the file of a node of this role instead: as, or roles of a cluster's node.");

    public Command Create()
    {
        var command = new Command("init", "Writes a commented scenario with every option and its default.") { _file, _role.Option };
        command.SetAction(parsed => (int)Execute(parsed));
        return command;
    }

    private ExitCode Execute(ParseResult parsed)
    {
        if (!_role.TryRead(parsed, environment, out var role))
        {
            return ExitCode.Usage;
        }

        var text = role is { } kind ? NodeTemplate.Write(kind) : ScenarioTemplate.Write();
        var file = parsed.GetValue(_file);
        if (file is null)
        {
            environment.Output.Write(text);
            return ExitCode.Success;
        }

        try
        {
            using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
            using var writer = new StreamWriter(stream);
            writer.Write(text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            environment.Error.WriteLine(File.Exists(file) ? $"{file} exists already and is not overwritten."
                : $"{file} cannot be written: {exception.Message}");
            return ExitCode.Usage;
        }

        environment.Output.WriteLine($"Wrote {file}. Next: uefarm {(role is null ? "check" : "node --config")} {file}");
        return ExitCode.Success;
    }
}
