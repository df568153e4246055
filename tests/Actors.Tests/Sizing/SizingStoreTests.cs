using UeFarm.Actors.Sizing;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Actors.Tests.Sizing;

public sealed class SizingStoreTests
{
    [Fact]
    public void Pages_and_expiry_agree_with_a_sorted_list_after_each_step()
    {
        var random = new SeededRandomSource(2);
        int Below(int bound) => (int)(random.NextUInt64() % (ulong)bound);
        var store = new SizingStore();
        var model = new SortedDictionary<MailboxPosition, SizingStore.Entry>();
        var expired = new List<SizingStore.Entry>();
        for (var step = 1; step <= 20_000; step++)
        {
            switch (Below(6))
            {
                case < 3:
                    var entry = new SizingStore.Entry(new MailboxPosition(Below(1000), step), step + 2000, step);
                    store.Add(entry);
                    model.Add(entry.Position, entry);
                    break;
                case 3 when model.Count > 0:
                    var gone = Below(3) == 0 ? model.Keys.ElementAt(Below(model.Count)) : model.Keys.First();
                    store.Remove(gone);
                    model.Remove(gone);
                    break;
                case 4:
                    expired.Clear();
                    var earliest = store.TakeExpired(step, 3, expired);
                    Assert.All(expired, each => Assert.True(each.ExpiresTicks <= step && model.Remove(each.Position)));
                    expired.ForEach(each => store.Remove(each.Position));
                    Assert.Equal(model.Count == 0 ? long.MaxValue : model.Values.Min(each => each.ExpiresTicks), earliest);
                    break;
                default:
                    var after = new MailboxPosition(Below(1000), Below(step));
                    Assert.Equal(model.Values.Where(each => each.Position > after).Take(5), store.Page(after, 5).ToArray());
                    break;
            }

            Assert.Equal(model.Count, store.Count);
        }
    }
}
