namespace UeFarm.Actors.Run;

/// <summary>The lives online of a run's phones, and how many are registered. Facts of one phone come one after the other; reading is safe from any thread.</summary>
internal sealed class PhoneSessions(int phones)
{
    private readonly PhoneSession[] _sessions = new PhoneSession[phones];
    private int _registered;
    private int _registering;

    /// <summary>Phones registered now.</summary>
    public int Registered => Volatile.Read(ref _registered);

    /// <summary>Phones that were sent online and have not registered yet, or were not let in.</summary>
    public int Registering => Volatile.Read(ref _registering);

    /// <summary>The others.</summary>
    public int Offline => Math.Max(0, _sessions.Length - Registered - Registering);

    public ref PhoneSession Of(int phone) => ref _sessions[phone];

    public bool IsRegistered(int phone) => Volatile.Read(ref _sessions[phone].IsRegistered);

    /// <summary>The schedule sends a phone online: its session begins.</summary>
    public void Begin(int phone, long ticks)
    {
        ref var session = ref _sessions[phone];
        Volatile.Write(ref session.StartTicks, ticks);
        SetRegistering(ref session, !Volatile.Read(ref session.IsRegistered));
    }

    /// <summary>True: the phone had no binding before.</summary>
    public bool SetRegistered(int phone, long ticks)
    {
        ref var session = ref _sessions[phone];
        SetRegistering(ref session, false);
        if (session.IsRegistered)
        {
            return false;
        }

        session.IsRegistered = true;
        Interlocked.Increment(ref _registered);
        Volatile.Write(ref session.RegisteredTicks, ticks);
        return true;
    }

    public void SetOffline(int phone)
    {
        ref var session = ref _sessions[phone];
        SetRegistering(ref session, false);
        if (session.IsRegistered)
        {
            session.IsRegistered = false;
            Interlocked.Decrement(ref _registered);
        }
    }

    /// <summary>From the schedule's thread too, so that for a moment it may be behind; the phone's next registration puts it right.</summary>
    private void SetRegistering(ref PhoneSession session, bool isRegistering)
    {
        if (Interlocked.Exchange(ref session.IsRegistering, isRegistering) != isRegistering)
        {
            Interlocked.Add(ref _registering, isRegistering ? 1 : -1);
        }
    }
}
