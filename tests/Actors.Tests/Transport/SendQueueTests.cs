using System.Runtime.InteropServices;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using Xunit;

namespace UeFarm.Actors.Tests.Transport;

public sealed class SendQueueTests
{
    [Fact]
    public void Random_use_agrees_with_a_plain_list_of_bytes()
    {
        const ulong Seed = 31;
        const int Max = 900_000;
        var random = new SeededRandomSource(Seed);
        var queue = new SendQueue(Max);
        var model = new List<byte>();
        int appended = 0, finished = 0;
        byte value = 0;
        for (var step = 0; step < 3000; step++)
        {
            if (random.NextUInt64() % 5 != 0)
            {
                var message = new byte[1 + (random.NextUInt64() % 3000)];
                message.AsSpan().Fill(++value);
                var fits = queue.Bytes + message.Length <= Max;
                Assert.Equal(fits, queue.TryAppend(message));
                if (fits)
                {
                    appended++;
                    model.AddRange(message);
                }
            }
            else
            {
                var chunk = queue.Take();
                Assert.Equal(model.Count == 0, chunk.IsEmpty);
                Assert.True(chunk.Length <= 256 << 10);
                var written = chunk.Length == 0 ? 0 : 1 + (int)(random.NextUInt64() % (ulong)chunk.Length);
                Assert.True(chunk[..written].Span.SequenceEqual(CollectionsMarshal.AsSpan(model)[..written]), "step " + step);
                model.RemoveRange(0, written);

                finished += queue.Written(written);
            }

            Assert.Equal(model.Count, queue.Bytes);
            Assert.Equal(appended - finished, queue.Messages);
        }

        Assert.True(finished > 0);
    }

    [Fact]
    public void What_does_not_fit_leaves_the_queue_as_it_was()
    {
        var queue = new SendQueue(10);
        Assert.True(queue.TryAppend([1, 2, 3, 4, 5, 6]));
        Assert.False(queue.TryAppend([7, 8, 9, 10, 11]));
        Assert.True(queue.TryAppend([7, 8, 9, 10]));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], queue.Take().ToArray());
        Assert.False(queue.TryAppend([11]));
        Assert.Equal(2, queue.Written(10));
        Assert.True(queue.TryAppend([11]));
    }
}
