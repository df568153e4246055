using Spectre.Console;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Report;

namespace UeFarm.Farm.Console;

/// <summary>Screens that are redrawn in place, on a terminal, and keys; the final block takes their place at the end.</summary>
/// <param name="console">The terminal.</param>
/// <param name="keys">Its keyboard; null: there is none.</param>
/// <param name="stop">Asks the run to stop, as Ctrl-C does.</param>
internal sealed class LiveRunView(IAnsiConsole console, IKeySource? keys = null, Action? stop = null) : IRunView
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LiveKeys _keys = new(stop ?? (static () => { }));
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
                Stage = Actors.Run.RunStage.Registering,
            };
            _display = console.Live(Picture(_last)).AutoClear(true).Overflow(VerticalOverflow.Crop).StartAsync(ShowUntilEndAsync);
        }

        if (keys is not null)
        {
            new Thread(() => Listen(keys)) { IsBackground = true, Name = "keys" }.Start();
        }
    }

    public void OnKnobs(IRunKnobs knobs) => _keys.Knobs = knobs;

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
                    Elapsed = phase.Elapsed,
                    Stage = Actors.Run.RunStage.Playing,
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

    public void OnClusterSnapshot(RunSnapshot snapshot, string line) => OnSnapshot(snapshot);

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

    /// <summary>Waits for keys on a thread of its own, until there are no more or nothing is shown any more.</summary>
    private void Listen(IKeySource source)
    {
        while (!_end.Task.IsCompleted && source.Read() is { } key)
        {
            if (_end.Task.IsCompleted)
            {
                return;
            }

            if (_keys.Press(key) is { } knob)
            {
                OnNotice(knob.GetAwaiter().GetResult());
            }
            else
            {
                lock (_lock)
                {
                    Redraw();
                }
            }
        }
    }

    /// <summary>Gives the terminal back: the cursor is shown again, the screen is gone.</summary>
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
            _context.UpdateTarget(Picture(_last));
        }
    }

    private Table Picture(RunSnapshot snapshot) =>
        LiveScreen.Render(new LivePicture(_plan!, snapshot, _keys.Screen, _notice, HasKeys: keys is not null), console.Profile.Width);
}
