namespace UeFarm.Farm.Scenarios;

/// <summary>How the moments at which messages are due are spread.</summary>
internal enum ArrivalModel
{
    Poisson,
    Uniform,
}
