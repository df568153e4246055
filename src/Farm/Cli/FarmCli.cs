using System.CommandLine;
using System.CommandLine.Help;
using UeFarm.Actors.Traffic;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Sizing;

namespace UeFarm.Farm.Cli;

/// <summary>The command line: parses, dispatches, and turns every end into an exit code.</summary>
/// <remarks>createRunner: Makes the engine when a run begins; without one there is no <c>run</c> command.</remarks>
internal sealed class FarmCli(CliEnvironment environment, Func<IScenarioRunner>? createRunner, Func<IScenarioSizer>? createSizer = null)
{
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Show details of internal errors.", Recursive = true };

    public async Task<int> RunAsync(string[] arguments)
    {
        // Answered before anything is built: scripts ask for it often.
        if (arguments is ["--version"])
        {
            environment.Output.WriteLine(ProgramVersion.Text);
            return (int)ExitCode.Success;
        }

        var root = CreateRoot();
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var isHelp = parsed.Action is HelpAction;
        if (parsed.Errors.Count > 0 && !isHelp)
        {
            foreach (var problem in parsed.Errors)
            {
                environment.Error.WriteLine(problem.Message);
            }

            environment.Error.WriteLine("Try: uefarm --help");
            return (int)ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = environment.Output,
                    Error = environment.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null
                }).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            environment.Error.WriteLine($"Internal error: {exception.Message}");
            environment.Error.WriteLine(parsed.GetValue(_verbose) ? exception.ToString() : "Details with --verbose.");
            return (int)ExitCode.InternalError;
        }
    }

    private RootCommand CreateRoot()
    {
        var root =
            new RootCommand("uefarm: a farm of emulated IMS phones that tests how a network holds and delivers messages.\n\n" + ExitCodeText) { _verbose };
        if (createRunner is not null)
        {
            root.Add(new RunCommand(environment, createRunner).Create());
        }

        root.Add(new CheckCommand(environment).Create());
        root.Add(new ReportCommand(environment).Create());
        root.Add(new SizeCommand(environment, createSizer).Create());
        root.Add(new NodeCommand(environment).Create());
        root.Add(new SubmitCommand(environment).Create());
        root.Add(new StatusCommand(environment).Create());
        root.Add(new ChangeCommand(environment, RunChangeKind.Rate).Create());
        root.Add(new ChangeCommand(environment, RunChangeKind.Scale).Create());
        root.Add(new StopCommand(environment).Create());
        root.Add(new InitCommand(environment).Create());
        root.Add(new SchemaCommand(environment).Create());
        return root;
    }

    private const string ExitCodeText =
        "Exit codes: 0 all held; 1 internal error; 2 bad usage or scenario; 3 refused by a\n"
        + "  guard or the conductor; 4 machine unfit; 97 invalid measurement; 98 a promise broken;\n"
        + "  99 a threshold failed; 105 stopped by a signal.";
}
