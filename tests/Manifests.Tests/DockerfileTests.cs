using System.Diagnostics;
using UeFarm.Farm.Cli;

namespace UeFarm.Manifests.Tests;

/// <summary>The Dockerfile: its instructions, and what its publish command makes.</summary>
public sealed class DockerfileTests
{
    private static readonly TimeSpan LongestCommand = TimeSpan.FromMinutes(5);

    [Fact]
    public void The_image_is_small_and_without_root_or_shell()
    {
        var bases = ContainerImage.Instructions.Where(instruction => instruction.Name == "FROM").Select(instruction => instruction.Value);
        Assert.Equal(["mcr.microsoft.com/dotnet/sdk:10.0-noble AS build", "mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled"], bases);
        Assert.True(ContainerImage.UserId > 0);
        // Nothing to run commands with.
        Assert.DoesNotContain(ContainerImage.LastStage, instruction => instruction.Name is "RUN" or "CMD");
        Assert.StartsWith("[", ContainerImage.ValueOf("ENTRYPOINT"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_runtime_is_set_as_the_launcher_sets_it()
    {
        var launcher = File.ReadLines(Repository.PathOf("uefarm"))
            .Where(line => line.StartsWith("export DOTNET_", StringComparison.Ordinal))
            .Select(line => line["export ".Length..]);
        Assert.Equal(launcher, ContainerImage.ValueOf("ENV").Split(' '));
    }

    [Fact]
    public void What_is_copied_is_there_and_not_ignored()
    {
        var allowed = File.ReadLines(Repository.PathOf(".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToList();
        var sources = ContainerImage.Instructions.Where(instruction => instruction.Name == "COPY" && !instruction.Value.StartsWith("--from", StringComparison.Ordinal))
            .SelectMany(instruction => instruction.Value.Split(' ')[..^1]).ToList();
        Assert.NotEmpty(sources);
        Assert.All(sources, source =>
        {
            Assert.True(Path.Exists(Repository.PathOf(source)), source);
            Assert.Contains(source.Split('/')[0], allowed);
        });
        // A project that comes into src/ has to be restored in the layer of the packages.
        var projects = Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file)).ToList();
        Assert.NotEmpty(projects);
        Assert.Empty(projects.Except(sources));
        Assert.Empty(projects.Select(project => Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")).Except(sources));
    }

    [Fact]
    public async Task What_it_publishes_starts()
    {
        using var folder = new TemporaryFolder();
        var publish = ContainerImage.Instructions.Select(instruction => instruction.Value)
            .Single(value => value.StartsWith("dotnet publish ", StringComparison.Ordinal)).Split(' ');
        var output = publish[Array.IndexOf(publish, "--output") + 1];
        Assert.Contains(ContainerImage.LastStage, instruction => instruction == ("COPY", $"--from=build {output} {output}"));

        // What these tests were built from is published, so that it is not compiled once more.
        var (exitCode, text) = await RunAsync(Repository.Root, [.. publish[1..].Select(word => word == output ? folder.Path : word), "--no-build"]);
        Assert.True(exitCode == 0, text);

        var entry = ContainerImage.ValueOf("ENTRYPOINT").Trim('[', ']').Split(", ").Select(word => word.Trim('"')).ToList();
        Assert.Equal("dotnet", entry[0]);
        var program = entry[1].Replace(output, folder.Path, StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.Success, (await RunAsync(folder.Path, [program, "--version"])).ExitCode);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(LongestCommand);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output + await errors);
    }
}
