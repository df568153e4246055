namespace UeFarm.Protocol.Sip;

/// <summary>The methods known by name; every other token is <see cref="Other"/> and stays readable in the message.</summary>
public enum SipMethod : byte
{
    Other,
    Register,
    Message,
    Options,
    Subscribe,
    Notify,
    Invite,
    Ack,
    Bye,
    Cancel,
    Publish,
    Info,
    Prack,
    Update,
    Refer,
}
