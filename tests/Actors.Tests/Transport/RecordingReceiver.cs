using System.Threading.Channels;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Tests.Transport;

/// <summary>Keeps what arrives; an optional reaction runs on the transport's thread.</summary>
internal sealed class RecordingReceiver : ISipReceiver
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<(SipMessage Message, SipHop From)> _messages = Channel.CreateUnbounded<(SipMessage, SipHop)>();
    private readonly Channel<SipHop> _failures = Channel.CreateUnbounded<SipHop>();

    public Action<SipMessage, SipHop>? React { get; set; }

    public bool HasMessage => _messages.Reader.Count > 0;

    public bool HasFailure => _failures.Reader.Count > 0;

    public void OnMessage(SipMessage message, SipHop from)
    {
        React?.Invoke(message, from);
        _messages.Writer.TryWrite((message, from));
    }

    public void OnFlowFailed(SipHop hop) => _failures.Writer.TryWrite(hop);

    public Task<(SipMessage Message, SipHop From)> NextAsync() => _messages.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public Task<SipHop> NextFailureAsync() => _failures.Reader.ReadAsync().AsTask().WaitAsync(Patience);
}
