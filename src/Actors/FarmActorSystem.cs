using Akka.Actor;
using Akka.Configuration;

namespace UeFarm.Actors;

/// <summary>Makes the actor system of a process, with what the farm's actors need in its configuration.</summary>
public static class FarmActorSystem
{
    /// <summary>
    /// What the farm adds to Akka's defaults. Dead letters are not logged: a phone that goes offline leaves some, and at farm size their log would be the
    /// load. The process's own shutdown ends the system, not Akka's hook into the runtime.
    /// </summary>
    public static Config Configuration { get; } = ConfigurationFactory.ParseString(
        $$"""
        akka {
          loglevel = WARNING
          stdout-loglevel = WARNING
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        {{LeanMailbox.Id}} { mailbox-type = "{{typeof(LeanMailbox).FullName}}, {{typeof(LeanMailbox).Assembly.GetName().Name}}" }
        """);

    /// <summary>Nothing is printed: whoever makes the system listens to the log events that it publishes.</summary>
    public static Config Silent { get; } = ConfigurationFactory.ParseString(
        $$"""akka { loggers = ["{{typeof(QuietLogger).FullName}}, {{typeof(QuietLogger).Assembly.GetName().Name}}"], stdout-loglevel = OFF }""");

    /// <param name="name">Name of the system: letters, digits, '-' and '_'.</param>
    /// <param name="configuration">Settings that go before the farm's, or null.</param>
    public static ActorSystem Create(string name, Config? configuration = null) =>
        ActorSystem.Create(name, configuration is null ? Configuration : configuration.WithFallback(Configuration));
}
