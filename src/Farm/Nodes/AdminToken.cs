using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using UeFarm.Farm.Scenarios;

namespace UeFarm.Farm.Nodes;

/// <summary>The secret that lets a caller change things. Held as its hash; compared in constant time; never shown.</summary>
internal sealed class AdminToken
{
    public const string Allowed = "a readable file with one line of 16 to 512 visible ASCII characters";

    private const int Shortest = 16;
    private const int Longest = 512;

    private readonly byte[] _hash;

    private AdminToken(string token) => _hash = SHA256.HashData(Encoding.ASCII.GetBytes(token));

    public static bool TryReadFile(string path, [NotNullWhen(true)] out AdminToken? token, out OptionProblem problem)
    {
        token = TryReadText(path, out var text, out problem) ? new AdminToken(text) : null;
        return token is not null;
    }

    /// <summary>For who has to show it.</summary>
    public static bool TryReadText(string path, [NotNullWhen(true)] out string? token, out OptionProblem problem)
    {
        token = null;
        problem = new OptionProblem("cannot be read", "check path and permissions");
        try
        {
            using var reader = new StreamReader(path);
            var buffer = new char[Longest + 3];
            var text = new string(buffer, 0, reader.ReadBlock(buffer)).Trim();
            if (text.Length is < Shortest or > Longest || text.Any(static letter => letter is <= ' ' or > '~'))
            {
                problem = new OptionProblem("does not hold a token", "make one with: openssl rand -hex 32");
                return false;
            }

            token = text;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = exception is FileNotFoundException or DirectoryNotFoundException
                ? new OptionProblem("does not exist", "check the path, or make one with: openssl rand -hex 32")
                : problem;
            return false;
        }
    }

    /// <summary>Whether an Authorization header carries the token (RFC 6750 section 2.1).</summary>
    public bool IsIn(string? authorization)
    {
        const string Scheme = "Bearer ";
        return authorization is not null
            && authorization.Length <= Scheme.Length + Longest
            && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim())), _hash);
    }
}
