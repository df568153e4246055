using System.Net;
using System.Text;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;
using Xunit;

namespace UeFarm.Protocol.Tests.Sip.Transactions;

public sealed class SipTransactionTableTests
{
    private static readonly SipHop Hop = new(SipTransportKind.Udp, new IPEndPoint(IPAddress.Loopback, 5060), 0);

    // A naive model beside the table: after each operation they agree on count, earliest deadline and every look-up. Hashes collide on purpose.
    [Theory]
    [InlineData(1, 6)]
    [InlineData(2, 20)]
    [InlineData(3, 400)]
    public void The_table_agrees_with_a_plain_list(ulong seed, int size)
    {
        var random = new SeededRandomSource(seed);
        var table = new SipTransactionTable();
        var model = new List<(SipClientTransaction Transaction, string Branch, Instant Deadline)>();
        var nextToken = 0L;
        for (var step = 0; step < 8000; step++)
        {
            var choice = random.NextUInt64() % 10;
            var grows = (step / 1000 % 2) == 0;
            if (model.Count == 0 || (model.Count < size && choice < (grows ? 6UL : 2UL)))
            {
                var token = nextToken++;
                var branch = "z9hG4bK" + token;
                var deadline = new Instant((long)(random.NextUInt64() % 500));
                var transaction = new SipClientTransaction((int)(token % 7), token, branch, SipMethod.Message, default, Hop)
                {
                    Machine = new NonInviteClientTransaction(SipTimers.Default, false, default),
                };
                table.Add(transaction, deadline);
                model.Add((transaction, branch, deadline));
            }
            else if (choice < 8)
            {
                var index = (int)(random.NextUInt64() % (ulong)model.Count);
                var removed = model[index];
                table.Remove(removed.Transaction);
                model.RemoveAt(index);
                Assert.Null(table.FindPending(removed.Transaction.Token));
                Assert.Equal(-1, removed.Transaction.Slot);
            }
            else
            {
                var index = (int)(random.NextUInt64() % (ulong)model.Count);
                var deadline = new Instant((long)(random.NextUInt64() % 500));
                table.Reschedule(model[index].Transaction, deadline);
                model[index] = model[index] with { Deadline = deadline };
            }

            Assert.Equal(model.Count, table.Count);
            Assert.Equal(model.Count == 0 ? Instant.Never : model.Min(entry => entry.Deadline), table.NextDeadline);
            foreach (var (transaction, branch, _) in model.Take(20))
            {
                Assert.Same(transaction, table[transaction.Slot]);
                Assert.Same(transaction, table.FindPending(transaction.Token));
                Assert.Same(transaction, table.FindClient(transaction.Hash, Encoding.ASCII.GetBytes(branch), SipMethod.Message));
                Assert.Null(table.FindClient(transaction.Hash, Encoding.ASCII.GetBytes(branch), SipMethod.Register));
            }
        }

        while (table.Count > 0)
        {
            Assert.Equal(model.Min(entry => entry.Deadline), table.NextDeadline);
            var first = table.First;
            Assert.Equal(1, model.RemoveAll(entry => ReferenceEquals(entry.Transaction, first)));
            table.Remove(first);
        }

        Assert.Empty(model);
    }
}
