namespace UeFarm.Farm.Scenarios;

/// <summary>The phones.</summary>
/// <remarks>
/// Connections: TCP connections of a process to the core.
/// IsPinned: Whether the scenario says which file it has to be.
/// File: The rows of the secrets file, when there is one; the first Count are used.
/// </remarks>
internal sealed record SubscriberOptions(
    int Count, ImpuTemplate Impu, AuthenticationScheme Scheme, SecretsSource Secrets, TimeSpan RegistrationExpiry, int Connections, SubscriberFile? File)
{
    public required bool IsPinned { get; init; }

    public required ClockOptions Clocks { get; init; }
}
