using Spectre.Console;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Console;

/// <summary>A table that is redrawn in place, on a terminal; the final block takes its place at the end.</summary>
internal sealed class LiveRunView(IAnsiConsole console) : IRunView
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _display = Task.CompletedTask;
    private LiveDisplayContext? _context;
    private RunPlan? _plan;
    private RunSnapshot? _last;
    private string? _notice;

    public void OnStarting(RunPlan plan)
    {
        lock (_lock)
        {
            _plan = plan;
            _last = new RunSnapshot
            {
                Elapsed = TimeSpan.Zero,
                PhaseName = "starting",
                PhaseIndex = 0,
                PhaseCount = plan.Phases.Count,
                PhaseRemaining = TimeSpan.Zero,
            };
            _display = console.Live(LiveScreen.Render(plan, _last, null)).AutoClear(true).Overflow(VerticalOverflow.Crop).StartAsync(ShowUntilEndAsync);
        }
    }

    public void OnPhaseStarted(PhaseStarted phase)
    {
        lock (_lock)
        {
            if (_last is not null)
            {
                _last = _last with
                {
                    PhaseName = phase.Name,
                    PhaseIndex = phase.Index,
                    PhaseCount = phase.Count,
                    PhaseRemaining = phase.Length,
                    Elapsed = phase.Elapsed
                };
                Redraw();
            }
        }
    }

    public void OnSnapshot(RunSnapshot snapshot)
    {
        lock (_lock)
        {
            _last = snapshot;
            Redraw();
        }
    }

    public void OnNotice(string text)
    {
        lock (_lock)
        {
            _notice = text;
            Redraw();
        }
    }

    public void OnFinished(ResultDocument result, string resultsPath)
    {
        EndDisplay();
        var lines = FinalBlock.Lines(result, resultsPath);
        var colour = result.Verdict switch { RunVerdict.Pass => Color.Green, RunVerdict.Fail => Color.Red, _ => Color.Yellow };
        console.WriteLine(lines[0], new Style(colour, decoration: Decoration.Bold));
        foreach (var line in lines.Skip(1))
        {
            console.WriteLine(line);
        }
    }

    public ValueTask DisposeAsync()
    {
        EndDisplay();
        return ValueTask.CompletedTask;
    }

    private async Task ShowUntilEndAsync(LiveDisplayContext context)
    {
        lock (_lock)
        {
            _context = context;
            Redraw();
        }

        await _end.Task.ConfigureAwait(false);
    }

    /// <summary>Gives the terminal back: the cursor is shown again, the table is gone.</summary>
    private void EndDisplay()
    {
        lock (_lock)
        {
            _context = null;
        }

        _end.TrySetResult();
        _display.GetAwaiter().GetResult();
    }

    private void Redraw()
    {
        if (_context is not null && _plan is not null && _last is not null)
        {
            _context.UpdateTarget(LiveScreen.Render(_plan, _last, _notice));
        }
    }
}
