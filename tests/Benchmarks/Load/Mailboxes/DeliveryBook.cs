using UeFarm.Protocol;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>
/// The books of all phones: a message has a number that names its phone and its place among that phone's messages, so that loss, copies and order can be told
/// without remembering messages. Thread-safe.
/// </summary>
internal sealed class DeliveryBook
{
    private const int PlaceBits = 24;
    private const int PlaceMask = (1 << PlaceBits) - 1;

    private readonly PhoneRecord[] _phones;
    private long _sent;
    private long _accepted;
    private long _refused;
    private long _arrived;
    private long _distinct;
    private long _outOfOrder;
    private long _altered;

    public DeliveryBook(int phones)
    {
        _phones = new PhoneRecord[phones];
        for (var i = 0; i < phones; i++)
        {
            _phones[i] = new PhoneRecord();
        }
    }

    public int Phones => _phones.Length;

    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Answered 2xx.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Answered otherwise.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public long Answered => Accepted + Refused;

    /// <summary>Messages that arrived, each for the first time.</summary>
    public long Distinct => Interlocked.Read(ref _distinct);

    /// <summary>Messages that arrived again.</summary>
    public long Copies => Interlocked.Read(ref _arrived) - Distinct;

    /// <summary>Messages older than one that the same phone got before.</summary>
    public long OutOfOrder => Interlocked.Read(ref _outOfOrder);

    /// <summary>Messages whose body or Content-Type was not what was sent; those with another body are not counted as arrived.</summary>
    public long Altered => Interlocked.Read(ref _altered);

    public PhoneBlock All => new(0, _phones.Length);

    /// <summary>Accepted and not delivered (yet).</summary>
    public long Missing(PhoneBlock block) => _phones.Skip(block.First).Take(block.Count).Sum(static phone => phone.CountMissing());

    public static int PhoneOf(long number) => (int)(number >> PlaceBits);

    public long NoteSent(int phone)
    {
        Interlocked.Increment(ref _sent);
        return ((long)phone << PlaceBits) | (uint)_phones[phone].TakeNumber();
    }

    public void NoteAnswered(long number, int status)
    {
        if (status is < 200 or >= 300)
        {
            Interlocked.Increment(ref _refused);
            return;
        }

        _phones[PhoneOf(number)].NoteAccepted((int)(number & PlaceMask));
        Interlocked.Increment(ref _accepted);
    }

    /// <summary>False: the phone has it already.</summary>
    public bool NoteArrived(long number, NtpTimestamp timestamp)
    {
        Interlocked.Increment(ref _arrived);
        var (isFirst, isInOrder) = _phones[PhoneOf(number)].NoteReceived((int)(number & PlaceMask), timestamp);
        if (!isInOrder)
        {
            Interlocked.Increment(ref _outOfOrder);
        }

        if (isFirst)
        {
            Interlocked.Increment(ref _distinct);
        }

        return isFirst;
    }

    public void NoteAltered() => Interlocked.Increment(ref _altered);
}
