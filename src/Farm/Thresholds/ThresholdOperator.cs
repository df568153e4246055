namespace UeFarm.Farm.Thresholds;

/// <summary>How the observed value (left) is compared with the threshold's (right).</summary>
internal enum ThresholdOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
