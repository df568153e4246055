namespace UeFarm.Actors.Run;

/// <summary>Why a run is not changed as asked, and what can be done instead.</summary>
public sealed record RunChangeRefusal(string Place, string Problem, string Remedy)
{
    public override string ToString() => $"{Place}: {Problem}\n    remedy:  {Remedy}";
}
