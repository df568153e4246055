using System.Collections.Concurrent;
using Spectre.Console;
using UeFarm.Farm.Console;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Console;

public sealed class LiveKeysTests
{
    private readonly Knobs _knobs = new();
    private int _stops;

    [Fact]
    public void Screens_are_named_by_number_tab_goes_round_and_help_comes_and_goes()
    {
        var keys = new LiveKeys(() => _stops++);
        Assert.Equal(
            [
                LiveScreenKind.Parts, LiveScreenKind.Rejections, LiveScreenKind.Overview, LiveScreenKind.Parts, LiveScreenKind.Rejections, LiveScreenKind.Overview,
                LiveScreenKind.Help, LiveScreenKind.Overview,
            ],
            "23\t\t\t1??".Select(key =>
            {
                Assert.Null(keys.Press(Key(key)));
                return keys.Screen;
            }));
        Assert.Equal(0, _stops);
    }

    [Fact]
    public async Task Plus_and_minus_step_through_factors_and_p_pauses_and_goes_on_with_the_last_one()
    {
        var keys = new LiveKeys(() => _stops++) { Knobs = _knobs };
        foreach (var key in "++-p-pp+")
        {
            await (keys.Press(Key(key)) ?? Task.CompletedTask);
        }

        // Fewer than none is nothing to ask for, and more than none is as many as before.
        Assert.Equal([1.25, 1.5, 1.25, 0, 1.25, 0, 1.25], _knobs.Asked);
    }

    [Fact]
    public async Task What_is_refused_is_told_and_does_not_count()
    {
        _knobs.Refusal = "rate: too much";
        var keys = new LiveKeys(() => _stops++) { Knobs = _knobs };
        Assert.Equal("rate: too much", await keys.Press(Key('+'))!);
        Assert.Equal(1, keys.Factor);
        _knobs.Refusal = null;
        await keys.Press(Key('+'))!;
        Assert.Equal([1.25, 1.25], _knobs.Asked);
    }

    [Fact]
    public async Task Without_knobs_there_is_nothing_to_turn_and_q_stops()
    {
        var keys = new LiveKeys(() => _stops++);
        Assert.StartsWith("nothing to turn", await keys.Press(Key('p'))!, StringComparison.Ordinal);
        Assert.Null(keys.Press(Key('x')));
        Assert.Null(keys.Press(Key('q')));
        Assert.Equal(1, _stops);
    }

    [Fact]
    public async Task A_live_view_does_what_keys_say_until_it_ends()
    {
        var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(writer),
            Interactive = InteractionSupport.No,
        });
        var source = new QueuedKeys();
        var stopped = new TaskCompletionSource();
        var view = new LiveRunView(console, source, stopped.SetResult);
        view.OnStarting(RunPlan.Of(Samples.Scenario(Samples.Minimal)));
        view.OnKnobs(_knobs);
        foreach (var key in "3p?q")
        {
            source.Keys.Add(Key(key), TestContext.Current.CancellationToken);
        }

        await stopped.Task.WaitAsync(TestContext.Current.CancellationToken);
        await view.DisposeAsync();
        Assert.Equal([0.0], _knobs.Asked);
        var text = writer.ToString();
        Assert.Contains("minimal: rejections", text, StringComparison.Ordinal);
        Assert.Contains("asked for 0", text, StringComparison.Ordinal);
        Assert.Contains("minimal: help", text, StringComparison.Ordinal);
        Assert.Contains("stop in order, as Ctrl-C once", text, StringComparison.Ordinal);
        source.Keys.CompleteAdding();
    }

    private static ConsoleKeyInfo Key(char key) => new(key, default, shift: false, alt: false, control: false);

    private sealed class Knobs : IRunKnobs
    {
        public List<double> Asked { get; } = [];

        public string? Refusal { get; set; }

        public Task<(bool IsDone, string Line)> ChangeRateAsync(double factor)
        {
            Asked.Add(factor);
            return Task.FromResult((Refusal is null, Refusal ?? $"asked for {factor}"));
        }
    }

    private sealed class QueuedKeys : IKeySource
    {
        public BlockingCollection<ConsoleKeyInfo> Keys { get; } = [];

        public ConsoleKeyInfo? Read() => Keys.TryTake(out var key, Timeout.Infinite) ? key : null;
    }
}
