namespace UeFarm.Actors.Journal;

/// <summary>Why bytes are no facts.</summary>
public enum RunFactCodecError
{
    None,

    /// <summary>They end before what they promise.</summary>
    Truncated,

    /// <summary>Not the version that this program knows: a later program wrote them, or something else.</summary>
    UnknownVersion,

    /// <summary>A kind of fact that this program does not know.</summary>
    UnknownKind,

    /// <summary>A field that this program does not know.</summary>
    UnknownField,

    /// <summary>A number that is too large, has a name that this program does not know, or is written otherwise than the encoder writes it.</summary>
    BadValue,

    /// <summary>More facts than a batch may have.</summary>
    TooMany,
}
