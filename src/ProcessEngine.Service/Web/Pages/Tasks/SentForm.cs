using Microsoft.Extensions.Primitives;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Web.Pages.Tasks;

/// <summary>
/// The form by which a decision was sent, from its event: what was written stands in it again when the decision is undone.
/// </summary>
static class SentForm
{
    public static FormCollection Of(ProcessEvent act, Step step)
    {
        var (comment, toStep, outputs) = act switch
        {
            TaskCompleted e => (e.Comment, null, e.Outputs),
            TaskApproved e => (e.Comment, null, e.Outputs),
            TaskReturned e => (e.Comment, e.ToStep, null),
            TaskRejected e => (e.Comment, null, null),
            TaskFailed e => (e.Comment, null, null),
            VoteCast e => (e.Comment, null, null),
            _ => (default(string), default(string), default(IReadOnlyDictionary<string, string>)),
        };
        var fields = new Dictionary<string, StringValues> { ["comment"] = comment, ["toStep"] = toStep };
        if (step.Form is { } form && outputs is not null)
        {
            foreach (var field in FormEntry.Of(form.Fields, outputs).AsTyped.GroupBy(f => f.Name))
                fields[field.Key] = new StringValues([.. field.Select(f => f.Value)]);
        }

        return new FormCollection(fields);
    }
}
