using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Hosting;

/// <summary>A whole run that a test looks at while it goes on, through the runner of the command line. Ended, and its files gone, when it is disposed.</summary>
internal sealed class GoingRun : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Task<RunOutcome> _running;

    private GoingRun(string text, string[] overrides)
    {
        var read = PlayedRun.Read(text, overrides);
        _running = new ScenarioRunner(TimeProvider.System).RunAsync(new RunRequest(read.Scenario!, read.Source, PlayedRun.ResultsOf(_folder)), View, _stop.Token);
    }

    public SilentView View { get; } = new();

    public static GoingRun Start(string text, params string[] overrides) => new(text, overrides);

    /// <summary>The first notice with this in it.</summary>
    public async Task<string> NoticeAsync(string part)
    {
        while (true)
        {
            if (View.Notices.FirstOrDefault(notice => notice.Contains(part, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }

            await PauseAsync();
        }
    }

    /// <summary>A moment in which the run goes on.</summary>
    public async Task PauseAsync()
    {
        Assert.False(_running.IsCompleted);
        await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    /// <summary>Ends it, or what goes on after its end.</summary>
    public async Task<ResultDocument> EndAsync()
    {
        await _stop.CancelAsync();
        return (await _running).Result;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _folder.Dispose();
    }
}
