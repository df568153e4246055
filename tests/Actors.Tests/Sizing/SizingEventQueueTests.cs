using UeFarm.Actors.Sizing;
using UeFarm.Protocol;
using Xunit;

namespace UeFarm.Actors.Tests.Sizing;

public sealed class SizingEventQueueTests
{
    [Fact]
    public void Events_come_by_time_and_those_of_one_moment_as_they_were_added()
    {
        var random = new SeededRandomSource(1);
        var queue = new SizingEventQueue();
        var model = new PriorityQueue<int, (long, int)>();
        for (var i = 0; i < 100_000; i++)
        {
            if (random.NextUInt64() % 5 < 3)
            {
                var ticks = (long)(random.NextUInt64() % 500);
                queue.Add(new SizingEvent { Ticks = ticks, Message = i });
                model.Enqueue(i, (ticks, i));
            }
            else if (model.TryDequeue(out var expected, out var due))
            {
                Assert.Equal(due.Item1, queue.NextTicks);
                Assert.Equal(expected, queue.Take().Message);
            }

            Assert.Equal(model.Count, queue.Count);
        }

        Assert.True(queue.Count > 1000);
    }
}
