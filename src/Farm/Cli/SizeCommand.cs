using System.CommandLine;
using System.Globalization;
using UeFarm.Farm.Scenarios;
using UeFarm.Farm.Sizing;

namespace UeFarm.Farm.Cli;

/// <summary><c>size</c>: how large a replay cache must be, from a recorded trace or from a scenario played in virtual time. Sends nothing.</summary>
internal sealed class SizeCommand(CliEnvironment environment, Func<IScenarioSizer>? createSizer)
{
    private readonly Argument<string?> _file = new("FILE") { Description = "The scenario (YAML), played in virtual time.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Overrides a key of the scenario, as in --set traffic.rate=100/s.",
        HelpName = "key=value",
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<string?> _trace = new("--trace")
    {
        Description = $"A recorded trace instead of a scenario: CSV with the header {TraceReader.Header}, or the arrivals.csv of a run; - reads standard input.",
        HelpName = "CSV",
    };

    private readonly Option<string?> _capacities = new("--capacities") { Description = "Capacities to evaluate, in this order.", HelpName = "1,2,3" };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object." };
    private readonly Option<string?> _out = new("--out") { Description = "Folder for sizing.json, curve.csv, curve.svg and curve.png.", HelpName = "folder" };

    private readonly Option<bool> _compare = new("--compare")
    {
        Description = "Scenario: size it under other orders, ways of live messages, entry formats and numbers of servers, too; set the policies side by side.",
    };

    private readonly Option<string?> _unit = new("--timestamp-unit")
    {
        Description = "Trace: unit of its timestamps (ntp, s, ms, us, ns), to compare entry formats.",
        HelpName = "unit",
    };

    private readonly Option<int?> _memory = new("--memory")
    {
        Description = "Trace: MiB for telling replays (default 256); beyond it temporary files are used.",
        HelpName = "MiB",
    };

    public Command Create()
    {
        var command = new Command("size", "Sizes the replay cache: the exact loss at every capacity, from a scenario in virtual time or from a trace.");
        command.Add(_file);
        foreach (var option in (Option[])[_set, _trace, _capacities, _json, _out, _compare, _unit, _memory])
        {
            command.Add(option);
        }

        command.SetAction((parsed, _) => Task.FromResult((int)Execute(parsed)));
        return command;
    }

    private ExitCode Execute(ParseResult parsed)
    {
        var file = parsed.GetValue(_file);
        var trace = parsed.GetValue(_trace);
        if ((file is null) == (trace is null))
        {
            return Refuse("size: give either a scenario file or --trace CSV");
        }

        if (!TryReadCapacities(parsed.GetValue(_capacities), out var capacities, out var problem)
            || !TryReadUnit(parsed.GetValue(_unit), out var unit, out problem)
            || !TryCheckFolder(parsed.GetValue(_out), out problem))
        {
            return Refuse(problem);
        }

        if (parsed.GetValue(_memory) is { } memory and (< 1 or > 1 << 20))
        {
            return Refuse(string.Create(CultureInfo.InvariantCulture, $"--memory {memory}: must be 1 to {1 << 20} MiB"));
        }

        using var signals = environment.ListenForSignals();
        using var progress = new SizingProgressLine(environment);
        try
        {
            var outcome = trace is null
                ? SizeScenario(file!, parsed, progress, signals.FirstSignal)
                : SizeTrace(trace, TraceSettings(unit, parsed.GetValue(_memory)), progress, signals.FirstSignal);
            progress.Clear();
            return outcome is null ? ExitCode.Usage : Show(outcome, capacities, parsed.GetValue(_json), parsed.GetValue(_out));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            progress.Clear();
            return Refuse($"--out {parsed.GetValue(_out)}: cannot be written: {exception.Message}");
        }
        catch (OperationCanceledException)
        {
            progress.Clear();
            environment.Error.WriteLine("size: stopped; there is no result");
            return ExitCode.Stopped;
        }
    }

    private static TraceSizerSettings TraceSettings(TimestampUnit unit, int? mebibytes) =>
        new() { Unit = unit, MemoryBytes = mebibytes is { } memory ? (long)memory << 20 : TraceSizerSettings.DefaultMemoryBytes };

    private SizingOutcome? SizeScenario(string file, ParseResult parsed, IProgress<SizingProgress> progress, CancellationToken cancellation)
    {
        var read = ScenarioReader.ReadFile(file, parsed.GetValue(_set) ?? []);
        if (read is { IsValid: true } && createSizer is not null)
        {
            return createSizer().Size(read.Scenario, parsed.GetValue(_compare), progress, cancellation);
        }

        foreach (var mistake in read.Errors)
        {
            environment.Error.WriteLine(mistake.Format(read.Source.FileName));
        }

        return null;
    }

    private SizingOutcome? SizeTrace(string path, TraceSizerSettings settings, SizingProgressLine progress, CancellationToken cancellation)
    {
        var name = path == "-" ? "standard input" : Path.GetFileName(path);
        try
        {
            using var stream = path == "-" ? System.Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var sizer = new TraceSizer(settings);
            var outcome = sizer.Size(stream, name, progress, cancellation);
            progress.Clear();
            foreach (var fault in sizer.Faults)
            {
                environment.Error.WriteLine(fault.Format(name));
            }

            if (outcome is null)
            {
                environment.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sizer.FaultCount} bad row{(sizer.FaultCount == 1 ? "" : "s")}; there is no result."));
            }

            return outcome;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            progress.Clear();
            environment.Error.WriteLine($"--trace {path}: cannot be read: {exception.Message}");
            return null;
        }
    }

