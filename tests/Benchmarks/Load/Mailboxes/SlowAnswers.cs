using UeFarm.Protocol.Sip;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>Phones that handle one message after the other and need some time for each, as one does that asks for keys and verifies signatures.</summary>
internal sealed class SlowAnswers(int phones, TimeSpan answerTime, Action<SipRequest, SipHop, int> answer)
{
    private readonly Queue<(long Number, SipRequest Request, SipHop From)>[] _waiting =
        [.. Enumerable.Range(0, phones).Select(static _ => new Queue<(long, SipRequest, SipHop)>())];

    private int _mostAtOnce;

    public int MostAtOnce => Volatile.Read(ref _mostAtOnce);

    /// <summary>A copy of a message that still waits is dropped, as a server transaction does; of one that was answered it is answered again.</summary>
    public void Add(int phone, long number, bool isFirst, SipRequest request, SipHop from)
    {
        var queue = _waiting[phone];
        lock (queue)
        {
            if (!isFirst)
            {
                if (queue.All(waiting => waiting.Number != number))
                {
                    answer(request, from, 200);
                }

                return;
            }

            queue.Enqueue((number, request, from));
            _mostAtOnce = Math.Max(_mostAtOnce, queue.Count);
            if (queue.Count == 1)
            {
                _ = AnswerAllAsync(queue);
            }
        }
    }

    private async Task AnswerAllAsync(Queue<(long Number, SipRequest Request, SipHop From)> queue)
    {
        while (true)
        {
            await Task.Delay(answerTime);
            lock (queue)
            {
                var (_, request, from) = queue.Dequeue();
                answer(request, from, 200);
                if (queue.Count == 0)
                {
                    return;
                }
            }
        }
    }
}
