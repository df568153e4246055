using System.Diagnostics;

namespace UeFarm.TestSupport;

/// <summary>A file system of a few megabytes in memory; taken away at the end. Mounting needs a machine and an account that may.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("uefarm-disk-");

    private SmallDisk()
    {
    }

    public string FullPath => _folder.FullName;

    /// <summary>Null: the problem says why not.</summary>
    public static async Task<(SmallDisk? Disk, string Problem)> TryMountAsync(string size)
    {
        var disk = new SmallDisk();
        if (await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "uefarm-test", disk.FullPath) is not { Length: > 0 } problem)
        {
            return (disk, string.Empty);
        }

        disk._folder.Delete();
        return (null, $"a file system cannot be mounted here: {problem}");
    }

    public string PathOf(string name) => Path.Combine(FullPath, name);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", FullPath);
        _folder.Delete();
    }

    /// <summary>Returns what went wrong, nothing when it worked.</summary>
    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? string.Empty : $"{program} ended with {process.ExitCode}: {errors.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            return $"{program}: {failure.Message}";
        }
    }
}
