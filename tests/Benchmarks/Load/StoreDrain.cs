using UeFarm.Actors.Stores;
using UeFarm.Protocol.Messaging;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>Fills a store, then empties it as mailboxes do that all deliver at once: a page, its removals, the next page.</summary>
internal static class StoreDrain
{
    private const int Mailboxes = 200;
    private const int MessagesEach = 100;
    private const int PageRecords = 16;

    /// <summary>Rate and CPU of the drain; bytes of the closed database for each message.</summary>
    public static async Task<(double PerSecond, double CpuMicroseconds, double BytesEach)> MeasureAsync(
        MailboxStoreSettings settings, int bodyBytes, Func<Task<long>> sizeOf)
    {
        const int Total = Mailboxes * MessagesEach;
        await using (var store = Open(settings))
        {
            var mailboxes = MailboxesOf(store);
            for (var i = 0; i < Total; i++)
            {
                var recipient = mailboxes[i % Mailboxes];
                store.TryAppend(MailboxRecords.Create(i + 1, recipient.Recipient, bodyBytes), recipient);
            }
        }

        var bytes = await sizeOf();
        await using (var store = Open(settings))
        {
            var mailboxes = MailboxesOf(store);
            var start = Usage.Now();
            Array.ForEach(mailboxes, static mailbox => mailbox.ReadNext());
            await Task.WhenAll(mailboxes.Select(static mailbox => mailbox.Drained));
            await store.FlushAsync();
            var used = Usage.Now() - start;
            return (Total / used.Elapsed.TotalSeconds, used.MicrosecondsPer(Total), (double)bytes / Total);
        }
    }

    private static MailboxStore Open(MailboxStoreSettings settings) =>
        MailboxStore.TryOpen(settings, out var store, out var problem) ? store! : throw new IOException(problem);

    private static Mailbox[] MailboxesOf(MailboxStore store) =>
        [.. Enumerable.Range(0, Mailboxes).Select(number => new Mailbox(store, $"sip:ue{number:000000}@ims.example"))];

    private sealed class Mailbox(MailboxStore store, string recipient) : IMailboxStoreClient
    {
        private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private MailboxPosition _after = MailboxPosition.Start;

        public string Recipient { get; } = recipient;

        public Task Drained => _drained.Task;

        public void ReadNext() => store.Read(Recipient, new MailboxRead(MailboxReadKind.Page, _after, default, PageRecords), this);

        public void OnAppended(MailboxRecord record, bool durable)
        {
            if (!durable)
            {
                throw new IOException("a record was refused");
            }
        }

        public void OnRead(MailboxReadResult result)
        {
            if (!result.Succeeded || result.Records.Count == 0)
            {
                _drained.TrySetResult();
                return;
            }

            _after = result.Records[^1].Position;
            foreach (var record in result.Records)
            {
                store.Remove(record.Arrival);
            }

            ReadNext();
        }
    }
}
