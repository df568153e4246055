namespace UeFarm.Farm.Scenarios;

/// <summary>A piece of the scenario file as it was written, before anything is known about its meaning.</summary>
internal abstract class ScenarioNode(ScenarioLocation location)
{
    public ScenarioLocation Location { get; } = location;

    /// <summary>What this is, for "expected a mapping, found a list".</summary>
    public abstract string Description { get; }

    public sealed class Scalar(string text, bool isEmpty, ScenarioLocation location) : ScenarioNode(location)
    {
        public string Text { get; } = text;

        /// <summary>Nothing was written, or the YAML word for nothing.</summary>
        public bool IsEmpty { get; } = isEmpty;

        public override string Description => "a single value";
    }

    public sealed class Mapping(ScenarioLocation location) : ScenarioNode(location)
    {
        /// <summary>In the order of the file; a key that occurs twice is here twice.</summary>
        public List<(Scalar Key, ScenarioNode Value)> Entries { get; } = [];

        public override string Description => "a mapping of keys to values";

        public ScenarioNode? Find(string key)
        {
            foreach (var (entryKey, value) in Entries)
            {
                if (entryKey.Text == key)
                {
                    return value;
                }
            }

            return null;
        }

        /// <summary>Replaces the value of a key, or adds it.</summary>
        public void Put(Scalar key, ScenarioNode value)
        {
            var index = Entries.FindIndex(entry => entry.Key.Text == key.Text);
            if (index < 0)
            {
                Entries.Add((key, value));
            }
            else
            {
                Entries[index] = (key, value);
            }
        }
    }

    public sealed class Sequence(ScenarioLocation location) : ScenarioNode(location)
    {
        public List<ScenarioNode> Items { get; } = [];

        public override string Description => "a list";
    }
}
