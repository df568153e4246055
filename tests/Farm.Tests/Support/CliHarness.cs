using UeFarm.Farm.Cli;
using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Tests.Support;

/// <summary>The command line in process: captured output, own folder, own clock, signals at will.</summary>
internal sealed class CliHarness : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public StringWriter Output { get; } = new() { NewLine = "\n" };

    public StringWriter Error { get; } = new() { NewLine = "\n" };

    public Dictionary<string, string> Variables { get; } = [];

    public bool IsOutputRedirected { get; set; } = true;

    public FakeSignals Signals { get; } = new();

    public IScenarioRunner Runner { get; set; } = new FixedRunner();

    public string Folder => _folder.Path;

    public string ResultsParent => Path.Combine(_folder.Path, "results");

    public string File(string name, string content) => _folder.File(name, content);

    public Task<int> RunAsync(params string[] arguments)
    {
        var environment = new CliEnvironment
        {
            Output = Output,
            Error = Error,
            IsOutputRedirected = IsOutputRedirected,
            GetVariable = Variables.GetValueOrDefault,
            Time = new FixedTime(),
            ListenForSignals = () => Signals,
            ResultsParent = ResultsParent,
        };
        return new FarmCli(environment, () => Runner, () => new UeFarm.Farm.Sizing.ScenarioSizer()).RunAsync(arguments);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Ends with a given result; remembers what it was asked.</summary>
    internal sealed class FixedRunner : IScenarioRunner
    {
        public RunRequest? Request { get; private set; }

        public Func<IRunView, CancellationToken, UeFarm.Farm.Report.ResultDocument> Play { get; set; } = (_, _) => Samples.Result();

        public Task<RunOutcome> RunAsync(RunRequest request, IRunView view, CancellationToken cancellation)
        {
            Request = request;
            return Task.FromResult(new RunOutcome(Play(view, cancellation)));
        }
    }

    internal sealed class FakeSignals : IStopSignals
    {
        private readonly CancellationTokenSource _source = new();

        public bool IsDisposed { get; private set; }

        public CancellationToken FirstSignal => _source.Token;

        public void Raise() => _source.Cancel();

        public void StopInOrder() => Raise();

        public void Dispose() => IsDisposed = true;
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    }
}
