using UeFarm.Protocol;

namespace UeFarm.Actors.Run;

/// <summary>A run as those see it who keep and show its books, wherever it is played.</summary>
public interface IRunUnderWay
{
    RunRecorder Recorder { get; }

    /// <summary>What was odd but broke nothing.</summary>
    IReadOnlyList<string> Warnings { get; }

    RunProgress Progress { get; }

    /// <summary>What all replay caches hold, at 24 or 28 bytes an entry; null: they are in other processes.</summary>
    long? ReplayCacheBytes { get; }

    /// <summary>How long after the run's start a moment was.</summary>
    TimeSpan SinceStart(Instant moment);

    /// <summary>When a phase begins, or one after the last would, since the run's start; known once the first one has begun.</summary>
    TimeSpan StartOf(int phase);
}
