using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>What the votes of a committee have decided.</summary>
/// <param name="Port">The way on.</param>
/// <param name="ByChair">The votes were even, and the chair's decided.</param>
readonly record struct CommitteeVerdict(string Port, bool ByChair)
{
    /// <summary>The verdict on the votes cast so far; null while those still to come can change it.</summary>
    /// <param name="chair">Whose vote decides a tie; null when there is none.</param>
    public static CommitteeVerdict? On(CommitteeRule rule, TaskGroup votes, Guid? chair)
    {
        var (inFavour, against) = (votes.Count(Vote.Approve), votes.Count(Vote.Reject));
        var open = votes.Size - votes.Answers.Length;
        return rule.Rule switch
        {
            VotingRule.Any => inFavour > 0 ? Carried : open == 0 ? Refused : null,
            VotingRule.All => against > 0 ? Refused : open > 0 ? null : inFavour > 0 ? Carried : Refused,
            VotingRule.Quorum => inFavour >= rule.Quorum ? Carried : inFavour + open < rule.Quorum ? Refused : null,
            VotingRule.Majority => inFavour > against + open ? Carried
                : against > inFavour + open ? Refused
                : open > 0 ? null
                : Tie(votes, chair),
        };
    }

    static CommitteeVerdict Carried => new(Ports.Approve, false);
    static CommitteeVerdict Refused => new(Ports.Reject, false);

    static CommitteeVerdict Tie(TaskGroup votes, Guid? chair)
    {
        foreach (var answer in votes.Answers)
        {
            if (chair is not null && answer.By == chair)
                return new CommitteeVerdict(answer.Vote == Vote.Approve ? Ports.Approve : Ports.Reject, true);
        }

        return Refused;
    }
}
