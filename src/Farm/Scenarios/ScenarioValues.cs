using System.Globalization;

namespace UeFarm.Farm.Scenarios;

/// <summary>
/// The values of a scenario by concrete path (<c>phases[1].for</c>) with the place each was written at. Options that were not
/// written have their default; an option whose value was refused has none, so that later checks leave it alone.
/// </summary>
internal sealed class ScenarioValues
{
    private readonly Dictionary<string, (object? Value, bool IsValid, ScenarioLocation Location, string Text)> _written = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ScenarioLocation>> _items = new(StringComparer.Ordinal);

    public static string ConcretePath(ScenarioOption option, int item) =>
        item < 0 ? option.Path : option.Path.Replace("[]", string.Create(CultureInfo.InvariantCulture, $"[{item}]"), StringComparison.Ordinal);

    public void Put(string concretePath, object? value, bool isValid, ScenarioLocation location, string text) =>
        _written[concretePath] = (value, isValid, location, text);

    public void AddItem(string listPath, ScenarioLocation location)
    {
        if (!_items.TryGetValue(listPath, out var items))
        {
            _items[listPath] = items = [];
        }

        items.Add(location);
    }

    public IReadOnlyList<ScenarioLocation> ItemsOf(ScenarioSection list) => _items.TryGetValue(list.Path, out var items) ? items : [];

    /// <summary>Takes a value out as if it had not been written.</summary>
    public void Forget(ScenarioOption option) => _written.Remove(option.Path);

    public bool IsWritten(ScenarioOption option, int item = -1) => _written.ContainsKey(ConcretePath(option, item));

    /// <summary>Nothing was reported about the option.</summary>
    public bool IsUsable(ScenarioOption option, int item = -1) =>
        _written.TryGetValue(ConcretePath(option, item), out var slot) ? slot.IsValid : !option.IsRequired;

    /// <summary>Written and valid, or not written and having a default.</summary>
    public bool TryGet<T>(TypedScenarioOption<T> option, out T value, int item = -1)
    {
        var isWritten = _written.TryGetValue(ConcretePath(option, item), out var slot);
        var isUsable = IsUsable(option, item);
        value = isUsable ? (T)(isWritten ? slot.Value : option.DefaultValue)! : default!;
        return isUsable;
    }

    /// <summary>The value of an option that no error was reported for.</summary>
    public T Get<T>(TypedScenarioOption<T> option, int item = -1) =>
        TryGet(option, out var value, item) ? value : throw new InvalidOperationException($"{option.Path} was refused and has no value.");

    public IReadOnlyList<T> GetList<T>(TypedScenarioOption<T> option) =>
        (IReadOnlyList<T>)(_written.TryGetValue(option.Path, out var slot) ? slot.Value : option.DefaultValue)!;

    /// <summary>Where the option was written; for one that was not, the start of the file.</summary>
    public ScenarioLocation LocationOf(ScenarioOption option, int item = -1) =>
        _written.TryGetValue(ConcretePath(option, item), out var slot) ? slot.Location : ScenarioLocation.FileStart;

    /// <summary>What was written; null when nothing was.</summary>
    public string? TextOf(ScenarioOption option, int item = -1) => _written.TryGetValue(ConcretePath(option, item), out var slot) ? slot.Text : null;
}
