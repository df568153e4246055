using Microsoft.Extensions.Time.Testing;
using UeFarm.Farm.Live;

namespace UeFarm.Farm.Tests.Live;

public sealed class LiveAudienceTests
{
    private static readonly LiveDocument Running = Document(LiveStand.Running);
    private static readonly LiveDocument Ended = Document(LiveStand.Ended);

    private readonly FakeTimeProvider _time = new();
    private readonly LiveAudience _audience;

    public LiveAudienceTests() => _audience = new LiveAudience(_time);

    [Fact]
    public void A_page_is_open_for_as_long_as_it_would_wait_for_an_answer()
    {
        Assert.False(_audience.IsOpen);
        _audience.Ask();
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.True(_audience.IsOpen);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.False(_audience.IsOpen);
    }

    [Fact]
    public async Task Nobody_is_waited_for_without_a_page()
    {
        await _audience.SayFarewellAsync();
    }

    [Fact]
    public async Task An_open_page_is_waited_for_and_others_that_are_as_quick_get_the_end_too()
    {
        Show(Running);
        var farewell = _audience.SayFarewellAsync();
        await AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.False(farewell.IsCompleted);
        Show(Running);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.False(farewell.IsCompleted);

        Show(Ended);
        await AdvanceAsync(TimeSpan.FromSeconds(1.3));
        Assert.False(farewell.IsCompleted);
        Show(Ended);
        await AdvanceAsync(TimeSpan.FromSeconds(0.4));
        await farewell;
    }

    [Fact]
    public async Task Who_has_heard_the_end_long_ago_is_not_waited_for()
    {
        Show(Running);
        Show(Ended);
        await AdvanceAsync(TimeSpan.FromSeconds(1.6));
        Show(Ended);
        await _audience.SayFarewellAsync();

        // Another run has begun since.
        Show(Running);
        Assert.False(_audience.SayFarewellAsync().IsCompleted);
    }

    private static LiveDocument Document(LiveStand stand) => LiveDocument.Of(new LiveState { MadeAt = DateTimeOffset.UnixEpoch, Stand = stand });

    private void Show(LiveDocument document)
    {
        _audience.Ask();
        Assert.Same(document, _audience.Tell(document));
    }

    private async Task AdvanceAsync(TimeSpan length)
    {
        var step = TimeSpan.FromMilliseconds(50);
        for (var passed = TimeSpan.Zero; passed < length; passed += step)
        {
            _time.Advance(step);
            await Task.Yield();
        }
    }
}
