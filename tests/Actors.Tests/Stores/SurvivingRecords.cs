using UeFarm.Actors.Stores;
using UeFarm.TestSupport;
using Xunit;

namespace UeFarm.Actors.Tests.Stores;

/// <summary>What has to be in a store after its writer came to a sudden end.</summary>
internal static class SurvivingRecords
{
    /// <summary>The writer removes every eighth; whether such a removal was durable already is open.</summary>
    private const int RemoveEvery = 8;

    public static async Task CheckAsync(MailboxStoreSettings settings, IReadOnlyCollection<long> confirmed)
    {
        Assert.True(MailboxStore.TryOpen(settings, out var store, out var problem), problem);
        await using (store)
        {
            var held = new HashSet<long>();
            await foreach (var record in store!.ReadAllAsync(TestContext.Current.CancellationToken))
            {
                Assert.Equal(MailboxRecords.BodyOf(record.Arrival, 1400), record.Body.ToArray());
                held.Add(record.Arrival);
            }

            Assert.DoesNotContain(confirmed, arrival => arrival % RemoveEvery != 0 && !held.Contains(arrival));
        }
    }
}
