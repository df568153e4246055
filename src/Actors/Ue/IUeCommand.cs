namespace UeFarm.Actors.Ue;

/// <summary>What is said to one phone, wherever it runs.</summary>
public interface IUeCommand
{
    UeId Ue { get; }
}
