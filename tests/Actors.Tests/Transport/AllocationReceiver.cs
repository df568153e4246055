using System.Threading.Channels;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Transport;

/// <summary>Notes what its receiving thread allocated between two messages, counted from 1. For transports that receive on one thread.</summary>
internal sealed class AllocationReceiver(int first, int last) : ISipReceiver
{
    private readonly Channel<int> _arrived = Channel.CreateUnbounded<int>();
    private long _atFirst;
    private int _count;

    public long AllocatedBytes { get; private set; }

    public void OnMessage(SipMessage message, SipHop from)
    {
        _count++;
        if (_count == first)
        {
            _atFirst = GC.GetAllocatedBytesForCurrentThread();
        }
        else if (_count == last)
        {
            AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - _atFirst;
        }

        _arrived.Writer.TryWrite(_count);
    }

    public void OnFlowFailed(SipHop hop) => throw new InvalidOperationException("No flow fails here.");

    public async Task ReachedAsync(int count) =>
        Assert.Equal(count, await _arrived.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
}
