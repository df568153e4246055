using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace UeFarm.Farm.Scenarios;

/// <summary>
/// A CSV file of subscribers with the header <c>impu,impi,password</c> or <c>impu,impi,k,opc,amf</c> (hex digits). Fields hold no
/// commas and no quotes. Problems name line and column, never a secret.
/// </summary>
internal sealed class SubscriberFile
{
    private const string PasswordHeader = "impu,impi,password";
    private const string AkaHeader = "impu,impi,k,opc,amf";
    private const int MaxLineLength = 2000;
    private const int KeyDigits = 32;
    private const int AmfDigits = 4;

    private SubscriberFile(string path, IReadOnlyList<SubscriberRecord> records, string sha256) => (FullPath, Records, Sha256) = (path, records, sha256);

    public string FullPath { get; }

    public IReadOnlyList<SubscriberRecord> Records { get; }

    /// <summary>Of the whole file, in lower case hex digits.</summary>
    public string Sha256 { get; }

    /// <summary>Reads the first <paramref name="count"/> subscribers; fewer are a problem.</summary>
    public static bool TryRead(
        string path, AuthenticationScheme scheme, int count, [NotNullWhen(true)] out SubscriberFile? file, out OptionProblem problem)
    {
        file = null;
        try
        {
            using var hash = SHA256.Create();
            using var hashed = new CryptoStream(File.OpenRead(path), hash, CryptoStreamMode.Read);
            using var reader = new StreamReader(hashed);
            var records = new List<SubscriberRecord>();
            if (!TryRead(reader, scheme, count, records, out problem))
            {
                return false;
            }

            // What is not used counts as well.
            hashed.CopyTo(Stream.Null);
            file = new SubscriberFile(path, records, Convert.ToHexStringLower(hash.Hash!));
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = new OptionProblem("cannot be read", "check the path; it is relative to the scenario file");
            return false;
        }
    }

    private static bool TryRead(StreamReader reader, AuthenticationScheme scheme, int count, List<SubscriberRecord> records, out OptionProblem problem)
    {
        var isAka = scheme == AuthenticationScheme.AkaV1Md5;
        var header = isAka ? AkaHeader : PasswordHeader;
        problem = new OptionProblem("does not begin with the columns of this scheme", $"make its first line {header}");
        if (reader.ReadLine()?.Trim() != header)
        {
            return false;
        }

        var impus = new HashSet<string>(StringComparer.Ordinal);
        var lineNumber = 1;
        while (records.Count < count && reader.ReadLine() is { } line)
        {
            lineNumber++;
            if (line.Length == 0)
            {
                continue;
            }

            var fault = line.Length > MaxLineLength ? "is too long" : TryReadLine(line.Split(','), isAka, impus, records);
            if (fault is not null)
            {
                problem =
                    new OptionProblem(string.Create(CultureInfo.InvariantCulture, $"is wrong in line {lineNumber}: {fault}"), $"write {header}, keys in hex");
                return false;
            }
        }

        problem = new OptionProblem(
            string.Create(CultureInfo.InvariantCulture, $"has {records.Count} subscribers, the scenario wants {count}"),
            "lower subscribers.count, or add rows");
        return records.Count == count;
    }

    /// <summary>Null, or what is wrong.</summary>
    private static string? TryReadLine(string[] fields, bool isAka, HashSet<string> impus, List<SubscriberRecord> records)
    {
        if (fields.Length != (isAka ? 5 : 3))
        {
            return "wrong number of columns";
        }

        if (!fields[0].StartsWith("sip:", StringComparison.Ordinal) || !fields[0].Contains('@', StringComparison.Ordinal) || fields[1].Length == 0)
        {
            return "impu is not a SIP URI or impi is empty";
        }

        if (!impus.Add(fields[0]))
        {
            return "its impu occurred before";
        }

        if (!isAka)
        {
            records.Add(new SubscriberRecord(fields[0], fields[1], fields[2], default, default, default));
            return null;
        }

        if (!IsHex(fields[2], KeyDigits) || !IsHex(fields[3], KeyDigits) || !IsHex(fields[4], AmfDigits))
        {
            return "k and opc need 32 hex digits, amf 4";
        }

        records.Add(
            new SubscriberRecord(fields[0], fields[1], null, Convert.FromHexString(fields[2]), Convert.FromHexString(fields[3]),
            Convert.FromHexString(fields[4])));
        return null;
    }

    private static bool IsHex(string text, int digits) => text.Length == digits && text.All(char.IsAsciiHexDigit);
}
