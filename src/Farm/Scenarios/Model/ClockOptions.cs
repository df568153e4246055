namespace UeFarm.Farm.Scenarios;

internal sealed record ClockOptions(TimeSpan Spread, PhoneAmount? Ahead, TimeSpan AheadBy);
