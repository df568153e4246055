namespace UeFarm.Farm.Console;

/// <summary>The keyboard.</summary>
internal interface IKeySource
{
    /// <summary>Waits for the next key; null: there will be none.</summary>
    ConsoleKeyInfo? Read();
}
