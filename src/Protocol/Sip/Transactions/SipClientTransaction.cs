using System.Text;

namespace UeFarm.Protocol.Sip.Transactions;

/// <summary>A request of ours under way: its machine and what is needed to send it again and to recognise its responses.</summary>
internal sealed class SipClientTransaction(int hash, long token, string branch, SipMethod method, ReadOnlyMemory<byte> bytes, SipHop hop) : SipTransaction(hash)
{
    public NonInviteClientTransaction Machine;

    public long Token { get; } = token;

    public bool IsPending => Machine.State is SipClientState.Trying or SipClientState.Proceeding;

    /// <summary>Empty once a final response has come.</summary>
    public ReadOnlyMemory<byte> Bytes { get; set; } = bytes;

    public SipHop Hop { get; } = hop;

    /// <summary>RFC 3261 section 17.1.3. Interpretation: branches are compared with case; nobody changes it, and ours differ in case.</summary>
    public bool IsMatch(ReadOnlySpan<byte> responseBranch, SipMethod responseMethod) => method == responseMethod && Ascii.Equals(responseBranch, branch);
}
