using UeFarm.Farm.Cli;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Sizing;

return await new FarmCli(CliEnvironment.OfProcess(), static () => new ScenarioRunner(TimeProvider.System), static () => new ScenarioSizer()).RunAsync(args).ConfigureAwait(false);
