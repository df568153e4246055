namespace UeFarm.Farm.Scenarios;

/// <summary>How SIP travels between phones and core.</summary>
internal enum SipTransportChoice
{
    Tcp,
    Udp,
}
