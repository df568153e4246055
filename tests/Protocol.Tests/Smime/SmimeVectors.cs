using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using UeFarm.Protocol.Smime;
using Xunit;

namespace UeFarm.Protocol.Tests.Smime;

/// <summary>The files of Data/cms and the keys that belong to them.</summary>
internal static class SmimeVectors
{
    public static readonly byte[] Kek128 = Ascending(0x00, 16);
    public static readonly byte[] Kek256 = Ascending(0x00, 32);
    public static readonly byte[] KeyIdentifier128 = [0xA1, 0xB2, 0xC3, 0xD4];
    public static readonly byte[] KeyIdentifier256 = Convert.FromHexString("00112233445566778899AABBCCDDEEFF");

    /// <summary>Inside the validity of the vectors' certificates.</summary>
    public static readonly DateTimeOffset ValidTime = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "cms", name));

    public static byte[] ReadCertificate(string name)
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "cms", name)));
        return certificate.RawData;
    }

    public static UeCertificateAuthority Trust() => UeCertificateAuthority.TrustOnly(ReadCertificate("ca.crt"));

    public static UeCertificate Alice()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "cms", "alice.key")));
        return UeCertificate.Import(ReadCertificate("alice.crt"), key.ExportPkcs8PrivateKey());
    }

    public static byte[] Ascending(int first, int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)(first + i);
        }

        return bytes;
    }

    /// <summary>A file of another project's or RFC's data beside this repository; the test is skipped where it is missing.</summary>
    public static byte[] ReadThirdParty(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "reference", path);
            if (File.Exists(candidate))
            {
                return File.ReadAllBytes(candidate);
            }
        }

        Assert.Skip("Third-party data is not here: " + path);
        return [];
    }
}
