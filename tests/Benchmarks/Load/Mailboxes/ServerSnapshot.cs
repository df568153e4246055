namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>What server and phones had used up at a moment: differences of two are what the time between them cost.</summary>
internal sealed record ServerSnapshot(Usage Phones, TimeSpan Cpu, long BytesWritten, ServerFigures Figures)
{
    public static async Task<ServerSnapshot> TakeAsync(ServerProcess server) =>
        new(Usage.Now(), server.Cpu, server.BytesWritten, await server.ReadFiguresAsync());

    public static void Head(string title) => Table.Head(
        title, "messages", "seconds", "per second", "AS us CPU", "per AS CPU-s", "phones us CPU", "commits/s", "bytes alloc.", "bytes to disk");

    /// <summary>A row of what happened since; returns microseconds of CPU for a message, of the server and of the phones.</summary>
    public (double Server, double Phones) WriteRow(string name, long messages, ServerSnapshot since)
    {
        var used = Phones - since.Phones;
        var seconds = used.Elapsed.TotalSeconds;
        var cost = (Cpu - since.Cpu).TotalMicroseconds / messages;
        Table.Row(
            name, messages, seconds, messages / seconds, cost, 1e6 / cost, used.MicrosecondsPer(messages), (Figures.Commits - since.Figures.Commits) / seconds,
            (double)(Figures.AllocatedBytes - since.Figures.AllocatedBytes) / messages, (double)(BytesWritten - since.BytesWritten) / messages);
        Table.Note(
            $"collections of the server {Figures.Collections - since.Figures.Collections}, full {Figures.FullCollections - since.Figures.FullCollections}, ",
            $"pauses {Figures.PauseSeconds - since.Figures.PauseSeconds:F1} s");
        return (cost, used.MicrosecondsPer(messages));
    }
}
