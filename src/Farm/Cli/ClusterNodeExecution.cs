using UeFarm.Farm.Nodes;

namespace UeFarm.Farm.Cli;

/// <summary>Runs a node of a cluster until a signal, or until the cluster has removed it.</summary>
internal sealed class ClusterNodeExecution(CliEnvironment environment, IStopSignals signals)
{
    private readonly Lock _output = new();

    public async Task<ExitCode> RunAsync(ClusterNodeOptions options)
    {
        var (node, fault) = await ClusterFarmNode.StartAsync(options, Say, signals.FirstSignal).ConfigureAwait(false);
        if (fault is not null)
        {
            environment.Error.WriteLine(fault.Format());
            environment.Error.WriteLine("Nothing was started.");
            return fault.ExitCode;
        }

        if (node is null)
        {
            Say("node: stopped before it was a member");
            return ExitCode.Success;
        }

        Say(node.Greeting);
        var signal = Task.Delay(Timeout.Infinite, signals.FirstSignal);
        if (await Task.WhenAny(signal, node.Member!.Ended).ConfigureAwait(false) == signal)
        {
            return await StopAsync(node).ConfigureAwait(false);
        }

        var why = node.Member.Describe(await node.Member.Ended.ConfigureAwait(false));
        environment.Error.WriteLine(why?.ToString() ?? $"node '{node.Member.Address}' was told to leave the cluster by another node");
        await node.DisposeAsync().ConfigureAwait(false);
        return ExitCode.InternalError;
    }

    private async Task<ExitCode> StopAsync(ClusterFarmNode node)
    {
        Say("node: stopping: phones and parts are handed over; once more stops at once");
        if (await node.StopAsync(NodeCommand.LongestStop).ConfigureAwait(false))
        {
            await node.DisposeAsync().ConfigureAwait(false);
            Say("node: stopped");
            return ExitCode.Success;
        }

        environment.Error.WriteLine(
            $"node: not stopped within {NodeCommand.LongestStop.TotalSeconds:0} s, giving up; the others take over what it had as from a node that died");
        return ExitCode.InternalError;
    }

    private void Say(string line)
    {
        lock (_output)
        {
            environment.Output.WriteLine(line);
        }
    }
}
