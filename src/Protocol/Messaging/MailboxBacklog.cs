namespace UeFarm.Protocol.Messaging;

/// <summary>
/// The stored messages of a mailbox that wait for delivery: the first few, in order, in memory with their bodies; the rest only as a number
/// of records in the store. Whenever something is resident it stands before everything that is not, so the head is the true head.
/// One question to the store is open at a time; the store answers in the order of <see cref="MailboxRead"/>'s contract, on which the rules
/// for records that come and go in between rest.
/// </summary>
internal sealed class MailboxBacklog
{
    private readonly int _pageRecords;
    private readonly List<MailboxRecord> _resident = [];
    private readonly List<long> _removedWhileReading = [];
    private int _beyond;

    /// <summary>Null: a survey.</summary>
    private MailboxReadKind? _readKind;
    private MailboxPosition _readAfter;
    private bool _pageIsVoid;

    /// <summary>Pages are read behind here: what stood before was resident, or is more than a line in the backlog.</summary>
    private MailboxPosition _passed = MailboxPosition.Start;

    public MailboxBacklog(int pageRecords, MailboxInventory? inventory)
    {
        _pageRecords = pageRecords;
        if (inventory is { } known)
        {
            IsKnown = true;
            _beyond = known.Count;
            EarliestExpiry = known.Count > 0 ? known.EarliestExpiry : DateTimeOffset.MaxValue;
        }
    }

    /// <summary>False until the store has said what it holds.</summary>
    public bool IsKnown { get; private set; }

    public bool IsReading { get; private set; }

    public int Count => _resident.Count + _beyond;

    public bool HasBeyond => _beyond > 0;

    /// <summary>Not later than the expiry of any message here; may be earlier.</summary>
    public DateTimeOffset EarliestExpiry { get; private set; } = DateTimeOffset.MaxValue;

    public MailboxRecord? Head => _resident.Count > 0 ? _resident[0] : null;

    public bool WantsPage => _beyond > 0 && _resident.Count <= _pageRecords / 4;

    /// <summary>Adds a stored message. Not wanted in memory, or behind what is: it stays in the store alone.</summary>
    public void Add(MailboxRecord record, bool keepInMemory)
    {
        if (!IsKnown)
        {
            return; // the summary that is under way counts it
        }

        EarliestExpiry = record.ExpiresAt < EarliestExpiry ? record.ExpiresAt : EarliestExpiry;
        if (!keepInMemory || !BelongsInMemory(record.Position))
        {
            _passed = record.Position < _passed ? MailboxPosition.Start : _passed;
            _beyond++;
            return;
        }

        var index = IndexOf(record.Position);
        _resident.Insert(~index, record);
        if (_resident.Count > _pageRecords)
        {
            // What follows the page under way would stand before this one: that page is of no use any more.
            _passed = _resident[^1].Position < _passed ? MailboxPosition.Start : _passed;
            _resident.RemoveAt(_resident.Count - 1);
            _beyond++;
            VoidPage();
        }
    }

    public void TakeHead() => _resident.RemoveAt(0);

