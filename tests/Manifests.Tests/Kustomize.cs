using System.Collections.Concurrent;
using System.Diagnostics;

namespace UeFarm.Manifests.Tests;

/// <summary>Renders folders of <c>k8s/</c> with the kustomize that is part of kubectl; it talks to no cluster.</summary>
internal static class Kustomize
{
    private static readonly ConcurrentDictionary<string, string> Rendered = new(StringComparer.Ordinal);

    /// <summary>The YAML of a folder below <c>k8s/</c>; skips the test when kubectl is not installed.</summary>
    public static string Render(string folder)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(entry => Path.Combine(entry, "kubectl")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, "kubectl is not installed (its kustomize renders the manifests)");
        return Rendered.GetOrAdd(folder, name => Run(path, name));
    }

    private static string Run(string kubectl, string folder)
    {
        var start = new ProcessStartInfo(kubectl, ["kustomize", Repository.PathOf("k8s", folder)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"kubectl kustomize k8s/{folder}: {errors.GetAwaiter().GetResult()}");
        return output;
    }
}
