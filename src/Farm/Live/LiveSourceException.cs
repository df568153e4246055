namespace UeFarm.Farm.Live;

/// <summary>There is no document now; the message says why, for people.</summary>
internal sealed class LiveSourceException(string message, Exception? cause = null) : Exception(message, cause);
