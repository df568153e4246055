using System.Net;
using System.Text;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

public class LocationTableTests
{
    private static readonly SipHop Source = new(SipTransportKind.Tcp, IPEndPoint.Parse("10.1.0.1:40000"), 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_operations_agree_with_a_plain_list(int seed)
    {
        var random = new Random(seed);
        var table = new LocationTable();
        var model = new List<(string User, string Contact, long Expires)>();   // newest last
        var now = new Instant(0);
        for (var step = 0; step < 5000; step++)
        {
            now += TimeSpan.FromTicks(random.Next(3));
            var user = $"u{random.Next(8)}";
            var contact = $"c{random.Next(4)}";
            var existing = FindIn(table, user, contact, now);
            var at = model.FindIndex(entry => entry.User == user && entry.Contact == contact && entry.Expires > now.Ticks);
            Assert.Equal(at >= 0, existing is not null);
            switch (random.Next(3))
            {
                case 0 when existing is not null:
                    table.Remove(existing);
                    model.RemoveAt(at);
                    break;
                case 1 or 2:
                    var expires = now.Ticks + 1 + random.Next(40);
                    var update = new BindingUpdate { ExpiresAt = new Instant(expires), CSeq = 1, CallIdHash = 1, InstanceHash = 0, Path = default };
                    if (existing is not null)
                    {
                        table.Refresh(existing, update, Source);
                        model.RemoveAt(at);
                    }
                    else
                    {
                        table.Add(user, Encoding.ASCII.GetBytes(contact), update, Source);
                    }

                    model.Add((user, contact, expires));
                    break;
            }

            now += TimeSpan.FromTicks(random.Next(3));
            var removed = 0;
            while (table.TryRemoveExpired(now, out var expired))
            {
                Assert.True(expired.ExpiresAt <= now);
                removed++;
            }

            Assert.Equal(removed, model.RemoveAll(entry => entry.Expires <= now.Ticks));
            Assert.Equal(model.Count, table.Count);
            Assert.Equal(model.Count == 0 ? Instant.Never : new Instant(model.Min(entry => entry.Expires)), table.NextDeadline);
            var expected = model.Where(entry => entry.User == user).Select(entry => entry.Contact).Reverse();
            Assert.True(expected.SequenceEqual(ContactsOf(table, user, now)), $"seed {seed} step {step}");
        }
    }

    [Fact]
    public void A_binding_costs_less_than_500_bytes_with_its_key_and_its_places()
    {
        const int Count = 10_000;
        var table = new LocationTable();
        var update = new BindingUpdate { ExpiresAt = new Instant(1), CSeq = 1, CallIdHash = 1, InstanceHash = 0, Path = default };
        table.Add("warm", "up"u8.ToArray(), update, Source);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < Count; index++)
        {
            table.Add($"sip:ue{index:000000}@ims.example", "sip:ue000000@127.0.0.1:40001;transport=tcp"u8.ToArray(), update, Source);
        }

        var perBinding = (GC.GetAllocatedBytesForCurrentThread() - before) / Count;
        Assert.InRange(perBinding, 1, 499);
    }

    private static Binding? FindIn(LocationTable table, string user, string contact, Instant now)
    {
        table.TryGet(user, now, out var binding);
        while (binding is not null && (Encoding.ASCII.GetString(binding.Contact) != contact || binding.ExpiresAt <= now))
        {
            binding = binding.Older;
        }

        return binding;
    }

    private static List<string> ContactsOf(LocationTable table, string user, Instant now)
    {
        var contacts = new List<string>();
        table.TryGet(user, now, out var binding);
        for (; binding is not null; binding = binding.Older)
        {
            contacts.Add(Encoding.ASCII.GetString(binding.Contact));
        }

        return contacts;
    }
}
