namespace UeFarm.Farm.Scenarios;

/// <summary>Finds the known word that a mistyped one was probably meant to be.</summary>
internal static class Nearest
{
    /// <summary>Longest word that is compared; what is longer than any key was not mistyped but misplaced.</summary>
    private const int MaxLength = 64;

    /// <summary>The candidate with the fewest edits, when those are at most a third of the longer word (one is always let pass); else null.</summary>
    public static string? Of(string word, IEnumerable<string> candidates)
    {
        if (word.Length > MaxLength)
        {
            return null;
        }

        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var limit = Math.Max(1, Math.Max(word.Length, candidate.Length) / 3);
            var distance = Distance(word, candidate);
            if (distance <= limit && distance < bestDistance && distance < candidate.Length)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment), ignoring case, hyphens and underscores.</summary>
    private static int Distance(string left, string right)
    {
        var (a, b) = (Normalize(left), Normalize(right));
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var edit = Math.Min(substitution, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                var isSwap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                rows[i, j] = isSwap ? Math.Min(edit, rows[i - 2, j - 2] + 1) : edit;
            }
        }

        return rows[a.Length, b.Length];
    }

    private static string Normalize(string word) =>
        word.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
}
