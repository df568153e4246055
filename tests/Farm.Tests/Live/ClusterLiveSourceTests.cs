using System.Text;
using Akka.Actor;
using Microsoft.Extensions.Time.Testing;
using UeFarm.Actors.Cluster;
using UeFarm.Farm.Live;
using UeFarm.Farm.Nodes;

namespace UeFarm.Farm.Tests.Live;

/// <summary>A node's page asks the conductor seldom, whoever asks the node how often.</summary>
public sealed class ClusterLiveSourceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<ClusterMessages.ConductorQuery> _queries = [];
    private Func<Task<object>> _conductor = static () => Task.FromResult<object>(new ClusterMessages.ConductorReply("run-7", "{}"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_question_a_second_serves_all_who_ask()
    {
        var source = Source();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => source.ReadAsync(Cancellation).AsTask()));
        Assert.Single(answers.Distinct(ReferenceEqualityComparer.Instance));
        Assert.Equal((ConductorVerb.Live, "", ""), (Assert.Single(_queries).Verb, _queries[0].RunId, _queries[0].Content));
        Assert.Equal("{}", Encoding.UTF8.GetString(answers[0].Body.Span));

        _time.Advance(TimeSpan.FromSeconds(0.5));
        await source.ReadAsync(Cancellation);
        Assert.Single(_queries);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        await source.ReadAsync(Cancellation);
        Assert.Equal(2, _queries.Count);
    }

    [Fact]
    public async Task A_conductor_that_is_slow_is_asked_once_and_given_up_and_asked_again()
    {
        var late = new TaskCompletionSource<object>();
        _conductor = () => late.Task;
        var source = Source();
        var waiting = Enumerable.Range(0, 5).Select(_ => source.ReadAsync(Cancellation).AsTask()).ToList();
        _time.Advance(TimeSpan.FromSeconds(2));
        waiting.Add(source.ReadAsync(Cancellation).AsTask());
        Assert.Single(_queries);
        _time.Advance(TimeSpan.FromSeconds(2));
        foreach (var reader in waiting)
        {
            Assert.StartsWith("No conductor answers", (await Assert.ThrowsAsync<LiveSourceException>(() => reader)).Message, StringComparison.Ordinal);
        }

        _conductor = static () => Task.FromResult<object>(new ClusterMessages.ConductorReply("run-7", "{}"));
        await source.ReadAsync(Cancellation);
        Assert.Equal(2, _queries.Count);
    }

    [Fact]
    public async Task What_the_conductor_says_instead_is_passed_on()
    {
        _conductor = static () => Task.FromResult<object>(new ClusterMessages.Refused("no"));
        Assert.Equal("The conductor refused: no", (await Assert.ThrowsAsync<LiveSourceException>(() => Source().ReadAsync(Cancellation).AsTask())).Message);
        _conductor = static () => throw new AskTimeoutException("");
        await Assert.ThrowsAsync<LiveSourceException>(() => Source().ReadAsync(Cancellation).AsTask());
    }

    [Fact]
    public async Task A_node_that_stops_waits_until_its_open_page_knows_of_the_end()
    {
        var source = Source();
        await source.ReadAsync(Cancellation);
        _conductor = static () => Task.FromResult<object>(new ClusterMessages.ConductorReply("run-7", """{"version":1,"stand":"ended","run":null}"""));

        var farewell = source.SayFarewellAsync();
        Assert.False(farewell.IsCompleted);
        Assert.True((await source.ReadAsync(Cancellation)).IsFinal);
        await AdvanceUntilAsync(farewell, TimeSpan.FromSeconds(1.6));
        Assert.Equal(2, _queries.Count);
    }

    [Fact]
    public async Task A_node_that_stops_does_not_wait_for_a_page_that_never_asks_again()
    {
        var source = Source();
        await source.ReadAsync(Cancellation);
        _conductor = static () => Task.FromResult<object>(new ClusterMessages.ConductorReply("run-7", """{"version":1,"stand":"ended"}"""));

        await AdvanceUntilAsync(source.SayFarewellAsync(), TimeSpan.FromSeconds(5.1));
    }

    [Fact]
    public async Task A_node_that_stops_while_the_run_goes_on_or_nobody_looks_does_not_wait()
    {
        await Source().SayFarewellAsync();
        Assert.Empty(_queries);

        _conductor = static () => Task.FromResult<object>(new ClusterMessages.ConductorReply("run-7", """{"version":1,"stand":"running"}"""));
        var source = Source();
        await source.ReadAsync(Cancellation);
        await source.SayFarewellAsync();
        Assert.Equal(2, _queries.Count);

        _conductor = static () => throw new AskTimeoutException("");
        await source.SayFarewellAsync();

        _time.Advance(TimeSpan.FromSeconds(6));
        await source.SayFarewellAsync();
        Assert.Equal(3, _queries.Count);
    }

    /// <summary>Ends after that much of the clock, and not much sooner.</summary>
    private async Task AdvanceUntilAsync(Task task, TimeSpan length)
    {
        var step = TimeSpan.FromMilliseconds(50);
        for (var passed = TimeSpan.Zero; passed < length - TimeSpan.FromSeconds(0.2); passed += step)
        {
            Assert.False(task.IsCompleted);
            _time.Advance(step);
            await Task.Yield();
        }

        while (!task.IsCompleted)
        {
            _time.Advance(step);
            await Task.Yield();
        }

        await task;
    }

    private ClusterLiveSource Source() => new(
        (query, cancellation) =>
        {
            _queries.Add(query);
            return _conductor().WaitAsync(cancellation);
        },
        _time);
}
