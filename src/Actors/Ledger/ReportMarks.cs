namespace UeFarm.Actors.Ledger;

/// <summary>What the sender of a message heard about it, or would have heard.</summary>
[Flags]
public enum ReportMarks : byte
{
    None = 0,

    /// <summary>The recipient's phone reported that it has it.</summary>
    Delivered = 1,

    /// <summary>The application server reported that it will not get there.</summary>
    Failed = 2,

    /// <summary>The application server reported trouble without knowing more.</summary>
    Error = 4,

    /// <summary>The application server reported that it keeps it.</summary>
    Stored = 8,

    /// <summary>A report was found in the application server's store at the end.</summary>
    Waiting = 16,
}
