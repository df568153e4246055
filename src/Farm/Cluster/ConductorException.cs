namespace UeFarm.Farm.Cluster;

/// <summary>A call to the conductor failed; the message is for an operator.</summary>
internal sealed class ConductorException(ConductorFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public ConductorFault Fault { get; } = fault;
}
