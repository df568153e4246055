namespace UeFarm.Protocol.Messaging;

/// <summary>
/// Which of several application servers has a recipient's mailbox, where each has a group of them: always the same one, so that a mailbox is in one place. The
/// core, which sends there, and nobody else has to know.
/// </summary>
public static class MailboxGroups
{
    private const uint OffsetBasis = 2166136261;
    private const uint Prime = 16777619;

    /// <summary>The group, from 0; the same in every process.</summary>
    /// <param name="addressOfRecord">Of the recipient, as <see cref="CoreIdentity.TryGetAddressOfRecord"/> gives it.</param>
    /// <param name="groups">How many there are, from 1.</param>
    public static int Of(string addressOfRecord, int groups)
    {
        ArgumentNullException.ThrowIfNull(addressOfRecord);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);

        // FNV-1a, because string.GetHashCode differs from process to process.
        var hash = OffsetBasis;
        foreach (var letter in addressOfRecord)
        {
            hash = (hash ^ letter) * Prime;
        }

        return (int)(hash % (uint)groups);
    }
}
