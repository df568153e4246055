using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace UeFarm.TestSupport;

/// <summary>
/// A TCP relay between two programs that a test can cut: it listens on a loopback port of its own and passes everything on to the target, both ways. Cut, its
/// connections end and new ones end at once; stalled, they stay and nothing gets through. So it is with a link whose target is not known yet.
/// </summary>
public sealed class CuttableLink : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly ConcurrentDictionary<Task, byte> _relays = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _flow = Flowing();
    private volatile bool _isCut;
    private volatile IPEndPoint? _target;

    public CuttableLink()
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, FreePorts.Take(IPAddress.Loopback));
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(EndPoint);
        _listener.Listen(128);
        _accepting = AcceptAsync();
    }

    /// <summary>Where the one side connects to instead of the target.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Where everything goes; said after the link is made, because both ends may have to know a link before they start.</summary>
    public IPEndPoint? Target
    {
        get => _target;
        set => _target = value;
    }

    public void Cut()
    {
        _isCut = true;
        foreach (var socket in _sockets.Keys)
        {
            Close(socket);
        }
    }

    public void Stall()
    {
        if (_flow.Task.IsCompleted)
        {
            _flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Heal()
    {
        _isCut = false;
        _flow.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        Cut();
        _flow.TrySetResult();
        await _accepting;
        await Task.WhenAll(_relays.Keys);
        _stopping.Dispose();
    }

    private static TaskCompletionSource Flowing()
    {
        var flow = new TaskCompletionSource();
        flow.SetResult();
        return flow;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptAsync(_stopping.Token);
                var relay = RelayAsync(near);
                _relays.TryAdd(relay, 0);
                _ = relay.ContinueWith(ended => _relays.TryRemove(ended, out _), TaskScheduler.Default);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            return; // disposed
        }
    }

    private async Task RelayAsync(Socket near)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            near.NoDelay = true;
            _sockets.TryAdd(near, 0);
            _sockets.TryAdd(far, 0);
            if (_isCut || _target is not { } target)
            {
                return;
            }

            await far.ConnectAsync(target, _stopping.Token);
            await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            return; // the target is not there, or the link was cut
        }
        finally
        {
            foreach (var socket in new[] { near, far })
            {
                _sockets.TryRemove(socket, out _);
                Close(socket);
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 << 10];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, _stopping.Token)) > 0)
            {
                await _flow.Task;
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stopping.Token);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            return; // one side is gone: the relay ends with it
        }
    }

    /// <summary>With a reset: what was under way is lost, as it is when a cable is cut.</summary>
    private static void Close(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            return; // closed already
        }

        socket.Dispose();
    }
}
