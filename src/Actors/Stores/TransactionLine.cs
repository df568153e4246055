namespace UeFarm.Actors.Stores;

/// <summary>Where a command waits in a <see cref="TransactionQueue{T}"/>.</summary>
internal enum TransactionLine : byte
{
    /// <summary>Somebody waits for the commit.</summary>
    Append,

    /// <summary>Removals and presence; and summaries, which must not miss what is removed after them.</summary>
    Removal,

    /// <summary>Pages: what is read now is delivered and removed next. And what comes after all that was asked before it.</summary>
    Page,
}
