using UeFarm.Farm.Cli;

namespace UeFarm.Farm.Nodes;

/// <summary>Why a node could not start although its options are valid: what the machine or the network lacks.</summary>
/// <param name="Option">The option whose value could not be had, as the node file calls it.</param>
/// <param name="Value">That value.</param>
/// <param name="Problem">What is the matter with it here and now.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record NodeStartFault(string Option, string Value, string Problem, string Remedy)
{
    public ExitCode ExitCode { get; init; } = ExitCode.MachineUnfit;

    public string Format() => $"node: {Option} '{Value}' {Problem}\n    remedy:  {Remedy}";
}
