using System.Buffers;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Transport;

/// <summary>
/// Cuts the bytes of one connection into messages. The buffer is rented, starts small (an idle connection costs little), grows to the chunk
/// size while reads fill it, to the announced size of a long message, and shrinks again when the traffic does. Each message is
/// copied once, into an array of its exact size. One thread at a time.
/// </summary>
internal sealed class StreamIntake(SipLimits limits, MessageIntake messages, TransportCounters counters, Action<ReadOnlyMemory<byte>> answer)
{
    private const int SmallestBuffer = 4 << 10;
    private const int ChunkBytes = 64 << 10;
    private const int QuietReadsBeforeShrinking = 16;

    /// <summary>The answer to a keep-alive (RFC 5626 section 3.5.1).</summary>
    private static readonly byte[] Pong = "\r\n"u8.ToArray();

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallestBuffer);
    private int _length;
    private int _needed;
    private int _scanned;
    private int _quietReads;

    /// <summary>A message (more than line ends) has begun and is not complete.</summary>
    public bool HasPartialMessage { get; private set; }

    /// <summary>Where the next bytes of the stream go; never empty.</summary>
    public Memory<byte> Free => _buffer.AsMemory(_length);

    /// <summary>
    /// <paramref name="count"/> bytes have been put into <see cref="Free"/>: delivers the messages that are complete. False: the stream is broken, nothing
    /// more can be read from it. <paramref name="delivered"/> counts the messages cut, well-formed or not.
    /// </summary>
    public bool TryAccept(int count, in SipHop from, out int delivered)
    {
        var filled = count == _buffer.Length - _length;
        _length += count;
        delivered = 0;
        var consumed = 0;
        while (consumed < _length && _length - consumed >= _needed)
        {
            var rest = _buffer.AsSpan(consumed, _length - consumed);
            var status = SipStreamFramer.TryFrame(rest, limits, ref _scanned, out var start, out var length);
            if (status == SipFrameStatus.Complete)
            {
                var bytes = GC.AllocateUninitializedArray<byte>(length);
                rest.Slice(start, length).CopyTo(bytes);
                consumed += start + length;
                _needed = 0;
                delivered++;
                if (messages.Accept(bytes, from) is { } response)
                {
                    answer(response);
                }
            }
            else if (status == SipFrameStatus.KeepAlive)
            {
                consumed += length;
                _needed = 0;
                counters.Add(TransportCount.KeepAlives);
                answer(Pong);
            }
            else if (status == SipFrameStatus.Invalid)
            {
                if (messages.AcceptBroken(length == 0 ? rest : rest.Slice(start, length), from) is { } response)
                {
                    answer(response);
                }

                _length = 0;
                return false;
            }
            else
            {
                _needed = Math.Max(length == 0 ? 0 : start + length, rest.Length + 1);
                break;
            }
        }

        Compact(consumed);
        HasPartialMessage = _length > 0 && _buffer.AsSpan(0, _length).ContainsAnyExcept((byte)'\r', (byte)'\n');
        Resize(filled, count);
        return true;
    }

    /// <summary>Gives the buffer back; nothing may be accepted afterwards.</summary>
    public void Release()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private void Compact(int consumed)
    {
        if (consumed > 0)
        {
            _length -= consumed;
            Buffer.BlockCopy(_buffer, consumed, _buffer, 0, _length);
        }
    }

    private void Resize(bool filled, int count)
    {
        // The framer refuses what is over the limits before it is here, so that a peer's length field cannot size the buffer beyond them.
        var wanted = Math.Max(_needed, _length + 1);
        if (filled)
        {
            wanted = Math.Max(wanted, Math.Min(_buffer.Length * 4, ChunkBytes));
        }

        if (wanted > _buffer.Length)
        {
            _quietReads = 0;
            Replace(wanted);
            return;
        }

        _quietReads = count < _buffer.Length / 8 && _length == 0 ? _quietReads + 1 : 0;
        if (_quietReads >= QuietReadsBeforeShrinking && _buffer.Length > SmallestBuffer)
        {
            _quietReads = 0;
            Replace(SmallestBuffer);
        }
    }

    private void Replace(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        Buffer.BlockCopy(_buffer, 0, larger, 0, _length);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
