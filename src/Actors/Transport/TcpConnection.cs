using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Transport;

/// <summary>
/// One TCP connection, accepted or made: a receive loop and, while there is something to send, one flusher. Both go on where a socket operation
/// completes, on whatever thread that is, and never block. Life: connecting, open, draining (nothing is read any more, what is queued
/// is written, then the peer is given time to read it), closed.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Disposes what it owns when the last of its loops has ended; nobody else could know when.")]
internal sealed class TcpConnection : IThreadPoolWorkItem
{
    /// <summary>Reads that complete at once before another connection gets the thread.</summary>
    private const int ReadsPerTurn = 16;

    /// <summary>How much a peer may still send while its connection is draining.</summary>
    private const int MaxDiscardedBytes = 256 << 10;

    [ThreadStatic]
    private static TcpConnection? _receivingHere;

    private readonly TcpSipTransport _owner;
    private readonly Socket _socket;
    private readonly SendQueue _queue;
    private readonly StreamIntake _intake;
    private readonly SocketAsyncEventArgs _receiveArgs = new(true);
    private readonly SocketAsyncEventArgs _sendArgs = new(true);
    private readonly Lock _gate = new();
    private volatile State _state;
    private bool _isFlushing;
    private bool _isReading;
    private bool _hasEnded;
    private bool _isCorked;
    private int _discarded;
    private long _partialSince;
    private long _waitingSince;

    public TcpConnection(TcpSipTransport owner, Socket socket, IPEndPoint remote, bool isAccepted, long flow)
    {
        _owner = owner;
        _socket = socket;
        IsAccepted = isAccepted;
        _state = isAccepted ? State.Open : State.Connecting;
        Hop = new SipHop(SipTransportKind.Tcp, remote, flow);
        IsAllowed = owner.Settings.Allow.IsAllowed(remote.Address);
        _queue = new SendQueue(owner.Settings.MaxSendQueueBytes);
        _intake = new StreamIntake(owner.Settings.Limits, owner.Intake, owner.Counters, Answer);
        _receiveArgs.Completed += OnReceived;
        _sendArgs.Completed += OnSent;
    }

    private enum State : byte
    {
        Connecting,
        Open,
        Draining,
        Closed,
    }

    public SipHop Hop { get; }

    public bool IsAccepted { get; }

    /// <summary>The far end is in the allow list: it may be connected to, and answered.</summary>
    public bool IsAllowed { get; }

    /// <summary>Takes no more messages: broken, or closed.</summary>
    public bool IsClosing => _state >= State.Draining;

    /// <summary>Something is queued that a connected peer can be given.</summary>
    public bool HasQueued
    {
        get
        {
            lock (_gate)
            {
                return _state is State.Open or State.Draining && _queue.Bytes > 0;
            }
        }
    }

    /// <summary>At least one message was cut from this connection's stream. Written by the receive loop.</summary>
    public bool HasSpoken { get; private set; }

    /// <summary>Place in the list of accepted connections that have not spoken; guarded by the owner.</summary>
    public LinkedListNode<TcpConnection>? SilentNode { get; set; }

    /// <summary>Starts to connect; on a thread of the pool, so that a failure is never told from within a Send.</summary>
    public void StartConnecting()
    {
        Volatile.Write(ref _waitingSince, _owner.Timestamp());
        lock (_gate)
        {
            _isReading = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Connect(), this, preferLocal: false);
    }

    /// <summary>Starts to receive on an accepted socket.</summary>
    public void StartAccepted()
    {
        lock (_gate)
        {
            _isReading = true;
        }

        _owner.Counters.Add(TransportCount.ConnectionsOpened);
        Receive();
    }

    public SipSendResult Send(ReadOnlySpan<byte> message)
    {
        if (!IsAllowed)
        {
            _owner.Counters.Add(TransportCount.RefusedByGuard);
            return SipSendResult.RefusedByGuard;
        }

        bool start;
        lock (_gate)
        {
            if (_state >= State.Draining)
            {
                return SipSendResult.Closed;
            }

            if (!_queue.TryAppend(message))
            {
                _owner.Counters.Add(TransportCount.SendOverflows);
                return SipSendResult.Overflow;
            }

            start = ShouldStartFlushing();
        }

        if (start)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return SipSendResult.Queued;
    }