    /// <summary>True when something resident that is ready stands before the position: the check behind OrderViolation.</summary>
    public bool HoldsBefore(MailboxPosition position, TimeSpan settle, DateTimeOffset utcNow)
    {
        foreach (var record in _resident)
        {
            if (record.Position < position && ReadyAt(record, settle) <= utcNow)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// When a message has settled. Interpretation: a timestamp later than the arrival comes from a sender whose clock is ahead and must not
    /// hold the mailbox up for as long as that sender likes; it counts as the arrival time.
    /// </summary>
    public static DateTimeOffset ReadyAt(MailboxRecord record, TimeSpan settle)
    {
        if (settle <= TimeSpan.Zero)
        {
            return DateTimeOffset.MinValue;
        }

        var sent = record.Timestamp.ToUtc();
        return (sent < record.ArrivedAt ? sent : record.ArrivedAt) + settle;
    }

    /// <summary>Leaves every record to the store: nothing can be delivered for a while.</summary>
    public void Evict()
    {
        _beyond += _resident.Count;
        _resident.Clear();
        _passed = MailboxPosition.Start;
        VoidPage();
    }

    /// <summary>Takes out a message that is here, in memory or not.</summary>
    public void Remove(long arrival)
    {
        for (var i = 0; i < _resident.Count; i++)
        {
            if (_resident[i].Arrival == arrival)
            {
                _resident.RemoveAt(i);
                return;
            }
        }

        _beyond--;
    }

    /// <summary>A message left the store; an answer that is under way may still show it.</summary>
    public void NoteRemoved(long arrival)
    {
        if (IsReading)
        {
            _removedWhileReading.Add(arrival);
        }
    }

    public bool WasRemoved(long arrival) => _removedWhileReading.Contains(arrival);

    public bool TryTakeExpired(DateTimeOffset utcNow, out MailboxRecord? record)
    {
        for (var i = 0; i < _resident.Count; i++)
        {
            if (_resident[i].ExpiresAt <= utcNow)
            {
                record = _resident[i];
                _resident.RemoveAt(i);
                return true;
            }
        }

        record = null;
        return false;
    }

    /// <summary>After the expired ones are gone from memory. With records in the store alone their answer lowers the bound again.</summary>
    public void ResetEarliestExpiry()
    {
        EarliestExpiry = DateTimeOffset.MaxValue;
        foreach (var record in _resident)
        {
            EarliestExpiry = record.ExpiresAt < EarliestExpiry ? record.ExpiresAt : EarliestExpiry;
        }
    }

    public MailboxRead BeginRead(MailboxReadKind kind, DateTimeOffset utcNow)
    {
        IsReading = true;
        _readKind = kind;
        _pageIsVoid = false;
        _readAfter = Boundary;
        if (kind == MailboxReadKind.Expired)
        {
            ResetEarliestExpiry();
        }

        return new MailboxRead(kind, _readAfter, utcNow, _pageRecords);
    }

    /// <summary>One record of the page that answers; in order.</summary>
    public void AddFromPage(MailboxRecord record)
    {
        if (!_pageIsVoid)
        {
            _resident.Add(record);
            _beyond--;
        }
    }

    /// <summary>
    /// A record of the page that answers is on its way already, or has left: the next page begins behind it. A page full of such records would else be asked
    /// for again and again.
    /// </summary>
    public void PassFromPage(MailboxPosition position)
    {
        if (!_pageIsVoid)
        {
            _passed = position;
        }
    }

    public void EndRead(MailboxReadResult result)
    {
        if (!result.Succeeded)
        {
            // Nothing was learnt; for expiry the bound must fire again.
            EarliestExpiry = _readKind == MailboxReadKind.Expired ? DateTimeOffset.MinValue : EarliestExpiry;
        }
        else if (_readKind == MailboxReadKind.Inventory)
        {
            IsKnown = true;
            _beyond = result.Inventory.Count - _removedWhileReading.Count;
            EarliestExpiry = result.Inventory.EarliestExpiry;
        }
        else if (_readKind == MailboxReadKind.Expired)
        {
            EarliestExpiry = result.Inventory.EarliestExpiry < EarliestExpiry ? result.Inventory.EarliestExpiry : EarliestExpiry;
        }
        else if (!_pageIsVoid && result.Records.Count < _pageRecords)
        {
            _beyond = 0; // the end of the mailbox was seen
        }

        IsReading = false;
        _pageIsVoid = false;
        _removedWhileReading.Clear();
    }

    /// <summary>A page for the caller's eyes alone: what is in memory and what is not stays as it is.</summary>
    public MailboxRead BeginSurvey(MailboxPosition after)
    {
        IsReading = true;
        _readKind = null;
        return new MailboxRead(MailboxReadKind.Page, after, default, _pageRecords);
    }

    /// <summary>True: the end of the mailbox was seen.</summary>
    public bool EndSurvey(MailboxReadResult result)
    {
        IsReading = false;
        _removedWhileReading.Clear();
        return result.Succeeded && result.Records.Count < _pageRecords;
    }

    /// <summary>
    /// Between the resident ones and the rest lies the position after which a page is (or will be) read. What stands before it
    /// would never be read again and has to be resident; what stands behind must not be.
    /// </summary>
    private bool BelongsInMemory(MailboxPosition position)
    {
        if (IsReading && _readKind == MailboxReadKind.Page && !_pageIsVoid)
        {
            return position < _readAfter;
        }

        return _beyond == 0 || position < Boundary;
    }

    private MailboxPosition Boundary => _resident.Count > 0 && _resident[^1].Position > _passed ? _resident[^1].Position : _passed;

    private void VoidPage() => _pageIsVoid = IsReading && _readKind == MailboxReadKind.Page;

    private int IndexOf(MailboxPosition position)
    {
        int low = 0, high = _resident.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (_resident[middle].Position < position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }
}
