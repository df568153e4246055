namespace UeFarm.Farm.Scenarios;

/// <summary>Contradictions between what is said about an application server and its SIP timers, in a scenario or for a node.</summary>
internal sealed class ApplicationServerChecks(ScenarioValues values, ICollection<ScenarioError> errors)
{
    /// <summary>A transaction gives up after this many T1 (RFC 3261 section 17.1.2.2, timer F).</summary>
    private const int TimerFInT1 = 64;

    public void Run()
    {
        CheckStore();
        CheckTimes();
    }

    /// <summary>The full path, of a name as seen from the folder; null: none is written. One that is not there is reported.</summary>
    public string? FindStorePassword(string folder)
    {
        var option = ScenarioFormat.ServerStorePasswordFile;
        if (!values.IsWritten(option) || !values.TryGet(option, out var name))
        {
            return null;
        }

        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            Report(option, "does not exist", option.Kind.Allowed, "write the password into that file");
        }

        return path;
    }

    private void CheckStore()
    {
        if (!values.TryGet(ScenarioFormat.ServerStore, out var store) || store.Postgres is not null)
        {
            return;
        }

        foreach (var option in new ScenarioOption[] { ScenarioFormat.ServerStorePasswordFile, ScenarioFormat.ServerStoreUnsafe })
        {
            if (values.IsWritten(option))
            {
                Report(option, "has no meaning with store: sqlite", "nothing without PostgreSQL", "name a PostgreSQL database in store, or remove this key");
            }
        }
    }

    private void CheckTimes()
    {
        if (values.TryGet(ScenarioFormat.SipT1, out var t1) && values.TryGet(ScenarioFormat.SipT2, out var t2) && t2 < t1)
        {
            Report(values.IsWritten(ScenarioFormat.SipT2) ? ScenarioFormat.SipT2 : ScenarioFormat.SipT1, "makes t2 shorter than t1", "t2 of t1 or more",
                $"set t2 to {UnitText.Duration(t1)} or more");
        }

        if (values.TryGet(ScenarioFormat.SipT1, out t1) && values.TryGet(ScenarioFormat.ServerHoldTime, out var hold) && hold >= TimerFInT1 * t1)
        {
            var option = values.IsWritten(ScenarioFormat.ServerHoldTime) ? ScenarioFormat.ServerHoldTime : (ScenarioOption)ScenarioFormat.SipT1;
            Report(option, "lets senders give up before the application server answers", $"a holdTime below 64 t1 ({UnitText.Duration(TimerFInT1 * t1)})",
                "shorten applicationServer.holdTime");
        }

        if (values.TryGet(ScenarioFormat.ServerSettle, out var settle) && values.TryGet(ScenarioFormat.ServerExpiry, out var expiry) && settle >= expiry)
        {
            Report(values.IsWritten(ScenarioFormat.ServerSettle) ? ScenarioFormat.ServerSettle : ScenarioFormat.ServerExpiry,
                "lets every message expire while it settles", "a settle time below expiry", "shorten applicationServer.settle");
        }
    }

    private void Report(ScenarioOption option, string problem, string allowed, string remedy) =>
        errors.Add(ScenarioError.About(values, option, problem, allowed, remedy));
}
