namespace UeFarm.Actors.Run;

/// <summary>What this process has on its managed heap.</summary>
public static class ProcessMemory
{
    /// <summary>Between full collections the heap is full of what nobody needs any more; until the first one has ended nothing better is known.</summary>
    public static long LiveHeap()
    {
        var (blocking, background) = (GC.GetGCMemoryInfo(GCKind.FullBlocking), GC.GetGCMemoryInfo(GCKind.Background));
        var full = blocking.Index > background.Index ? blocking : background;
        var live = full.HeapSizeBytes - full.FragmentedBytes;
        return live > 0 ? live : GC.GetTotalMemory(false);
    }
}
