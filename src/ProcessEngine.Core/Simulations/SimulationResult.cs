namespace ProcessEngine.Core.Simulations;

/// <summary>What came of a trial run.</summary>
/// <param name="Ended">Cases that came to an end.</param>
/// <param name="Unfinished">Cases that had not when nothing more could happen, or the calendar ended.</param>
/// <param name="LeadTime">From start to end of the cases that ended, in working days (the day of the start is not counted).</param>
public sealed record SimulationResult(
    int Ended, int Unfinished, Spread LeadTime, IReadOnlyList<RoleResult> Roles, IReadOnlyList<StepResult> Steps,
    IReadOnlyDictionary<string, int> EndedAs);

/// <summary>Percentiles are values that occurred (nearest rank).</summary>
public sealed record Spread(int Min, double Mean, int Median, int P90, int P95, int Max)
{
    public static Spread Of(List<int> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
            return new Spread(0, 0, 0, 0, 0, 0);
        values.Sort();
        return new Spread(values[0], values.Average(), At(0.5), At(0.9), At(0.95), values[^1]);

        int At(double share) => values[Math.Clamp((int)Math.Ceiling(share * values.Count) - 1, 0, values.Count - 1)];
    }
}

/// <param name="MeanWaiting">Tasks that wait for somebody of the role, on average over the working time of the run.</param>
/// <param name="MaxWaiting">The longest queue.</param>
/// <param name="Busy">Share of the people's working time that was worked, 0 to 1.</param>
public sealed record RoleResult(string Role, int People, double MeanWaiting, int MaxWaiting, double Busy);

/// <param name="Passes">How often a case enters the step, on average over all cases: above 1 where there are loops.</param>
/// <param name="WithLimit">Clocks that ended.</param>
/// <param name="Late">Of these, the ones that ended after their due moment.</param>
public sealed record StepResult(string Step, double Passes, int WithLimit, int Late)
{
    public double LateShare => WithLimit == 0 ? 0 : (double)Late / WithLimit;
}
