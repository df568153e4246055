using System.Diagnostics;
using System.Globalization;

namespace UeFarm.TestSupport;

/// <summary>The victim of durability tests: a process that writes into a store and says what was confirmed, until something is done to it.</summary>
public static class StoreWriterProcess
{
    /// <summary>
    /// Target: the path of a SQLite file, or a connection string. When so many are confirmed, <paramref name="strike"/> does its worst; then the process is
    /// killed. Returns everything that was confirmed until then.
    /// </summary>
    public static async Task<List<long>> RunAsync(string target, int underWay, int confirmations, Func<Task> strike, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(strike);
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "UeFarm.StoreWriterHost"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { target, underWay.ToString(CultureInfo.InvariantCulture) },
        };
        using var process = Process.Start(start)!;
        var confirmed = new List<long>();
        Task<string>? rest = null;
        try
        {
            while (confirmed.Count < confirmations)
            {
                var line = await process.StandardOutput.ReadLineAsync(cancellation).ConfigureAwait(false)
                    ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(cancellation).ConfigureAwait(false));
                confirmed.Add(long.Parse(line, CultureInfo.InvariantCulture));
            }

            rest = process.StandardOutput.ReadToEndAsync(cancellation);
            await strike().ConfigureAwait(false);
        }
        finally
        {
            process.Kill();
        }

        // What was printed before the end counts too; the last line may have been cut.
        var text = await rest.ConfigureAwait(false);
        confirmed.AddRange(text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => long.Parse(line, CultureInfo.InvariantCulture)));
        await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        return confirmed;
    }
}
