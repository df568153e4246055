using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using AkkaCluster = Akka.Cluster.Cluster;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// How a node becomes a member. Akka.NET has no check of a joining node's settings, so the node asks the seeds' <see cref="JoinGate"/> first and does not join those
/// with whom it does not agree.
/// </summary>
internal sealed class ClusterJoin(ClusterNodeSettings settings, AkkaCluster cluster)
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AskPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<JoinTerm> _terms = JoinCompatibility.TermsOf(settings);

    /// <exception cref="ClusterFaultException">No seed lets this node in.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(settings.Timing.JoinTimeout);
        cluster.System.ActorOf(JoinGate.Props(_terms), JoinGate.Name);
        var seeds = settings.Seeds.Select(AddressOf).ToList();
        try
        {
            await AgreeAsync(seeds, patience.Token).ConfigureAwait(false);
            await BecomeMemberAsync(seeds, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ClusterFaultException(await DescribeFailureAsync(seeds, cancellation).ConfigureAwait(false));
        }
    }

    /// <summary>Until a seed that is a member agrees. The first seed asks once: it may be the one that starts the cluster.</summary>
    private async Task AgreeAsync(List<Address> seeds, CancellationToken cancellation)
    {
        var others = seeds.Where(seed => seed != cluster.SelfAddress).ToList();
        var mayStart = seeds.Count == 0 || seeds[0] == cluster.SelfAddress;
        while (others.Count > 0)
        {
            var answers = await Task.WhenAll(others.Select(seed => AskAsync(seed, cancellation))).ConfigureAwait(false);
            for (var i = 0; i < answers.Length; i++)
            {
                if (answers[i] is { } answer && JoinCompatibility.Compare(_terms, answer.Terms, NodeName.Of(others[i])) is { } fault)
                {
                    throw new ClusterFaultException(fault);
                }
            }

            if (mayStart || answers.Any(static answer => answer is { IsMember: true }))
            {
                return;
            }

            await Task.Delay(AskPause, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Null: no answer.</summary>
    private async Task<ClusterMessages.JoinAnswer?> AskAsync(Address seed, CancellationToken cancellation)
    {
        try
        {
            return await cluster.System.ActorSelection(new RootActorPath(seed) / "user" / JoinGate.Name)
                .Ask<ClusterMessages.JoinAnswer>(new ClusterMessages.JoinQuery(_terms), AskTimeout, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private async Task BecomeMemberAsync(List<Address> seeds, CancellationToken cancellation)
    {
        var isMember = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(isMember.SetResult);
        if (seeds.Count == 0)
        {
            cluster.Join(cluster.SelfAddress);
        }
        else
        {
            cluster.JoinSeedNodes(seeds);
        }

        await isMember.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task<ClusterFault> DescribeFailureAsync(List<Address> seeds, CancellationToken cancellation)
    {
        var others = seeds.Where(seed => seed != cluster.SelfAddress).ToList();
        var findings = await Task.WhenAll(others.Select(async seed => $"{NodeName.Of(seed)} {await ProbeAsync(seed, cancellation).ConfigureAwait(false)}")).ConfigureAwait(false);
        return new ClusterFault(
            "seeds", string.Join(", ", settings.Seeds.Select(static seed => $"{seed.Host}:{seed.Port}")),
            $"have not let this node ({NodeName.Of(cluster.SelfAddress)}) in within {settings.Timing.JoinTimeout.TotalSeconds:0} s: {string.Join("; ", findings)}",
            "start the first seed first; name each seed as it advertises itself; give all nodes TLS with certificates of one authority, or none");
    }

    private async Task<string> ProbeAsync(Address seed, CancellationToken cancellation)
    {
        if (await AskAsync(seed, cancellation).ConfigureAwait(false) is { } answer)
        {
            return answer.IsMember ? "answers" : "answers, but is in no cluster itself";
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(ProbeTimeout);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(seed.Host, seed.Port ?? 0, patience.Token).ConfigureAwait(false);
            return settings.Tls is null
                ? "can be connected to but does not answer: does it want TLS, or call itself by another name?"
                : "can be connected to but does not answer: has it no TLS, a certificate that is not trusted here, or does it call itself by another name?";
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return exception is SocketException ? $"cannot be connected to ({exception.Message})" : "cannot be connected to (no answer)";
        }
    }

    private Address AddressOf(DnsEndPoint seed) => new(cluster.SelfAddress.Protocol, cluster.SelfAddress.System, seed.Host, seed.Port);
}
