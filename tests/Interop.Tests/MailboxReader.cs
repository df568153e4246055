using UeFarm.Protocol.Messaging;

namespace UeFarm.Interop.Tests;

/// <summary>A subscriber who comes back: registers over a connection of its own and keeps the texts it gets, in order.</summary>
internal sealed class MailboxReader : IAsyncDisposable
{
    private readonly SipConnection _connection;
    private readonly SipSubscriber _subscriber;
    private readonly CancellationTokenSource _gone = new();
    private readonly List<string> _texts = [];
    private Task _receiving = Task.CompletedTask;

    private MailboxReader(SipConnection connection, SipSubscriber subscriber)
    {
        _connection = connection;
        _subscriber = subscriber;
    }

    /// <summary>Everything received so far, copies included.</summary>
    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_texts)
            {
                return [.. _texts];
            }
        }
    }

    /// <summary>Registers; from then on every message is answered 200 after the given time.</summary>
    public static async Task<MailboxReader> RegisterAsync(System.Net.IPEndPoint core, UeProfile profile, string domain, TimeSpan answerAfter, CancellationToken cancellation)
    {
        var connection = await SipConnection.ConnectAsync(core, cancellation);
        var reader = new MailboxReader(connection, new SipSubscriber(connection, profile, domain));
        await reader._subscriber.RegisterAsync(cancellation);
        reader._receiving = reader.ReceiveAsync(answerAfter);
        return reader;
    }

    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _receiving;
        _connection.Dispose();
        _gone.Dispose();
    }

    private async Task ReceiveAsync(TimeSpan answerAfter)
    {
        try
        {
            await _subscriber.ReceiveAsync(
                async text =>
                {
                    lock (_texts)
                    {
                        _texts.Add(text);
                    }

                    await Task.Delay(answerAfter, _gone.Token);
                },
                _gone.Token);
        }
        catch (OperationCanceledException)
        {
            return; // this phone is switched off
        }
    }
}