    /// <summary>Called now and then: closes the connection when its peer is too slow in connecting, in sending a message or in reading ours.</summary>
    public void CheckTimeouts()
    {
        var settings = _owner.Settings;
        var waitingSince = Volatile.Read(ref _waitingSince);
        var partialSince = Volatile.Read(ref _partialSince);
        if (_state == State.Connecting)
        {
            if (waitingSince != 0 && settings.Time.GetElapsedTime(waitingSince) >= settings.ConnectTimeout)
            {
                Close();
            }
        }
        else if ((partialSince != 0 && settings.Time.GetElapsedTime(partialSince) >= settings.PartialMessageTimeout)
            || (waitingSince != 0 && settings.Time.GetElapsedTime(waitingSince) >= settings.PartialMessageTimeout))
        {
            _owner.Counters.Add(TransportCount.SlowPeersClosed);
            Close();
        }
    }

    /// <summary>Closes at once; what is queued is dropped and counted. Any number of times, from any thread.</summary>
    public void Close()
    {
        bool wasOpen;
        lock (_gate)
        {
            if (_state == State.Closed)
            {
                return;
            }

            wasOpen = _state != State.Connecting;
            _state = State.Closed;
            _owner.Counters.Add(TransportCount.MessagesDropped, _queue.Messages);
        }

        try
        {
            // An orderly end for the peer; disposing with an operation under way alone would reset.
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // Not connected, or no longer.
        }

        _socket.Dispose();
        _owner.OnClosed(this, wasOpen);
        EndIfIdle();
    }

    /// <summary>The flusher: writes until nothing is pending or the socket makes it wait.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            ReadOnlyMemory<byte> chunk;
            lock (_gate)
            {
                chunk = _state == State.Closed ? default : _queue.Take();
                if (chunk.IsEmpty)
                {
                    _isFlushing = false;
                    Volatile.Write(ref _waitingSince, 0);
                }
            }

            if (chunk.IsEmpty)
            {
                OnFlushed();
                return;
            }

            Volatile.Write(ref _waitingSince, _owner.Timestamp());
            if (!TryStartWrite(chunk, out var isPending) || (!isPending && !TryFinishWrite()))
            {
                Close();
                continue;
            }

