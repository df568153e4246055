namespace UeFarm.Farm.Scenarios;

/// <summary>How phones prove who they are when they register.</summary>
internal enum AuthenticationScheme
{
    Md5,
    Sha256,
    AkaV1Md5,
}
