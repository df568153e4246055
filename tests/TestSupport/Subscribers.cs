using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Sip.Authentication;

namespace UeFarm.TestSupport;

/// <summary>Any number of subscribers, their secrets derived from their identity: what the farm does with a scenario's subscribers.</summary>
public sealed class Subscribers(DigestAlgorithm algorithm) : ISubscriberDirectory
{
    public const string Domain = "ims.example";
    public const string KmsIdentity = "sip:kms@ims.example";
    public static readonly byte[] MasterSecret = SHA256.HashData("benchmark"u8);

    public static string AddressOf(int index) => string.Create(CultureInfo.InvariantCulture, $"sip:ue{index:d6}@{Domain}");

    public UeProfile ProfileOf(int index)
    {
        var address = AddressOf(index);
        return new UeProfile(index, address, CredentialsOf(address[4..]), KeyManagementService.DerivePsk(MasterSecret, address, MikeySuite.Aes128Sha1));
    }

    public bool TryGet(string privateIdentity, [NotNullWhen(true)] out SubscriberCredentials? credentials, [NotNullWhen(true)] out string? publicIdentity)
    {
        credentials = CredentialsOf(privateIdentity);
        publicIdentity = "sip:" + privateIdentity;
        return true;
    }

    public bool TryGetByPublicIdentity(string publicIdentity, [NotNullWhen(true)] out SubscriberCredentials? credentials)
    {
        credentials = CredentialsOf(publicIdentity[4..]);
        return true;
    }

    private SubscriberCredentials CredentialsOf(string privateIdentity)
    {
        Span<byte> secret = stackalloc byte[32];
        HMACSHA256.HashData(MasterSecret, Encoding.ASCII.GetBytes(privateIdentity), secret);
        return algorithm == DigestAlgorithm.AkaV1Md5
            ? new SubscriberCredentials(privateIdentity, algorithm, null, secret[..16].ToArray(), secret[16..].ToArray(), new byte[2])
            : new SubscriberCredentials(privateIdentity, algorithm, Convert.ToHexStringLower(secret[..16]), default, default, default);
    }
}
