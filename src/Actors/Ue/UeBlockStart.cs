using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Ue;

/// <summary>
/// What the phones of a block start with. Flash: by place in the block, null where a phone has none yet; null: none has any. Journal: what keeps their facts beyond this
/// process; null: nothing does. CreateFlash: of a phone that has none yet, by its number; null: an empty one.
/// </summary>
public sealed record UeBlockStart(UeDurableState?[]? Flash = null, IUeJournal? Journal = null, Func<int, UeDurableState>? CreateFlash = null)
{
    public static readonly UeBlockStart Fresh = new();
}
