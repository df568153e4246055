using Microsoft.Extensions.Time.Testing;
using UeFarm.Actors.Cluster;
using Xunit;

namespace UeFarm.Actors.Tests.Cluster;

public sealed class DatabaseWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DatabaseWatch _watch;

    public DatabaseWatchTests() => _watch = new DatabaseWatch(_time);

    [Fact]
    public void A_silence_is_told_once_and_lasts_until_there_is_an_answer()
    {
        _watch.Ask();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(_watch.HasFallenSilent());
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(_watch.HasFallenSilent());
        Assert.False(_watch.HasFallenSilent());
        Assert.True(_watch is { IsSilent: true, IsAsked: true });
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(TimeSpan.FromSeconds(10), _watch.Answer());
        Assert.False(_watch.IsSilent || _watch.IsAsked || _watch.HasFallenSilent());
    }

    [Fact]
    public void An_answer_in_time_is_no_event_however_long_nobody_asks_again()
    {
        _watch.Ask();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, _watch.Answer());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_watch.HasFallenSilent());
    }
}
