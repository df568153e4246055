using Akka.Actor;
using Akka.Event;
using UeFarm.Actors.Run;
using Xunit;

namespace UeFarm.Actors.Tests.Run;

public sealed class RunFaultsTests : IAsyncDisposable
{
    private readonly ActorSystem _system = FarmActorSystem.Create("fault-tests", FarmActorSystem.Silent);
    private readonly RunFaults _faults = new();

    public RunFaultsTests() => _faults.Watch(_system);

    public async ValueTask DisposeAsync() => await _system.Terminate();

    [Fact]
    public async Task The_same_error_is_one_sentence_however_often_it_comes()
    {
        Log("no room", 3);
        _system.EventStream.Publish(new Warning("source", typeof(RunFaultsTests), "is no error"));
        Log("no\r\nnetwork", 1);

        await AssertTextsAsync("error inside the farm, in RunFaultsTests: no room (3 times)", "error inside the farm, in RunFaultsTests: no network");
    }

    [Fact]
    public async Task There_is_an_end_to_kinds_of_errors()
    {
        for (var kind = 0; kind < 40; kind++)
        {
            Log($"fault {kind}", 2);
        }

        await AssertTextsAsync(
            [.. Enumerable.Range(0, 10).Select(static kind => $"error inside the farm, in RunFaultsTests: fault {kind} (2 times)"), "other errors inside the farm (60 times)"]);
    }

    private void Log(string message, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _system.EventStream.Publish(new Error(null, "source", typeof(RunFaultsTests), message));
        }
    }

    /// <summary>They come through an actor, in their order.</summary>
    private async Task AssertTextsAsync(params string[] expected)
    {
        var limit = TimeProvider.System.GetTimestamp();
        while (!_faults.Texts.SequenceEqual(expected) && TimeProvider.System.GetElapsedTime(limit) < TimeSpan.FromSeconds(30))
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.Equal(expected, _faults.Texts);
    }
}