            if (isPending)
            {
                return;
            }
        }
    }

    private void Connect()
    {
        try
        {
            _receiveArgs.RemoteEndPoint = Hop.EndPoint;
            if (_owner.Settings.Source is { } source)
            {
                _socket.Bind(new IPEndPoint(source, 0));
            }

            if (!_socket.ConnectAsync(_receiveArgs))
            {
                OnConnected();
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            Close();
            EndReading();
        }
    }

    private void OnConnected()
    {
        if (_receiveArgs.SocketError != SocketError.Success)
        {
            Close();
            EndReading();
            return;
        }

        bool isOpen, start;
        lock (_gate)
        {
            isOpen = _state == State.Connecting;
            if (isOpen)
            {
                _state = State.Open;
                Volatile.Write(ref _waitingSince, 0);
            }

            start = ShouldStartFlushing();
        }

        if (!isOpen)
        {
            EndReading();
            return;
        }

        _owner.Counters.Add(TransportCount.ConnectionsOpened);
        if (start)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        Receive();
    }

    /// <summary>
    /// Under the lock. While this thread reads this very connection, the answers wait until the chunk is done and go out in one write; otherwise the flusher
    /// is started unless it runs.
    /// </summary>
    private bool ShouldStartFlushing()
    {
        if (_isFlushing || _state is State.Connecting or State.Closed || _queue.Bytes == 0)
        {
            return false;
        }

        if (ReferenceEquals(_receivingHere, this))
        {
            _isCorked = true;
            return false;
        }

        return _isFlushing = true;
    }

    private void Receive()
    {
        for (var turn = 0; turn < ReadsPerTurn; turn++)
        {
            try
            {
                _receiveArgs.SetBuffer(_intake.Free);
                if (_socket.ReceiveAsync(_receiveArgs))
                {
                    return;
                }
            }
            catch (ObjectDisposedException)
            {
                EndReading();
                return;
            }

            if (!TryTakeReceived())
            {
                EndReading();
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Receive(), this, preferLocal: false);
    }

    private void OnReceived(object? sender, SocketAsyncEventArgs args)
    {
        if (args.LastOperation == SocketAsyncOperation.Connect)
        {
            OnConnected();
        }
        else if (TryTakeReceived())
        {
            Receive();
        }
        else
        {
            EndReading();
        }
    }

    /// <summary>Handles one read. False: the loop ends.</summary>
    private bool TryTakeReceived()
    {
        var count = _receiveArgs.BytesTransferred;
        if (_receiveArgs.SocketError != SocketError.Success || count == 0)
        {
            Close();
            return false;
        }

        _owner.Counters.Add(TransportCount.BytesReceived, count);
        if (_state == State.Draining)
        {
            _discarded += count;
            if (_discarded > MaxDiscardedBytes)
            {
                Close();
                return false;
            }

            return true;
        }

        _receivingHere = this;
        var isSound = _intake.TryAccept(count, Hop, out var delivered);
        _receivingHere = null;
        if (delivered > 0 && !HasSpoken)
        {
            HasSpoken = true;
            _owner.OnSpoken(this);
        }

        if (!_intake.HasPartialMessage)
        {
            Volatile.Write(ref _partialSince, 0);
        }
        else if (delivered > 0 || _partialSince == 0)
        {
            Volatile.Write(ref _partialSince, _owner.Timestamp());
        }

        Uncork(drain: !isSound);
        return true;
    }

    /// <summary>After a chunk: writes what was answered while it was handled; and, when the stream is broken, starts to drain.</summary>
    private void Uncork(bool drain)
    {
        bool start, shut;
        lock (_gate)
        {
            if (drain && _state == State.Open)
            {
                _state = State.Draining;
                Volatile.Write(ref _partialSince, _owner.Timestamp());
            }

            start = _isCorked && !_isFlushing && _state != State.Closed && _queue.Bytes > 0;
            _isFlushing |= start;
            _isCorked = false;
            shut = drain && !_isFlushing;
        }

        if (start)
        {
            ((IThreadPoolWorkItem)this).Execute();
        }
        else if (shut)
        {
            OnFlushed();
        }
    }

    private void Answer(ReadOnlyMemory<byte> message) => Send(message.Span);

    private bool TryStartWrite(ReadOnlyMemory<byte> chunk, out bool isPending)
    {
        try
        {
            _sendArgs.SetBuffer(MemoryMarshal.AsMemory(chunk));
            isPending = _socket.SendAsync(_sendArgs);
            return true;
        }
        catch (ObjectDisposedException)
        {
            isPending = false;
            return false;
        }
    }

    private void OnSent(object? sender, SocketAsyncEventArgs args)
    {
        if (!TryFinishWrite())
        {
            Close();
        }

        ((IThreadPoolWorkItem)this).Execute();
    }

    private bool TryFinishWrite()
    {
        if (_sendArgs.SocketError != SocketError.Success)
        {
            return false;
        }

        var count = _sendArgs.BytesTransferred;
        int messages;
        lock (_gate)
        {
            if (_state == State.Closed)
            {
                return false;
            }

            messages = _queue.Written(count);
        }

        _owner.Counters.Add(TransportCount.BytesSent, count);
        _owner.Counters.Add(TransportCount.MessagesSent, messages);
        return true;
    }

    /// <summary>The flusher has nothing more to do.</summary>
    private void OnFlushed()
    {
        if (_state == State.Draining)
        {
            // Closing with unread bytes would reset the connection and could take our answer from the peer: end our side, let the peer end its own.
            try
            {
                _socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                Close();
            }
        }

        EndIfIdle();
    }

    private void EndReading()
    {
        _intake.Release();
        lock (_gate)
        {
            _isReading = false;
        }

        EndIfIdle();
    }

    /// <summary>Tells the owner once that no thread will come back here.</summary>
    private void EndIfIdle()
    {
        lock (_gate)
        {
            if (_hasEnded || _isReading || _isFlushing || _state != State.Closed)
            {
                return;
            }

            _hasEnded = true;
            _queue.Release();
        }

        _receiveArgs.Dispose();
        _sendArgs.Dispose();
        _owner.OnEnded();
    }
}
