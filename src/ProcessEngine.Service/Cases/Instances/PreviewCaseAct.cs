using System.Collections.Immutable;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>What an act on a case would change now: the core has decided, and nothing is stored.</summary>
/// <param name="Changes">Each event with the state that it leads to; none when nothing would change.</param>
public sealed record CasePreview(
    ProcessDefinition Definition, ProcessState Before, ProcessState After, ImmutableArray<StateChange> Changes)
{
    /// <summary>What people would be told.</summary>
    public IEnumerable<Notice> Notices => Notice.OfDecision(Changes).Select(n => n.Notice);
}

/// <summary>Asks the core what an act on a case would lead to, so that nobody governs a case without knowing what follows.</summary>
public static class PreviewCaseAct
{
    public sealed record Query(ActOnInstance.Command Act) : IRequest<Outcome<CasePreview>>;

    internal sealed class Handler(
        CaseReader cases,
        TargetVersion versions,
        OfficeCalendars calendars,
        ProcessStore store,
        IEnumerable<IValidator<ActOnInstance.Command>> validators) : IRequestHandler<Query, Outcome<CasePreview>>
    {
        public async Task<Outcome<CasePreview>> Handle(Query request, CancellationToken cancellationToken)
        {
            var act = request.Act;
            // The act itself is validated before its handler sees it; so is its preview, by the same rules.
            var shape = await new ValidationBehavior<ActOnInstance.Command, Outcome<StoredAnswer>>(validators)
                .Handle(
                    act, cancellationToken, () => Task.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status200OK, "")));
            if (shape.Rejection is { } invalid)
                return invalid;
            if (await cases.FindAsync(act.InstanceId, act.Caller, cancellationToken) is not var (definition, state))
                return new InstanceNotFound(act.InstanceId);
            if (act.Id.IfMatch is { } seen && seen != state.Revision)
                return new CaseChanged(act.InstanceId, seen, state.Revision);
            var target = await versions.FindAsync(act, cancellationToken);
            if (target.Rejection is { } unknown)
                return unknown;
            var moment = await calendars.MomentAsync(state.Office, definition.Key, store.Now());
            var command = ActOnInstance.ToCommand(act, act.Caller.In(state.Office, state.DefinitionKey), target.Value?.Definition);
            var decision = ProcessDecider.Decide(definition, state, command, moment);
            return decision.Rejection is { } no
                ? no
                : new CasePreview(target.Value?.Definition ?? definition, state, decision.After ?? state, decision.Changes);
        }
    }
}
