using Xunit;

namespace UeFarm.Interop.Tests.Stores;

/// <summary>A file system of a few megabytes in memory; taken away at the end. Skips the test where mounting is not allowed.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();

    public static async Task<SmallDisk> MountAsync(string size)
    {
        var disk = new SmallDisk();
        var (exitCode, output) = await Peer.RunAsync(
            Peer.Require("mount", "mount"), "/", Limit, "-t", "tmpfs", "-o", $"size={size}", "uefarm-test", disk._folder.FullPath);
        if (exitCode != 0)
        {
            disk._folder.Dispose();
            Assert.Skip($"a file system cannot be mounted here: {output.Trim()}");
        }

        return disk;
    }

    public string PathOf(string name) => _folder.PathOf(name);

    public async ValueTask DisposeAsync()
    {
        await Peer.RunAsync(Peer.Require("umount", "mount"), "/", Limit, _folder.FullPath);
        _folder.Dispose();
    }
}
