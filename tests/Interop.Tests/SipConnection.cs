using System.Net;
using System.Net.Sockets;
using UeFarm.Protocol.Sip;

namespace UeFarm.Interop.Tests;

/// <summary>A TCP connection of a test that speaks SIP. One reader and one writer at a time.</summary>
internal sealed class SipConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[2 * SipLimits.Default.MaxMessageBytes];
    private int _filled;

    private SipConnection(Socket socket) => _socket = socket;

    public IPEndPoint RemoteEndPoint => (IPEndPoint)_socket.RemoteEndPoint!;

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public static async Task<SipConnection> ConnectAsync(IPEndPoint remote, CancellationToken cancellation)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(remote, cancellation);
        return new SipConnection(socket);
    }

    /// <summary>False: the connection is gone.</summary>
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await _socket.SendAsync(bytes, cancellation)..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The next message; null: the connection is gone and everything that came over it was read.</summary>
    public async Task<SipMessage?> ReceiveAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (TryTake(out var message))
            {
                return message;
            }

            try
            {
                var count = await _socket.ReceiveAsync(_buffer.AsMemory(_filled), cancellation);
                if (count == 0)
                {
                    return null;
                }

                _filled += count;
            }
            catch (SocketException)
            {
                return null;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool TryTake(out SipMessage? message)
    {
        message = null;
        var status = SipStreamFramer.TryFrame(_buffer.AsSpan(0, _filled), SipLimits.Default, out var start, out var length);
        if (status == SipFrameStatus.Invalid)
        {
            throw new InvalidDataException("what arrived is not SIP");
        }

        if (status == SipFrameStatus.NeedMore)
        {
            return false;
        }

        var bytes = _buffer.AsSpan(start, length).ToArray();
        _buffer.AsSpan(start + length, _filled - start - length).CopyTo(_buffer);
        _filled -= start + length;
        if (status == SipFrameStatus.KeepAlive)
        {
            return TryTake(out message);
        }

        return SipParser.TryParse(bytes, SipLimits.Default, out message, out var failure) ? true : throw new InvalidDataException(failure.ToString());
    }
}
