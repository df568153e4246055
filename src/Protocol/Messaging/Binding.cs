using System.Text;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// One registered contact of an address of record (RFC 3261 section 10.3). Small, because there are up to a million: the contact
/// as bytes, the Call-ID and the device as 64-bit hashes, no text twice. Belongs to one <see cref="LocationTable"/>.
/// </summary>
public sealed class Binding
{
    private readonly byte[] _contact;
    private byte[]? _path;

    internal Binding(string addressOfRecord, byte[] contact)
    {
        AddressOfRecord = addressOfRecord;
        _contact = contact;
    }

    public string AddressOfRecord { get; }

    /// <summary>The URI as the phone wrote it, without brackets and header parameters.</summary>
    public ReadOnlySpan<byte> Contact => _contact;

    /// <summary>The Path of the registration (RFC 3327), a list as for Route; empty: none.</summary>
    public ReadOnlySpan<byte> Path => _path;

    /// <summary>Where the last REGISTER came from.</summary>
    public SipHop Source { get; private set; }

    public Instant ExpiresAt { get; private set; }

    public uint CSeq { get; private set; }

    internal ulong CallIdHash { get; private set; }

    /// <summary>Hash of +sip.instance; 0: none given.</summary>
    internal ulong InstanceHash { get; private set; }

    /// <summary>The next older binding of the same address of record.</summary>
    internal Binding? Older { get; set; }

    /// <summary>Place in the table's heap of deadlines.</summary>
    internal int HeapIndex { get; set; } = -1;

    public string ContactText => Encoding.UTF8.GetString(_contact);

    /// <summary>Whole seconds left, rounded up.</summary>
    public long RemainingSeconds(Instant now)
    {
        var ticks = (ExpiresAt - now).Ticks;
        return ticks <= 0 ? 0 : (ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
    }

    internal void Refresh(in BindingUpdate update, SipHop source)
    {
        // The old end point object is kept when it says the same, so that a million refreshes leave no garbage in old generations.
        Source = Source.EndPoint is { } known && known.Equals(source.EndPoint) ? source with { EndPoint = known } : source;
        ExpiresAt = update.ExpiresAt;
        CSeq = update.CSeq;
        CallIdHash = update.CallIdHash;
        InstanceHash = update.InstanceHash;
        if (!update.Path.SequenceEqual(_path))
        {
            _path = update.Path.IsEmpty ? null : update.Path.ToArray();
        }
    }
}
