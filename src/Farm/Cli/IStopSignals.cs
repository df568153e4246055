namespace UeFarm.Farm.Cli;

/// <summary>Signals that ask a run to stop, until disposed.</summary>
internal interface IStopSignals : IDisposable
{
    /// <summary>Cancelled at the first signal.</summary>
    CancellationToken FirstSignal { get; }

    /// <summary>As if the first signal had come; nothing when it has.</summary>
    void StopInOrder();
}
