namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>
/// The machine of RFC 3261 section 17.1.2: when a request is sent again, when it has failed, which responses its owner sees. Holds no message: its
/// holder sends. A value, so that a transaction is one object; keep it in a field.
/// </summary>
internal struct NonInviteClientTransaction
{
    private readonly SipTimers _timers;
    private readonly bool _reliable;
    private TimeSpan _pause;
    private Instant _timerE;
    private Instant _timerForK;

    /// <summary>The request is being sent now for the first time.</summary>
    public NonInviteClientTransaction(SipTimers timers, bool reliable, Instant now)
    {
        _timers = timers;
        _reliable = reliable;
        _pause = timers.T1;
        _timerE = reliable ? Instant.Never : now + timers.T1;
        _timerForK = now + timers.TransactionTimeout;
        State = SipClientState.Trying;
    }

    public SipClientState State { get; private set; }

    /// <summary>The earlier of timer E and timer F (K once completed).</summary>
    public readonly Instant NextDeadline => Instant.Min(_timerE, _timerForK);

    /// <summary>True: hand the response to the owner.</summary>
    public bool HandleResponse(int statusCode, Instant now)
    {
        switch (State)
        {
            case SipClientState.Trying when statusCode < 200:
            case SipClientState.Proceeding when statusCode < 200:
                // Timer E runs on; from its next firing the pause is T2.
                State = SipClientState.Proceeding;
                return true;
            case SipClientState.Trying:
            case SipClientState.Proceeding:
                State = _reliable ? SipClientState.Terminated : SipClientState.Completed;
                _timerE = Instant.Never;
                _timerForK = _reliable ? Instant.Never : now + _timers.T4;
                return true;
            case SipClientState.Completed:
            case SipClientState.Terminated:
            default:
                return false;
        }
    }

    /// <summary>The request could not be sent; its owner hears of it.</summary>
    public void HandleTransportFailure() => Terminate();

    public SipClientStep HandleTimeout(Instant now)
    {
        if (now >= _timerForK)
        {
            var step = State == SipClientState.Completed ? SipClientStep.Nothing : SipClientStep.ReportTimeout;
            Terminate();
            return step;
        }

        if (now < _timerE)
        {
            return SipClientStep.Nothing;
        }

        var doubled = _pause + _pause;
        _pause = State == SipClientState.Proceeding || doubled > _timers.T2 ? _timers.T2 : doubled;

        // Counted from when the timer was due, so that late wake-ups do not add up; after a long sleep copies are not made up for.
        var next = _timerE + _pause;
        _timerE = next > now ? next : now + _pause;
        return SipClientStep.Retransmit;
    }

    private void Terminate()
    {
        State = SipClientState.Terminated;
        _timerE = Instant.Never;
        _timerForK = Instant.Never;
    }
}
