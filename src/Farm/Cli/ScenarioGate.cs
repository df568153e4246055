using System.Net;
using UeFarm.Farm.Cluster;
using UeFarm.Farm.Guards;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Cli;

/// <summary>What stands between a valid scenario and its run; what is refused is reported.</summary>
internal static class ScenarioGate
{
    /// <summary>Success: it may be run.</summary>
    public static ExitCode Check(ScenarioReadResult read, CliEnvironment environment) => Check(read.Scenario!, [], environment) is not ExitCode.Success and var code
        ? code
        : CheckServers(read, environment);

    /// <summary>For a cluster. Where its core listens is known to its nodes, which look at that themselves.</summary>
    public static ExitCode CheckForCluster(ScenarioReadResult read, CliEnvironment environment)
    {
        var scenario = read.Scenario!;
        if (ClusterScenarioRules.IsTooLong(read.Source.Text))
        {
            environment.Error.WriteLine(
                $"{read.Source.FileName}: the file is longer than {ClusterScenarioRules.LongestText / 1024} KiB\n    remedy:  shorten it\nNothing was sent.");
            return ExitCode.Usage;
        }

        var code = CheckServers(read, environment);
        return code != ExitCode.Success ? code
            : Check(
                scenario with { Target = scenario.Target with { Listen = new IPEndPoint(scenario.Target.Allow[0].BaseAddress, 0) } },
                [.. ClusterScenarioRules.Check(scenario)], environment);
    }

    private static ExitCode Check(Scenario scenario, IReadOnlyList<GuardRefusal> further, CliEnvironment environment)
    {
        var guards = SafetyGuards.Check(RunPlan.Of(scenario));
        IReadOnlyList<GuardRefusal> refusals = [.. guards, .. further];
        foreach (var refusal in refusals)
        {
            environment.Error.WriteLine($"refused: {refusal.Path}: {refusal.Problem}\n    remedy:  {refusal.Remedy}");
        }

        if (refusals.Count > 0)
        {
            environment.Error.WriteLine("Nothing was sent.");
        }

        return guards.Count > 0 ? ExitCode.Refused : further.Count > 0 ? ExitCode.Usage : ExitCode.Success;
    }

    private static ExitCode CheckServers(ScenarioReadResult read, CliEnvironment environment)
    {
        if (read.Scenario!.ApplicationServer.Servers <= 1)
        {
            return ExitCode.Success;
        }

        environment.Error.WriteLine(
            $"applicationServer.servers above 1 is not played by run; play it with: uefarm size {read.Source.FileName}\nNothing was sent.");
        return ExitCode.Usage;
    }
}
