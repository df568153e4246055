namespace UeFarm.Actors.Mailbox;

// What an operator asks of the mailboxes of a partition.
internal sealed partial class MailboxPartition
{
    private MailboxInputs.Stop? _stop;

    private void HandleOperator(object message)
    {
        switch (message)
        {
            case MailboxInputs.Purge purge:
                if (_slots.TryGetValue(purge.Recipient, out var slot) && slot.Child is not null)
                {
                    slot.Tell(purge);
                }
                else
                {
                    // Without a mailbox there is nothing in the store.
                    ((TaskCompletionSource<Protocol.Messaging.MailboxPurge>)purge.Request.Asker!).TrySetResult(purge.Request);
                }

                break;
            case MailboxInputs.List list:
                list.Answer.TrySetResult(ListAfter(list.After, list.Limit));
                break;
            case MailboxInputs.Find find:
                find.Answer.TrySetResult(_slots.TryGetValue(find.Recipient, out var found) ? found.Summarize() : null);
                break;
            case MailboxInputs.Stop stop:
                _stop = stop;
                stop.Rest.Await(_mailboxes.Count);
                foreach (var mailbox in _mailboxes.Values)
                {
                    mailbox.Tell(stop);
                }

                stop.Rest.Arrive();
                break;
        }
    }

    /// <summary>
    /// The first mailboxes with messages behind a recipient, in order. Goes through all that the partition knows (some 20 ns each) instead of keeping them
    /// sorted: operators ask seldom, and every message would pay for the order.
    /// </summary>
    private List<MailboxSummary> ListAfter(string after, int limit)
    {
        var first = new PriorityQueue<MailboxSummary, string>(limit + 1, Comparer<string>.Create(static (left, right) => string.CompareOrdinal(right, left)));
        foreach (var slot in _slots.Values)
        {
            if (slot.Content is not { Messages: > 0 } || string.CompareOrdinal(slot.Recipient, after) <= 0)
            {
                continue;
            }

            if (first.Count < limit)
            {
                first.Enqueue(slot.Summarize(), slot.Recipient);
            }
            else if (first.TryPeek(out _, out var last) && string.CompareOrdinal(slot.Recipient, last) < 0)
            {
                first.DequeueEnqueue(slot.Summarize(), slot.Recipient);
            }
        }

        var sorted = new List<MailboxSummary>(first.Count);
        while (first.TryDequeue(out var summary, out _))
        {
            sorted.Add(summary);
        }

        sorted.Reverse();
        return sorted;
    }
}
