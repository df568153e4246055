using System.CommandLine;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cli;

/// <summary><c>init [FILE]</c>: writes a commented scenario with every option; never over an existing file.</summary>
internal sealed class InitCommand(CliEnvironment environment)
{
    private readonly Argument<string?> _file = new("FILE") { Description = "The file to write; without one it is printed.", Arity = ArgumentArity.ZeroOrOne };

    public Command Create()
    {
        var command = new Command("init", "Writes a commented scenario with every option and its default.") { _file };
        command.SetAction(parsed => (int)Execute(parsed.GetValue(_file)));
        return command;
    }

    private ExitCode Execute(string? file)
    {
        if (file is null)
        {
            environment.Output.Write(ScenarioTemplate.Write());
            return ExitCode.Success;
        }

        try
        {
            using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
            using var writer = new StreamWriter(stream);
            writer.Write(ScenarioTemplate.Write());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            environment.Error.WriteLine(File.Exists(file) ? $"{file} exists already and is not overwritten."
                : $"{file} cannot be written: {exception.Message}");
            return ExitCode.Usage;
        }

        environment.Output.WriteLine($"Wrote {file}. Next: uefarm check {file}");
        return ExitCode.Success;
    }
}
