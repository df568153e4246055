namespace UeFarm.Actors.Sizing;

/// <summary>What happens to whom at a moment of virtual time. Fields by kind; a phone's session tells events of an earlier registration apart.</summary>
internal struct SizingEvent
{
    public long Ticks;
    public long Order;
    public long Arrival;
    public int Phone;
    public int Message;
    public int Attempt;
    public short Status;
    public byte Server;
    public SizingEventKind Kind;
}
