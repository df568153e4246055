namespace UeFarm.Farm.Scenarios;

/// <summary>The messages.</summary>
/// <remarks>
/// Rate: Of the whole farm; a phase may have its own.
/// Size: Length of the text in bytes.
/// Exponent: Of Zipf's law.
/// </remarks>
internal sealed record TrafficOptions(Rate Rate, ArrivalModel Arrivals, ByteRange Size, RecipientPick Pick, double Exponent, SenderPick Senders)
{
    public required ReportPick Reports { get; init; }
}
