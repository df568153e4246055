using System.Diagnostics;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Cli;

/// <summary>The launcher at the root, run in a copy of the layout with a program in dotnet's place that notes how it was called.</summary>
public sealed class LauncherTests : IDisposable
{
    private const string FakeDotnet = """
        #!/usr/bin/env bash
        here="$(dirname "$0")"
        echo "$@" >> "$here/calls"
        if [[ "$1" == build ]]; then
            echo "compiler says things"
            [[ -f "$here/broken" ]] && exit 1
            mkdir -p "$here/../artifacts/bin/Farm/release"
            touch "$here/../artifacts/bin/Farm/release/uefarm.dll"
            exit 0
        fi
        shift
        echo "program: $* inline=$DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS server=$DOTNET_gcServer"
        exit 99
        """;

    private static readonly string[] RequiredTools = ["bash", "env", "dirname", "readlink"];
    private static readonly string[] ToolFolders = ["/usr/bin", "/bin"];

    private readonly TemporaryFolder _folder = new();

    public LauncherTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the launcher is a shell script");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "bin"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "src", "Farm"));
        foreach (var name in new[] { "Directory.Build.props", "Directory.Packages.props", "global.json", "src/Farm/Program.cs" })
        {
            _folder.File(name, name);
        }

        File.Copy(Repository.PathOf("uefarm"), Path.Combine(_folder.Path, "uefarm"));
        var program = _folder.File("bin/dotnet", FakeDotnet);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_builds_once_and_again_after_a_change_and_passes_arguments_and_exit_code_on()
    {
        var first = Launch("run", "a b.yaml");
        Assert.Equal((99, "program: run a b.yaml inline=1 server=0\n"), (first.ExitCode, first.Output));
        Assert.Equal("Building uefarm (once after a change) ...\n", first.Error);

        Assert.Equal((99, ""), (Launch("check").ExitCode, Launch("check").Error));
        Assert.Equal(1, Builds());

        _folder.File("src/Farm/Program.cs", "changed source");
        Launch("check");
        Assert.Equal(2, Builds());

        File.Delete(Path.Combine(_folder.Path, "src", "Farm", "Program.cs"));
        Launch("check");
        Assert.Equal(3, Builds());

        Launch("check");
        Assert.Equal(3, Builds());
    }

    [Fact]
    public void A_failed_build_shows_its_output_and_is_tried_again()
    {
        _folder.File("bin/broken", "");
        var result = Launch("check");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("compiler says things\nThe build failed", result.Error, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder.Path, "bin", "broken"));
        Assert.Equal(99, Launch("check").ExitCode);
    }

    [Fact]
    public void Without_dotnet_it_says_what_is_missing()
    {
        File.Delete(Path.Combine(_folder.Path, "bin", "dotnet"));
        foreach (var tool in RequiredTools)
        {
            var path = ToolFolders.Select(folder => Path.Combine(folder, tool)).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(_folder.Path, "bin", tool), path);
        }

        var result = Launch(Path.Combine(_folder.Path, "bin"), "check");

        Assert.Equal(4, result.ExitCode);
        Assert.Contains("'dotnet' was not found", result.Error, StringComparison.Ordinal);
    }

    private int Builds() => File.ReadAllLines(Path.Combine(_folder.Path, "bin", "calls")).Count(line => line.StartsWith("build ", StringComparison.Ordinal));

    private (int ExitCode, string Output, string Error) Launch(params string[] arguments)
    {
        var searchPath = $"{Path.Combine(_folder.Path, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        return Path.IsPathRooted(arguments[0]) ? Start(arguments[0], arguments[1..]) : Start(searchPath, arguments);
    }

    private (int ExitCode, string Output, string Error) Start(string searchPath, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(_folder.Path, "uefarm"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["PATH"] = searchPath;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
