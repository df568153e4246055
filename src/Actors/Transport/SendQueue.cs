using System.Buffers;

namespace UeFarm.Actors.Transport;

/// <summary>
/// Two byte buffers of one connection: senders append to the first while the second is being written; then they change places. Everything that was
/// appended during a write goes out with the next one, so that batches grow with the load. Buffers are rented when needed and given back
/// when all is written. The caller locks.
/// </summary>
internal sealed class SendQueue(int maxBytes)
{
    private const int SmallestBuffer = 4 << 10;
    private const int LargestWrite = 256 << 10;

    private byte[] _pending = [];
    private int _pendingLength;
    private int _pendingMessages;
    private byte[] _writing = [];
    private int _writingLength;
    private int _writingOffset;
    private int _writingMessages;
    private int _sizeHint = SmallestBuffer;

    /// <summary>Messages appended and not yet written completely.</summary>
    public int Messages => _pendingMessages + _writingMessages;

    /// <summary>Bytes appended and not yet written.</summary>
    public int Bytes => _pendingLength + _writingLength - _writingOffset;

    /// <summary>Copies a message; false: it does not fit into the bound.</summary>
    public bool TryAppend(ReadOnlySpan<byte> message)
    {
        if (message.Length > maxBytes - Bytes)
        {
            return false;
        }

        if (message.Length > _pending.Length - _pendingLength)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(_sizeHint, _pending.Length * 2), _pendingLength + message.Length));
            _pending.AsSpan(0, _pendingLength).CopyTo(larger);
            Return(_pending);
            _pending = larger;
        }

        message.CopyTo(_pending.AsSpan(_pendingLength));
        _pendingLength += message.Length;
        _pendingMessages++;
        return true;
    }

    /// <summary>
    /// The bytes to write next, at most 256 KiB so that a peer's progress shows; they stay put until <see cref="Written"/>. Empty: nothing waits.
    /// </summary>
    public ReadOnlyMemory<byte> Take()
    {
        if (_writingOffset == _writingLength)
        {
            (_pending, _writing) = (_writing, _pending);
            (_writingLength, _pendingLength) = (_pendingLength, 0);
            (_writingMessages, _pendingMessages) = (_pendingMessages, 0);
            _writingOffset = 0;
            if (_writingLength == 0)
            {
                Release();
                return default;
            }

            _sizeHint = Math.Clamp(_writingLength, SmallestBuffer, LargestWrite);
        }

        return _writing.AsMemory(_writingOffset, Math.Min(_writingLength - _writingOffset, LargestWrite));
    }

    /// <summary>So many bytes of what was taken are written. Returns how many messages that completes: all of a buffer, or none yet.</summary>
    public int Written(int count)
    {
        _writingOffset += count;
        if (_writingOffset < _writingLength)
        {
            return 0;
        }

        var messages = _writingMessages;
        _writingMessages = 0;
        return messages;
    }

    /// <summary>Forgets everything and gives the buffers back; not while a write is under way.</summary>
    public void Release()
    {
        Return(_pending);
        Return(_writing);
        _pending = _writing = [];
        _pendingLength = _pendingMessages = _writingLength = _writingOffset = _writingMessages = 0;
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
