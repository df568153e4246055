using UeFarm.Farm.Console;

namespace UeFarm.Farm.Cli;

/// <summary>What the commands touch of the world around the process; tests give their own.</summary>
internal sealed record CliEnvironment
{
    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    public required bool IsOutputRedirected { get; init; }

    public bool IsErrorRedirected { get; init; } = true;

    /// <summary>Environment variables.</summary>
    public required Func<string, string?> GetVariable { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Starts listening for signals; made for the length of a run.</summary>
    public required Func<IStopSignals> ListenForSignals { get; init; }

    /// <summary>The keyboard; null: there is none that this process may read.</summary>
    public Func<IKeySource?> OpenKeys { get; init; } = static () => null;

    /// <summary>Folder that results folders are made in.</summary>
    public string ResultsParent { get; init; } = "results";

    public static CliEnvironment OfProcess() => new()
    {
        Output = System.Console.Out,
        Error = System.Console.Error,
        IsOutputRedirected = System.Console.IsOutputRedirected,
        IsErrorRedirected = System.Console.IsErrorRedirected,
        GetVariable = Environment.GetEnvironmentVariable,
        Time = TimeProvider.System,
        ListenForSignals = static () => new StopSignals(),
        OpenKeys = TerminalKeys.OfProcess,
    };
}
