using Spectre.Console;
using UeFarm.Farm.Cli;
using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Console;

/// <summary>Chooses the view that fits the options and the terminal.</summary>
internal static class RunViews
{
    /// <param name="environment">Of the process.</param>
    /// <param name="isQuiet">Only the verdict.</param>
    /// <param name="isJson">Only the document.</param>
    /// <param name="stop">Asks the run to stop, for a view that has keys.</param>
    public static IRunView Create(CliEnvironment environment, bool isQuiet, bool isJson, Action stop)
    {
        var final = isJson ? null : environment.Output;
        if (isQuiet)
        {
            return new QuietRunView(final);
        }

        // With --json, standard output belongs to the document; progress goes where errors go.
        return isJson || !IsLive(environment) ? new PlainRunView(isJson ? environment.Error : environment.Output, final)
            : new LiveRunView(CreateConsole(environment), environment.OpenKeys(), stop);
    }

    /// <summary>A terminal that can move its cursor. NO_COLOR takes the colours away, not the live screens.</summary>
    private static bool IsLive(CliEnvironment environment) =>
        !environment.IsOutputRedirected && environment.GetVariable("TERM") is not (null or "" or "dumb") && environment.GetVariable("CI") is not "true";

    private static IAnsiConsole CreateConsole(CliEnvironment environment) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        ColorSystem = string.IsNullOrEmpty(environment.GetVariable("NO_COLOR")) ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Out = new AnsiConsoleOutput(environment.Output),
        Interactive = InteractionSupport.No,
    });
}
