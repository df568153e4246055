namespace UeFarm.Farm.Scenarios;

/// <summary>What depends on the clock that a scenario is played by.</summary>
internal sealed partial class ScenarioChecks
{
    private void CheckVirtualTime()
    {
        if (!values.TryGet(ScenarioFormat.Clock, out var clock) || clock == ScenarioClock.Real)
        {
            return;
        }

        if (values.TryGet(ScenarioFormat.TargetCore, out var core) && !core.IsEmbedded)
        {
            Report(ScenarioFormat.TargetCore, "cannot follow virtual time", "embedded with clock: virtual", "write core: embedded, or clock: real");
        }

        if (values.TryGet(ScenarioFormat.ServerStore, out var store) && store.Postgres is not null)
        {
            Report(ScenarioFormat.ServerStore, "cannot follow virtual time: mailboxes are in memory then", "sqlite, the default, with clock: virtual",
                "remove it, or write clock: real");
        }

        if (values.TryGet(ScenarioFormat.MetricsPort, out var port) && port != 0)
        {
            Report(ScenarioFormat.MetricsPort, "would show virtual time to a Prometheus that scrapes in real time: every rate would be wrong",
                "0 with clock: virtual", "remove it; result.json has the series");
        }
    }

    /// <summary>What the network does is ours to say in virtual time only, and a loss means something to datagrams only.</summary>
    private void CheckNetwork()
    {
        if (!values.TryGet(ScenarioFormat.Clock, out var clock))
        {
            return;
        }

        if (clock == ScenarioClock.Real && values.IsWritten(ScenarioFormat.NetworkLatency))
        {
            Report(ScenarioFormat.NetworkLatency, "has no meaning with clock: real", "nothing over real sockets", "write clock: virtual, or remove this key");
        }

        var isTcp = values.TryGet(ScenarioFormat.TargetTransport, out var transport) && transport == SipTransportChoice.Tcp;
        foreach (var option in new[] { ScenarioFormat.NetworkLoss, ScenarioFormat.NetworkDuplicate, ScenarioFormat.NetworkReorder })
        {
            if (!values.TryGet(option, out var share) || share.Fraction == 0)
            {
                continue;
            }

            if (clock == ScenarioClock.Real)
            {
                Report(option, "is not supported over real sockets", "0% with clock: real",
                    "write clock: virtual, or let the network in between do it (tc netem)");
            }
            else if (isTcp)
            {
                Report(option, "strikes datagrams, and TCP hides it from SIP", "0% over TCP", "write target.transport: udp, or remove this key");
            }
        }
    }
}
