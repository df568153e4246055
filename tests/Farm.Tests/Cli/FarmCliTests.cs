using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using UeFarm.Farm.Report;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Cli;

public sealed class FarmCliTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Version_is_one_line()
    {
        Assert.Equal(0, await _cli.RunAsync("--version"));
        Assert.Matches(@"^[0-9]+\.[0-9]+\.[0-9]+\n$", _cli.Output.ToString());
    }

    [Fact]
    public async Task Help_names_every_command_and_exit_code()
    {
        Assert.Equal(0, await _cli.RunAsync("--help"));
        Assert.All(["run", "check", "report", "node", "init", "schema", "97", "98", "99", "105"], word =>
            Assert.Contains(word, _cli.Output.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData]
    [InlineData("nonsense")]
    [InlineData("check")]
    [InlineData("run")]
    [InlineData("run", "a.yaml", "--nonsense")]
    [InlineData("check", "a.yaml", "b.yaml")]
    [InlineData("check", "a.yaml", "--set")]
    public async Task Bad_usage_is_exit_2_on_standard_error(params string[] arguments)
    {
        Assert.Equal(2, await _cli.RunAsync(arguments));
        Assert.Contains("uefarm --help", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_cli.Output.ToString());
    }

    [Fact]
    public async Task A_store_that_cannot_be_opened_makes_the_machine_unfit()
    {
        _cli.Runner = new CliHarness.FixedRunner { Play = (_, _) => throw new InvalidDataException("in use by another server") };
        Assert.Equal(4, await _cli.RunAsync("run", _cli.File("good.yaml", Samples.Minimal), "--quiet"));
        Assert.Equal("The application server's store cannot be used: in use by another server\nNothing was sent.\n", _cli.Error.ToString());
    }

    [Theory]
    [InlineData("applicationServer: { store: { postgres: \"Host=db;Password=s3cret\" } }")]
    [InlineData("", "--set", "applicationServer.store=postgres:Host=db;Pwd=s3cret")]
    [InlineData("", "--set", "applicationServer.store={ postgres: \"Host=db;password = s3cret\" }")]
    [InlineData("", "--set", "applicationServer.store={ postgres: Host=db;Password=s3cret")]
    public async Task A_password_in_a_connection_string_is_refused_and_not_shown(string section, params string[] arguments)
    {
        var file = _cli.File("secret.yaml", Samples.Minimal + "\n" + section + "\n");
        Assert.Equal(2, await _cli.RunAsync(["run", file, .. arguments]));
        Assert.Contains("applicationServer.store", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", _cli.Error.ToString() + _cli.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.ResultsParent));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    public async Task Five_mistakes_are_all_reported_and_nothing_is_sent(string command)
    {
        var file =
            _cli.File("bad.yaml",
            "version: 1\nname: x\nsubscribers: { count: 0 }\ntraffic: { rate: 5, sice: 3B }\nphases: [ { name: a, for: 1 } ]\nthresholds: [ none == 0 ]\n");

        Assert.Equal(2, await _cli.RunAsync(command, file));
        Assert.All(["subscribers.count", "traffic.rate", "traffic.sice", "phases[0].for", "thresholds[0]"], path =>
            Assert.Contains($": {path} ", _cli.Error.ToString(), StringComparison.Ordinal));
        Assert.EndsWith("5 mistakes; nothing was sent.\n", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Null(((CliHarness.FixedRunner)_cli.Runner).Request);
        Assert.False(Directory.Exists(_cli.ResultsParent));
    }

    [Fact]
    public async Task Check_prints_the_plan_with_overrides_and_sends_nothing()
    {
        Assert.Equal(0, await _cli.RunAsync("check", Valid(), "--set", "traffic.rate=20/s", "--set", "phases[1].for=40s"));
        Assert.Matches(@"first +0s +10s +20/s +200", _cli.Output.ToString());
        Assert.Matches(@"second +10s +40s +20/s +800", _cli.Output.ToString());
        Assert.Null(((CliHarness.FixedRunner)_cli.Runner).Request);
    }

    [Theory]
    [InlineData("check", "target.core=sip:192.0.2.1", "192.0.2.1 is not in target.allow")]
    [InlineData("run", "target.core=sip:192.0.2.1", "192.0.2.1 is not in target.allow")]
    [InlineData("run", "limits.maxUes=1", "limits.maxUes")]
    [InlineData("run", "subscribers.impu=sip:urn%3aservice%3asos{index}@x", "emergency")]
    public async Task Guards_refuse_with_exit_3_before_anything_is_sent(string command, string change, string expected)
    {
        Assert.Equal(3, await _cli.RunAsync(command, Valid(), "--set", change));
        Assert.Contains(expected, _cli.Output.ToString() + _cli.Error, StringComparison.Ordinal);
        Assert.Null(((CliHarness.FixedRunner)_cli.Runner).Request);
        Assert.False(Directory.Exists(_cli.ResultsParent));
    }

    [Fact]
    public async Task Run_hands_over_the_scenario_writes_the_results_and_exits_with_the_verdict()
    {
        Assert.Equal(99, await _cli.RunAsync("run", Valid(), "--set", "seed=5"));

        var request = ((CliHarness.FixedRunner)_cli.Runner).Request!;
        var folder = Path.Combine(_cli.ResultsParent, "minimal-20260301T120000Z");
        Assert.Equal((5, folder), (request.Scenario.Seed, request.Results.FullPath));
        Assert.Equal(Samples.Minimal, await File.ReadAllTextAsync(Path.Combine(folder, "scenario.yaml"), TestContext.Current.CancellationToken));
        Assert.Equal(RunVerdict.Fail,
            ResultJson.Deserialize(await File.ReadAllTextAsync(Path.Combine(folder, "result.json"), TestContext.Current.CancellationToken)).Verdict);
        Assert.Contains("\nFAIL  minimal: ", _cli.Output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith($"{Path.Combine(folder, "report.html")}\n", _cli.Output.ToString(), StringComparison.Ordinal);
        Assert.True(_cli.Signals.IsDisposed);
    }

    [Fact]
    public async Task Json_is_the_only_thing_on_standard_output()
    {
        Assert.Equal(99, await _cli.RunAsync("run", Valid(), "--json"));

        using var document = JsonDocument.Parse(_cli.Output.ToString());
        Assert.Equal("fail", document.RootElement.GetProperty("verdict").GetString());
        Assert.Contains("minimal: 100 phones", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quiet_is_the_verdict_and_where_the_results_are()
    {
        Assert.Equal(99, await _cli.RunAsync("run", Valid(), "--quiet"));
        Assert.Equal(2, _cli.Output.ToString().TrimEnd().Split('\n').Length);
        Assert.StartsWith("FAIL", _cli.Output.ToString(), StringComparison.Ordinal);
        Assert.Empty(_cli.Error.ToString());
    }

    [Fact]
    public async Task Quiet_json_is_json_alone()
    {
        await _cli.RunAsync("run", Valid(), "--quiet", "--json");
        Assert.Empty(_cli.Error.ToString());
        Assert.StartsWith("{", _cli.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_signal_reaches_the_runner_and_is_shown()
    {
        var isCancelled = false;
        _cli.Runner = new CliHarness.FixedRunner
        {
            Play = (_, cancellation) =>
            {
                _cli.Signals.Raise();
                isCancelled = cancellation.IsCancellationRequested;
                return Samples.Result(isStopped: true);
            },
        };

        Assert.Equal(105, await _cli.RunAsync("run", Valid()));
        Assert.True(isCancelled);
        Assert.Contains("Stopping: draining", _cli.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\nSTOPPED  minimal", _cli.Output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unexpected_exception_is_exit_1_with_details_on_demand(bool isVerbose)
    {
        _cli.Runner = new CliHarness.FixedRunner { Play = (_, _) => throw new InvalidOperationException("it broke") };

        string[] arguments = isVerbose ? ["run", Valid(), "--verbose"] : ["run", Valid()];

        Assert.Equal(1, await _cli.RunAsync(arguments));
        Assert.Contains("Internal error: it broke", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(isVerbose, _cli.Error.ToString().Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_of_the_core_that_is_in_use_is_exit_4_with_place_value_and_remedy()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _cli.Runner = new Farm.Hosting.ScenarioRunner(TimeProvider.System);

        Assert.Equal(4, await _cli.RunAsync("run", Valid(), "--set", $"target.listen={listener.LocalEndpoint}"));
        Assert.StartsWith($"target.listen '{listener.LocalEndpoint}' is in use by another program", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metrics.port")]
    [InlineData("page.listen")]
    public async Task A_port_that_cannot_be_had_is_named_by_its_key(string key)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _cli.Runner = new Farm.Hosting.ScenarioRunner(TimeProvider.System);

        Assert.Equal(4, await _cli.RunAsync("run", Valid(), "--set", $"{key}={((IPEndPoint)listener.LocalEndpoint).Port}"));
        Assert.StartsWith($"{key} '{listener.LocalEndpoint}' is in use by another program", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("127.0.0.1:0", "--page")]
    [InlineData("127.0.0.1:8080", "--page", "8080")]
    [InlineData("0.0.0.0:8080", "--page=0.0.0.0:8080")]
    [InlineData(null, "--page", "off", "--set", "page.listen=8080")]
    public async Task Page_says_where_the_live_page_is(string? expected, params string[] options)
    {
        var runner = new CliHarness.FixedRunner();
        _cli.Runner = runner;
        await _cli.RunAsync(["run", Valid(), .. options]);
        Assert.Equal(expected, runner.Request!.Scenario.PageListen?.ToString());
    }

    [Fact]
    public async Task Page_in_front_of_the_scenario_does_not_swallow_it_silently()
    {
        Assert.Equal(2, await _cli.RunAsync("run", "--page", Valid()));
        Assert.Contains("or write --page behind the scenario", _cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Out_names_the_folder_and_a_foreign_one_is_left_alone()
    {
        var own = Path.Combine(_cli.Folder, "own");
        Assert.Equal(99, await _cli.RunAsync("run", Valid(), "--out", own));
        Assert.Equal(99, await _cli.RunAsync("run", Valid(), "--out", own));
        Assert.True(File.Exists(Path.Combine(own, "result.json")));

        File.WriteAllText(Path.Combine(own, "thesis.txt"), "years of work");
        ((CliHarness.FixedRunner)_cli.Runner).Play = (_, _) => throw new InvalidOperationException("must not run");
        Assert.Equal(2, await _cli.RunAsync("run", Valid(), "--out", own));
        Assert.Contains("not empty", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(own, "result.json")));
    }

    [Fact]
    public async Task Init_writes_a_file_that_check_accepts_and_never_overwrites()
    {
        var file = Path.Combine(_cli.Folder, "new.yaml");
        Assert.Equal(0, await _cli.RunAsync("init", file));
        Assert.Equal(0, await _cli.RunAsync("check", file));
        Assert.Equal(2, await _cli.RunAsync("init", file));
        Assert.Contains("exists already", _cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await _cli.RunAsync("init", Path.Combine(_cli.Folder, "none", "new.yaml")));
    }

    [Fact]
    public async Task Init_without_a_file_and_schema_print()
    {
        Assert.Equal(0, await _cli.RunAsync("init"));
        Assert.Contains("subscribers:", _cli.Output.ToString(), StringComparison.Ordinal);
        _cli.Output.GetStringBuilder().Clear();
        Assert.Equal(0, await _cli.RunAsync("schema"));
        using var document = JsonDocument.Parse(_cli.Output.ToString());
        Assert.Equal("object", document.RootElement.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("xterm", null, true, true)]
    [InlineData("xterm", "1", true, false)]
    [InlineData("dumb", null, false, false)]
    [InlineData(null, null, false, false)]
    public async Task The_live_view_needs_a_capable_terminal_and_NO_COLOR_takes_the_colours(string? terminal, string? noColor, bool isLive, bool mayColour)
    {
        _cli.IsOutputRedirected = false;
        foreach (var (name, value) in new[] { ("TERM", terminal), ("NO_COLOR", noColor) })
        {
            if (value is not null)
            {
                _cli.Variables[name] = value;
            }
        }

        Assert.Equal(99, await _cli.RunAsync("run", Valid()));
        var text = _cli.Output.ToString();
        Assert.Equal(isLive, text.Contains("\e[?25l", StringComparison.Ordinal));
        Assert.True(mayColour || !System.Text.RegularExpressions.Regex.IsMatch(text, "\e\\[[0-9;]*3[0-7][0-9;]*m|\e\\[38;"), "colours in spite of NO_COLOR");
    }

    private string Valid() => _cli.File("minimal.yaml", Samples.Minimal);
}
