using System.Buffers.Text;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// The Contact fields of one REGISTER, checked against the bindings there are (RFC 3261 section 10.3 steps 6 and 7). One object
/// per registrar, used again for each request.
/// </summary>
internal sealed class ContactList(RegistrarSettings settings)
{
    private const int MaxUriBytes = 512;
    private const int MaxPathBytes = 1024;

    private readonly Entry[] _entries = new Entry[settings.MaxContacts];
    private readonly byte[] _path = new byte[MaxPathBytes];
    private int _pathLength;
    private ulong _callIdHash;
    private uint _cseq;

    public int Count { get; private set; }

    /// <summary>"*" with Expires 0: take all bindings away.</summary>
    public bool IsStar { get; private set; }

    public ref readonly Entry this[int index] => ref _entries[index];

    /// <summary>
    /// Reads and checks all contacts. 200, or the status to refuse with: 400 (malformed), 403 (more contacts than allowed), 423
    /// (too brief), 500 (an older REGISTER than one already carried out, which must not be applied).
    /// </summary>
    public int Read(SipRequest request, Binding? newest, Instant now)
    {
        Count = 0;
        IsStar = false;
        _callIdHash = Hash(request.CallId);
        _cseq = request.CSeqNumber;
        var common = ReadExpires(request);
        var values = request.GetValues(SipHeaderId.Contact);
        foreach (var value in values)
        {
            if (value.Span.SequenceEqual("*"u8))
            {
                IsStar = true;
                continue;
            }

            if (Count == _entries.Length)
            {
                return 403;
            }

            var status = ReadContact(value, common, newest, now);
            if (status != 200)
            {
                return status;
            }
        }

        if (IsStar)
        {
            return values.Count != 1 || common != 0 ? 400 : AreAllOlder(newest) ? 200 : 500;
        }

        return ReadPath(request) ? 200 : 400;
    }

    public BindingUpdate CreateUpdate(in Entry contact, Instant now) => new()
    {
        ExpiresAt = now + TimeSpan.FromSeconds(contact.Expires),
        CSeq = _cseq,
        CallIdHash = _callIdHash,
        InstanceHash = contact.InstanceHash,
        Path = _path.AsSpan(0, _pathLength),
    };

    private int ReadContact(ReadOnlyMemory<byte> value, long common, Binding? newest, Instant now)
    {
        if (SipNameAddress.View(value) is not { } address || address.Uri is not { } uri || !CoreIdentity.IsSipScheme(uri)
            || address.UriText.Length > MaxUriBytes)
        {
            return 400;
        }

        var wish = address.TryGetParameter("expires"u8, out var text) ? ParseSeconds(text) : common;
        if (wish > 0 && wish < settings.MinExpires.TotalSeconds)
        {
            return 423;
        }

        var existing = Find(newest, address, now);
        if (existing is not null && !IsNewer(existing))
        {
            return 500;
        }

        if (IsGivenTwice(existing, address.UriText))
        {
            return 400;
        }

        var hasInstance = address.TryGetParameter("+sip.instance"u8, out var instance) && !instance.IsEmpty;
        var expires = Math.Min(wish, (long)settings.MaxExpires.TotalSeconds);
        _entries[Count++] = new Entry(existing is null ? address.UriText.ToArray() : [], expires, hasInstance ? Hash(instance) : 0, existing);
        return 200;
    }

    private bool IsGivenTwice(Binding? existing, ReadOnlySpan<byte> uri)
    {
        foreach (ref readonly var entry in _entries.AsSpan(0, Count))
        {
            if (existing is null ? entry.Uri.AsSpan().SequenceEqual(uri) : entry.Existing == existing)
            {
                return true;
            }
        }

        return false;
    }

    private static Binding? Find(Binding? newest, SipNameAddress address, Instant now)
    {
        for (var binding = newest; binding is not null; binding = binding.Older)
        {
            if (binding.ExpiresAt > now && (binding.Contact.SequenceEqual(address.UriText)
                || (SipUri.TryParse(binding.Contact, out var uri) && uri.Equals(address.Uri))))
            {
                return binding;
            }
        }

        return null;
    }

    // Another Call-ID is another boot of the phone: its first REGISTER simply replaces what was there.
    private bool IsNewer(Binding existing) => existing.CallIdHash != _callIdHash || existing.CSeq < _cseq;

    private bool AreAllOlder(Binding? binding)
    {
        for (; binding is not null; binding = binding.Older)
        {
            if (!IsNewer(binding))
            {
                return false;
            }
        }

        return true;
    }

    private long ReadExpires(SipRequest request) =>
        request.TryGetHeader(SipHeaderId.Expires, out var value) ? ParseSeconds(value) : (long)settings.DefaultExpires.TotalSeconds;

    // RFC 3261 section 10.2.1.1: a malformed value counts as 3600.
    private static long ParseSeconds(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out uint seconds, out var used) && used == text.Length ? seconds
        : text.Length > 9 && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 ? uint.MaxValue : 3600;

    private bool ReadPath(SipRequest request)
    {
        _pathLength = 0;
        for (var index = 0; index < request.HeaderCount; index++)
        {
            var header = request.GetHeader(index);
            if (header.Id != SipHeaderId.Path)
            {
                continue;
            }

            var separator = _pathLength == 0 ? default : ", "u8;
            if (_pathLength + separator.Length + header.Value.Length > MaxPathBytes)
            {
                return false;
            }

            separator.CopyTo(_path.AsSpan(_pathLength));
            header.Value.CopyTo(_path.AsSpan(_pathLength + separator.Length));
            _pathLength += separator.Length + header.Value.Length;
        }

        return true;
    }

    /// <summary>FNV-1a, 64 bits. A collision that a phone makes up on purpose harms only its own bindings.</summary>
    private static ulong Hash(ReadOnlySpan<byte> text)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var octet in text)
        {
            hash = (hash ^ octet) * 0x100000001B3UL;
        }

        return hash == 0 ? 1 : hash;
    }

    /// <summary>One contact: its URI (empty when there is a binding to renew), the seconds granted (0: take away), the device, and the
    /// binding that it renews.</summary>
    internal readonly record struct Entry(byte[] Uri, long Expires, ulong InstanceHash, Binding? Existing);
}
