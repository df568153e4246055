namespace UeFarm.Farm.Scenarios;

/// <summary>Which rule decides about a received message.</summary>
internal enum ReplayPolicyKind
{
    Modified,
    PerSender,
    Window,
    None,
}
