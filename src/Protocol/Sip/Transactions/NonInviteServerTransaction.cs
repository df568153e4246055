namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>
/// The machine of RFC 3261 section 17.2.2 as RFC 4320 amends it: which responses go out, whether a copy of the request is answered again, when all is
/// forgotten. Holds no message. A value, so that a transaction is one object; keep it in a field.
/// </summary>
internal struct NonInviteServerTransaction
{
    private readonly SipTimers _timers;
    private readonly bool _reliable;
    private readonly Instant _tryingAllowed;
    private Instant _tryingDue;
    private Instant _end;

    /// <summary>The request has just arrived.</summary>
    public NonInviteServerTransaction(SipTimers timers, bool reliable, Instant now)
    {
        _timers = timers;
        _reliable = reliable;
        _tryingDue = now + timers.TimeToSlowRetransmissions;
        _tryingAllowed = reliable ? now : _tryingDue;
        _end = now + timers.TransactionTimeout;
        State = SipServerState.Trying;
    }

    public SipServerState State { get; private set; }

    /// <summary>The earlier of the automatic 100 and the end: 64*T1 after the request while it is unanswered, timer J when it is answered.</summary>
    public readonly Instant NextDeadline => Instant.Min(_tryingDue, _end);

    /// <summary>A copy of the request. True: send the last response again.</summary>
    public readonly bool HandleRetransmission() => State is SipServerState.Proceeding or SipServerState.Completed;

    /// <summary>True: send it, and keep it as the last response.</summary>
    public bool HandleResponse(int statusCode, Instant now)
    {
        switch (State)
        {
            case SipServerState.Trying or SipServerState.Proceeding when now >= _end:
                // RFC 4320 section 4.2: the client has given up by now; a late response only adds load.
                Terminate();
                return false;
            case SipServerState.Trying or SipServerState.Proceeding when statusCode < 200:
                // RFC 4320 section 4.1: no provisional response but 100, and over an unreliable transport not before timer E has reached T2.
                if (statusCode != 100 || now < _tryingAllowed)
                {
                    return false;
                }

                State = SipServerState.Proceeding;
                _tryingDue = Instant.Never;
                return true;
            case SipServerState.Trying or SipServerState.Proceeding:
                State = _reliable ? SipServerState.Terminated : SipServerState.Completed;
                _tryingDue = Instant.Never;
                _end = _reliable ? Instant.Never : now + _timers.TransactionTimeout;
                return true;
            default:
                return false;
        }
    }

    public SipServerStep HandleTimeout(Instant now)
    {
        if (now >= _end)
        {
            Terminate();
            return SipServerStep.Nothing;
        }

        if (now < _tryingDue)
        {
            return SipServerStep.Nothing;
        }

        _tryingDue = Instant.Never;
        State = SipServerState.Proceeding;
        return SipServerStep.SendTrying;
    }

    private void Terminate()
    {
        State = SipServerState.Terminated;
        _tryingDue = Instant.Never;
        _end = Instant.Never;
    }
}
