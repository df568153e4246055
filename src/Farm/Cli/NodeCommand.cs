using System.CommandLine;
using System.Globalization;
using UeFarm.Farm.Nodes;

namespace UeFarm.Farm.Cli;

/// <summary><c>node</c>: runs a part of the farm as a process of its own until a signal asks it to stop.</summary>
internal sealed class NodeCommand(CliEnvironment environment)
{
    /// <summary>What is not stopped by then is given up: nothing that was promised depends on it.</summary>
    internal static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(9);

    /// <summary>Of <c>run --nodes</c>, which starts nodes of its own.</summary>
    public const string ChildFlag = "--until-input-ends";

    private readonly NodeArguments _arguments = new();

    private readonly Option<bool> _isChild = new(ChildFlag) { Hidden = true };

    public Command Create()
    {
        var command = new Command(
            "node",
            "Runs the application server by itself, behind any core, or a node of a cluster, until a signal. SIGTERM or Ctrl-C once stops in order (exit 0), twice at once.");
        _arguments.AddTo(command);
        command.Add(_isChild);
        command.SetAction((parsed, _) => ExecuteAsync(parsed));
        return command;
    }

    private async Task<int> ExecuteAsync(ParseResult parsed)
    {
        var read = _arguments.Read(parsed);
        if (!read.IsValid)
        {
            foreach (var mistake in read.Errors)
            {
                environment.Error.WriteLine(mistake.Format(read.SourceName));
            }

            var count = read.Errors.Count;
            environment.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} mistake{(count == 1 ? "" : "s")}; nothing was started."));
            return (int)ExitCode.Usage;
        }

        using var signals = parsed.GetValue(_isChild) ? new ParentWatch() : environment.ListenForSignals();
        if (read.Cluster is { } member)
        {
            return (int)await new ClusterNodeExecution(environment, signals).RunAsync(member).ConfigureAwait(false);
        }

        var (node, fault) = await ApplicationServerNode.StartAsync(read.Options!, ReportFault).ConfigureAwait(false);
        if (fault is not null)
        {
            environment.Error.WriteLine(fault.Format());
            environment.Error.WriteLine("Nothing was started.");
            return (int)fault.ExitCode;
        }

        environment.Output.WriteLine(node!.Greeting);
        await SignalAsync(signals.FirstSignal).ConfigureAwait(false);
        environment.Output.WriteLine("as: stopping: no new messages, what is under way ends; once more stops at once");
        return (int)await StopAsync(node).ConfigureAwait(false);
    }

    private async Task<ExitCode> StopAsync(ApplicationServerNode node)
    {
        var stopping = node.StopAsync();
        if (await Task.WhenAny(stopping, Task.Delay(LongestStop, environment.Time)).ConfigureAwait(false) != stopping)
        {
            environment.Error.WriteLine($"as: not stopped within {LongestStop.TotalSeconds:0} s, giving up; what was answered 202 is in the store");
            return ExitCode.InternalError;
        }

        var hasRested = await stopping.ConfigureAwait(false);
        var counters = node.Server!.Counters;
        environment.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"as: stopped: {counters.Received} received, {counters.ForwardedLive} forwarded, {counters.Stored} stored, {counters.Delivered} delivered from "
            + $"the store, {counters.Backlog} left{(hasRested ? "" : "; deliveries still under way will be tried again")}"));
        return ExitCode.Success;
    }

    private static async Task SignalAsync(CancellationToken signal)
    {
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = signal.Register(received.SetResult);
        await received.Task.ConfigureAwait(false);
    }

    private void ReportFault(Exception fault) => environment.Error.WriteLine($"as: internal fault, one message lost: {fault.Message}");
}
