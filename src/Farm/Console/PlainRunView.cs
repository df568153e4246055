using System.Globalization;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Console;

/// <summary>Lines for logs and simple terminals: one per phase, one per second (every ten in runs longer than two minutes), and the final block.</summary>
/// <param name="progress">Where progress goes.</param>
/// <param name="final">Where the final block goes; null: nowhere (a JSON document takes its place).</param>
internal sealed class PlainRunView(TextWriter progress, TextWriter? final) : IRunView
{
    private static readonly TimeSpan ShortRun = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private TimeSpan _interval = TimeSpan.FromSeconds(1);
    private TimeSpan _nextLine = TimeSpan.Zero;
    private long _phones;

    public void OnStarting(RunPlan plan)
    {
        lock (_lock)
        {
            _phones = plan.Scenario.Subscribers.Count;
            _interval = TimeSpan.FromSeconds(plan.Length <= ShortRun ? 1 : 10);
            var messages = UnitText.Count(plan.ExpectedMessages);
            progress.WriteLine($"{plan.Scenario.Name}: {UnitText.Count(_phones)} phones, {UnitText.Duration(plan.Length)}, about {messages} messages");
            foreach (var notice in plan.Notices)
            {
                progress.WriteLine($"note: {notice}");
            }
        }
    }

    public void OnPhaseStarted(PhaseStarted phase)
    {
        lock (_lock)
        {
            progress.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{TextLayout.Clock(phase.Elapsed)} phase {phase.Index + 1}/{phase.Count}: {phase.Name} for {UnitText.Duration(phase.Length)}"));
            progress.Flush();
        }
    }

    public void OnSnapshot(RunSnapshot snapshot)
    {
        lock (_lock)
        {
            // By the clock on the wall, with half a second of grace: snapshots do not come to the millisecond.
            var elapsed = snapshot.Pace?.Wall ?? snapshot.Elapsed;
            if (elapsed + TimeSpan.FromMilliseconds(500) < _nextLine)
            {
                return;
            }

            _nextLine = elapsed + _interval;
            progress.WriteLine(ProgressLine.Of(snapshot, _phones));
            progress.Flush();
        }
    }

    public void OnNotice(string text)
    {
        lock (_lock)
        {
            progress.WriteLine(text);
            progress.Flush();
        }
    }

    public void OnFinished(ResultDocument result, string resultsPath)
    {
        lock (_lock)
        {
            foreach (var line in final is null ? [] : FinalBlock.Lines(result, resultsPath))
            {
                final!.WriteLine(line);
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
