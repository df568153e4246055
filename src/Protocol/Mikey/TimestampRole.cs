namespace UeFarm.Protocol.Mikey;

/// <summary>TS role of a TR payload (RFC 6043 section 6.4).</summary>
internal enum TimestampRole : byte
{
    /// <summary>TRi.</summary>
    Issue = 1,

    /// <summary>TRs.</summary>
    Start = 2,

    /// <summary>TRe.</summary>
    End = 3,

    /// <summary>TRr: seconds between rekeyings, not a date.</summary>
    Rekeying = 4,
}
