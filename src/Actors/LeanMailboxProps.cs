using Akka.Actor;

namespace UeFarm.Actors;

/// <summary>Lets actors choose the lean mailbox.</summary>
public static class LeanMailboxProps
{
    /// <summary>The same props with <see cref="LeanMailbox"/>. Needs a system made by <see cref="FarmActorSystem"/>; not for actors that stash.</summary>
    public static Props WithLeanMailbox(this Props props)
    {
        ArgumentNullException.ThrowIfNull(props);
        return props.WithMailbox(LeanMailbox.Id);
    }
}
