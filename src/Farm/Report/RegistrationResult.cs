namespace UeFarm.Farm.Report;

/// <summary>Registrations over the run, and how many phones were registered at its end.</summary>
internal sealed record RegistrationResult(long Phones, long Succeeded, long Failed, long RegisteredAtEnd);
