namespace UeFarm.Protocol.Cpim;

/// <summary>What is wrong with a message/cpim body or with the notification in it.</summary>
public enum CpimFault : byte
{
    None,

    /// <summary>Beyond the bounds of <see cref="CpimLimits"/>.</summary>
    TooLarge,

    /// <summary>No empty line ends the headers.</summary>
    Unterminated,

    /// <summary>A line that is no header: RFC 3862 section 3.6.</summary>
    BadHeader,

    /// <summary>A header whose value cannot be read.</summary>
    BadValue,

    /// <summary>A header that may stand once stands twice.</summary>
    Duplicate,

    /// <summary>Require names something that is not known here: the message must not be processed (RFC 3862 section 4.7).</summary>
    UnknownRequirement,

    /// <summary>The encapsulated MIME entity has no readable header, or its content cannot be decoded.</summary>
    BadContent,

    /// <summary>Not well-formed XML, or XML of a kind that is not taken from strangers: a document type, entities, deep nesting.</summary>
    BadXml,

    /// <summary>Well-formed, and not what RFC 5438 section 11 asks for.</summary>
    NotANotification,
}