    private ExitCode Show(SizingOutcome outcome, IReadOnlyList<int>? capacities, bool isJson, string? folder)
    {
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "sizing.json"), SizingJson.Write(outcome, capacities) + "\n");
            CurveCsv.Write(File.Create(Path.Combine(folder, "curve.csv")), outcome.Curve);
            CurveChart.SaveSvg(outcome, Path.Combine(folder, "curve.svg"));
            CurveChart.SavePng(outcome, Path.Combine(folder, "curve.png"));
        }

        if (isJson)
        {
            environment.Output.WriteLine(SizingJson.Write(outcome, capacities));
        }
        else
        {
            foreach (var line in SizingText.Lines(outcome, capacities))
            {
                environment.Output.WriteLine(line);
            }
        }

        if (outcome.BrokenPromise is { } broken)
        {
            environment.Error.WriteLine($"size: a promise was broken: {broken}");
            return ExitCode.InvariantBroken;
        }

        return ExitCode.Success;
    }

    private ExitCode Refuse(string problem)
    {
        environment.Error.WriteLine(problem);
        environment.Error.WriteLine("Try: uefarm size --help");
        return ExitCode.Usage;
    }

    private static bool TryReadCapacities(string? text, out IReadOnlyList<int>? capacities, out string problem)
    {
        capacities = null;
        problem = "";
        if (text is null)
        {
            return true;
        }

        var list = new List<int>();
        foreach (var part in text.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var capacity))
            {
                problem = $"--capacities '{part}': must be whole numbers from 0 to {int.MaxValue}, separated by commas, as 1,2,3";
                return false;
            }

            list.Add(capacity);
        }

        capacities = list;
        return true;
    }

    private static bool TryReadUnit(string? text, out TimestampUnit unit, out string problem)
    {
        unit = text switch
        {
            "ntp" => TimestampUnit.Ntp,
            "s" => TimestampUnit.Seconds,
            "ms" => TimestampUnit.Milliseconds,
            "us" => TimestampUnit.Microseconds,
            "ns" => TimestampUnit.Nanoseconds,
            _ => TimestampUnit.Unknown,
        };
        problem = $"--timestamp-unit '{text}': must be ntp (2^-32 s), s, ms, us or ns";
        return text is null || unit != TimestampUnit.Unknown;
    }

    private static bool TryCheckFolder(string? folder, out string problem)
    {
        problem = $"--out {folder}: exists and is not empty; name a new folder";
        return folder is null || !Path.Exists(folder) || (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any());
    }
}
