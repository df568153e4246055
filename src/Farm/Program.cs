using UeFarm.Farm.Cli;
using UeFarm.Farm.Hosting;

return await new FarmCli(CliEnvironment.OfProcess(), static () => new ScenarioRunner(TimeProvider.System)).RunAsync(args).ConfigureAwait(false);
