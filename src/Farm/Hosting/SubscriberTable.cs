using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using UeFarm.Farm.Scenarios;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Sip.Authentication;

namespace UeFarm.Farm.Hosting;

/// <summary>
/// The run's subscribers, for the phones and for the embedded core. Derived secrets come from the run's master secret and the identity, so that a million
/// subscribers need no table; a secrets file is held as read. An identity outside the scenario's numbers is unknown.
/// </summary>
internal sealed class SubscriberTable : ISubscriberDirectory
{
    private const string SipScheme = "sip:";

    /// <summary>Separation bit clear, nothing else said: what a network uses that gives AMF no meaning.</summary>
    private static readonly ReadOnlyMemory<byte> SharedAmf = new byte[2];

    private readonly Scenario _scenario;
    private readonly byte[] _master;
    private readonly MikeySuite _suite;
    private readonly string _prefix;
    private readonly string _suffix;
    private readonly Dictionary<string, int>? _byPrivateIdentity;
    private readonly Dictionary<string, int>? _byPublicIdentity;

    public SubscriberTable(Scenario scenario, byte[] master, MikeySuite suite)
    {
        _scenario = scenario;
        _master = master;
        _suite = suite;
        (_prefix, _suffix) = SplitAtIndex(scenario);
        if (scenario.Subscribers.File is { } file)
        {
            _byPrivateIdentity = new Dictionary<string, int>(StringComparer.Ordinal);
            _byPublicIdentity = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var index = 0; index < file.Records.Count; index++)
            {
                _byPrivateIdentity[file.Records[index].Impi] = index;
                _byPublicIdentity[file.Records[index].Impu] = index;
            }
        }
    }

    public string AddressOf(int index) =>
        _scenario.Subscribers.File?.Records[index].Impu ?? _scenario.Subscribers.Impu.Format(index, _scenario.Target.Domain);

    public UeProfile ProfileOf(int index)
    {
        var address = AddressOf(index);
        return new UeProfile(index, address, CredentialsOf(index, address), KeyManagementService.DerivePsk(_master, address, _suite));
    }

    public bool TryGet(string privateIdentity, [NotNullWhen(true)] out SubscriberCredentials? credentials, [NotNullWhen(true)] out string? publicIdentity)
    {
        credentials = null;
        publicIdentity = null;
        var isKnown = _byPrivateIdentity is null
            ? TryReadIndex(SipScheme + privateIdentity, out var index)
            : _byPrivateIdentity.TryGetValue(privateIdentity, out index);
        if (!isKnown)
        {
            return false;
        }

        publicIdentity = AddressOf(index);
        credentials = CredentialsOf(index, publicIdentity);
        return true;
    }

    public bool TryGetByPublicIdentity(string publicIdentity, [NotNullWhen(true)] out SubscriberCredentials? credentials)
    {
        var isKnown = _byPublicIdentity is null ? TryReadIndex(publicIdentity, out var index) : _byPublicIdentity.TryGetValue(publicIdentity, out index);
        credentials = isKnown ? CredentialsOf(index, AddressOf(index)) : null;
        return isKnown;
    }

    /// <summary>What stands before and after the number in every public identity: the two numbers differ in their first digit and in their last.</summary>
    private static (string Prefix, string Suffix) SplitAtIndex(Scenario scenario)
    {
        var first = scenario.Subscribers.Impu.Format(0, scenario.Target.Domain);
        var other = scenario.Subscribers.Impu.Format(999_999_999, scenario.Target.Domain);
        var prefix = first.AsSpan().CommonPrefixLength(other);
        var suffix = 0;
        while (suffix < first.Length - prefix && first[^(suffix + 1)] == other[^(suffix + 1)])
        {
            suffix++;
        }

        return (first[..prefix], first[^suffix..]);
    }

    private bool TryReadIndex(string address, out int index)
    {
        index = -1;
        return address.Length > _prefix.Length + _suffix.Length
            && address.StartsWith(_prefix, StringComparison.Ordinal)
            && address.EndsWith(_suffix, StringComparison.Ordinal)
            && int.TryParse(address.AsSpan(_prefix.Length, address.Length - _prefix.Length - _suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out index)
            && index < _scenario.Subscribers.Count
            && AddressOf(index) == address;
    }

    private SubscriberCredentials CredentialsOf(int index, string address)
    {
        var algorithm = _scenario.Subscribers.Scheme switch
        {
            AuthenticationScheme.Md5 => DigestAlgorithm.Md5,
            AuthenticationScheme.Sha256 => DigestAlgorithm.Sha256,
            _ => DigestAlgorithm.AkaV1Md5,
        };
        if (_scenario.Subscribers.File is { } file)
        {
            var row = file.Records[index];
            return new SubscriberCredentials(row.Impi, algorithm, row.Password, row.K, row.Opc, row.Amf);
        }

        var privateIdentity = address.StartsWith(SipScheme, StringComparison.Ordinal) ? address[SipScheme.Length..] : address;
        Span<byte> secret = stackalloc byte[32];
        HMACSHA256.HashData(_master, Encoding.UTF8.GetBytes("uefarm subscriber " + privateIdentity), secret);
        return algorithm == DigestAlgorithm.AkaV1Md5
            ? new SubscriberCredentials(privateIdentity, algorithm, null, secret[..16].ToArray(), secret[16..].ToArray(), SharedAmf)
            : new SubscriberCredentials(privateIdentity, algorithm, Convert.ToHexStringLower(secret[..16]), default, default, default);
    }
}
