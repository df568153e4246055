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

    /// <summary>What share of the messages each of so many phones is sent, the largest first.</summary>
    public IEnumerable<double> SharesOf(int phones)
    {
        if (Pick != RecipientPick.Zipf)
        {
            return Enumerable.Repeat(1.0 / phones, phones);
        }

        var weights = Enumerable.Range(1, phones).Select(rank => Math.Pow(rank, -Exponent)).ToArray();
        var sum = weights.Sum();
        return weights.Select(weight => weight / sum);
    }
}
