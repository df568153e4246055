namespace UeFarm.Farm.Console;

/// <summary>Plain text of at most 80 columns.</summary>
internal static class TextLayout
{
    public const int Columns = 80;

    /// <summary>Cuts what is too long, with three dots in place of the rest.</summary>
    public static string Fit(string line) => Cut(line, Columns);

    /// <summary>The same for another width.</summary>
    public static string Cut(string line, int width) => line.Length <= width ? line : line[..(width - 3)] + "...";

    /// <summary>As many parts as there is room for, the first one in any case.</summary>
    public static string Join(IReadOnlyList<string> parts, int width)
    {
        const string Gap = "   ";
        var line = parts.Count == 0 ? "-" : parts[0];
        foreach (var part in parts.Skip(1))
        {
            if (line.Length + Gap.Length + part.Length > width)
            {
                break;
            }

            line += Gap + part;
        }

        return Cut(line, width);
    }

    /// <summary>
    /// Heading, then words over as many lines as they need, the later ones indented like the first. A word that is longer than a line
    /// stays whole.
    /// </summary>
    public static IEnumerable<string> Wrap(string heading, string text)
    {
        var line = heading;
        var isEmpty = true;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && line.Length + 1 + word.Length > Columns)
            {
                yield return line;
                line = new string(' ', heading.Length);
                isEmpty = true;
            }

            line += isEmpty ? word : " " + word;
            isEmpty = false;
        }

        yield return line.TrimEnd();
    }

    /// <summary>minutes:seconds, or hours:minutes:seconds.</summary>
    public static string Clock(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.Minutes:00}:{time.Seconds:00}");
}
