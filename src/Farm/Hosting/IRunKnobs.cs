namespace UeFarm.Farm.Hosting;

/// <summary>What can be turned while a run goes on.</summary>
internal interface IRunKnobs
{
    /// <summary>Asks for a factor on the rates of the phases; 0: no messages.</summary>
    /// <returns>Whether it will be so, and what came of it in a line.</returns>
    Task<(bool IsDone, string Line)> ChangeRateAsync(double factor);
}
